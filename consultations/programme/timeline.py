"""A consultation from its opening to the decision, as its public page tells it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from consultations.programme.models import Consultation, StateChange
from engagement.core.templatetags.ui import day, moment

State = Consultation.State
# What a recorded move adds between opening and closing.
NAMED = {
    "paused": gettext_lazy("Paused"),
    "resumed": gettext_lazy("Open again"),
    "extended": gettext_lazy("Closing time moved"),
}


def public_steps(consultation: Consultation, now: datetime | None = None) -> list[dict[str, Any]]:
    """What has been, what is now and what will come, in order, for the `steps` component."""
    now = now or timezone.now()
    state = consultation.state
    has_closed = state in {State.CLOSED, State.ANALYSING, State.REPORTED, State.ARCHIVED}
    has_opened = has_closed or state in {State.OPEN, State.PAUSED}
    steps = [
        _step(
            gettext("Opened") if has_opened else gettext("Opens"),
            moment(consultation.opens_at),
            done=has_opened,
            current=False,
        ),
        *(
            _step(str(NAMED[change.what]), _with_reason(_told(change), change.reason), done=True, current=False)
            for change in consultation.changes.all()
            if change.is_public and change.what in NAMED
        ),
    ]
    if has_opened and not has_closed:
        words = gettext("Answers are paused") if state == State.PAUSED else gettext("Open for answers")
        steps.append(_step(words, "", done=False, current=True))
    steps += [
        _step(
            gettext("Closed") if has_closed else gettext("Closes"),
            moment(_close(consultation)),
            done=has_closed,
            current=False,
        ),
        _step(
            gettext("We read every answer"),
            "",
            done=state in {State.REPORTED, State.ARCHIVED},
            current=state in {State.CLOSED, State.ANALYSING},
        ),
        _step(
            gettext("We published what we heard") if consultation.reported_at else gettext("We publish what we heard"),
            _response_words(consultation),
            done=state in {State.REPORTED, State.ARCHIVED},
            current=False,
        ),
    ]
    if consultation.decision_owner:
        steps.append(
            _step(
                gettext("Decision"),
                gettext("By: %(decision_owner)s") % {"decision_owner": consultation.decision_owner},
                done=False,
                current=state == State.REPORTED,
            )
        )
    return steps


def _step(title: str, text: str, *, done: bool, current: bool) -> dict[str, Any]:
    return {"title": title, "text": text, "done": done, "current": current}


def _close(consultation: Consultation) -> datetime | None:
    return consultation.closed_at or consultation.closes_at


def _with_reason(when: str, reason: str) -> str:
    return f"{when}. {reason}" if reason else when


def _told(change: StateChange) -> str:
    """When it was done; of an extension also from which moment to which."""
    if change.closes_after is None or change.closes_before is None:
        return moment(change.at)
    return gettext("%(at)s. From %(before)s to %(after)s") % {
        "at": moment(change.at),
        "before": moment(change.closes_before),
        "after": moment(change.closes_after),
    }


def _response_words(consultation: Consultation) -> str:
    if consultation.reported_at:
        return day(consultation.reported_at)
    return gettext("By %(day)s") % {"day": day(consultation.response_due_on)} if consultation.response_due_on else ""
