"""Where a consultation stands, what it lacks, and every move that the person may make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from consultations.programme import forms, lifecycle, retention, rules
from consultations.programme.models import Consultation
from consultations.programme.views.base import OfConsultation
from engagement.core.access import Rule
from engagement.core.views import ActionView, PageView

State = Consultation.State


@dataclass(frozen=True)
class Move:
    """One button: who may press it, in which states, what it asks and what it does."""

    title: str
    text: str
    action: str
    access: Rule
    states: tuple[str, ...]
    do: Callable[..., Any]
    form: type[Any] = forms.PlainForm
    done: str = ""
    is_danger: bool = False

    def keywords(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the form gives to the lifecycle."""
        return {name: data[name] for name in ("reason", "closes_at") if name in data}


# What leads on comes first, on the page too.
LEADING = ("review", "schedule", "open", "resume", "analyse", "report")
# Moves that open it, at once or later; and the states in which that is still to come.
OPENING = ("schedule", "open")
BEFORE_OPENING = (State.IN_REVIEW, State.SCHEDULED)
MOVES: dict[str, Move] = {
    "review": Move(
        "Send it for review?",
        "A second person looks at it and approves it. You cannot approve what you sent yourself.",
        "Send for review",
        rules.runs,
        (State.DRAFT,),
        lifecycle.submit_for_review,
        done="Sent for review.",
    ),
    "schedule": Move(
        "Approve and announce it?",
        "Everybody can see it from now on. It opens by itself at its opening time.",
        "Approve and announce",
        rules.publishes,
        (State.IN_REVIEW,),
        lifecycle.schedule,
        done="Announced. It opens and closes by the clock.",
    ),
    "open": Move(
        "Open it now?",
        "Partners can answer from this moment.",
        "Open now",
        rules.publishes,
        (State.SCHEDULED,),
        lifecycle.open_now,
        done="It is open.",
    ),
    "resume": Move(
        "Resume it?",
        "Partners can answer again.",
        "Resume",
        rules.publishes,
        (State.PAUSED,),
        lifecycle.resume,
        done="It is open again.",
    ),
    "analyse": Move(
        "Start the analysis?",
        "It can no longer be extended.",
        "Start the analysis",
        rules.begins_analysis,
        (State.CLOSED,),
        lifecycle.start_analysis,
        done="The analysis has begun.",
    ),
    "report": Move(
        "Say that the result is there?",
        "The public page leads to the summary.",
        "Mark as reported",
        rules.publishes,
        (State.ANALYSING,),
        lifecycle.report,
        done="It is reported.",
    ),
    "return": Move(
        "Give it back to be changed",
        "It becomes a draft again. If it has been announced, it disappears from the public pages.",
        "Give it back",
        rules.publishes,
        (State.IN_REVIEW, State.SCHEDULED),
        lifecycle.return_to_draft,
        forms.ReturnForm,
        "It is a draft again.",
    ),
    "extend": Move(
        "Extend it",
        "The closing time that was first announced stays public, with your reason. Reminders are planned anew.",
        "Extend",
        rules.publishes,
        (State.SCHEDULED, State.OPEN, State.PAUSED, State.CLOSED),
        lifecycle.extend,
        forms.ExtensionForm,
        "Extended. Reminders follow the new closing time.",
    ),
    "pause": Move(
        "Pause it",
        "Partners can read but not send until you resume it. The closing time stays.",
        "Pause",
        rules.publishes,
        (State.OPEN,),
        lifecycle.pause,
        forms.ReasonForm,
        "Paused.",
    ),
    "close": Move(
        "Close it now, before its time",
        "From this moment answers are late. What partners are writing is kept for them, and your reason is public.",
        "Close now",
        rules.publishes,
        (State.OPEN, State.PAUSED),
        lifecycle.close_now,
        forms.ReasonForm,
        "Closed.",
        is_danger=True,
    ),
    "archive": Move(
        "Archive it?",
        "It disappears from the public pages. This cannot be undone.",
        "Archive",
        rules.publishes,
        (State.REPORTED,),
        lifecycle.archive,
        done="Archived.",
        is_danger=True,
    ),
}


class Lifecycle(OfConsultation, PageView):
    access = rules.works_on
    template_name = "programme/lifecycle.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        it, user = self.subject, self.request.user
        possible = [(name, move) for name, move in MOVES.items() if it.state in move.states]
        moves = [
            {"name": name, "action": move.action, "leads_on": name in LEADING}
            for name, move in possible
            if move.access(user, it)
        ]
        others = [move.action for _, move in possible if not move.access(user, it)]
        nexts = {"draft": "scheduled", "in_review": "scheduled", "analysing": "reported"}
        next_state = nexts.get(it.state, "")
        return super().get_context_data(
            moves=moves,
            others=others,
            next_state=State(next_state).label.lower() if next_state else "",
            missing=lifecycle.missing(it, next_state) if next_state else [],
            on_opening=lifecycle.on_opening(it) if it.state in BEFORE_OPENING else [],
            retention=retention.in_words(it),
            is_own_review=it.state == State.IN_REVIEW and it.submitted_for_review_by_id == user.pk,
            may_propose=rules.runs(user, it) and not rules.publishes(user, it),
            changes=[
                (change, _words(change.what)) for change in it.changes.select_related("actor").order_by("-at", "-pk")
            ],
            **kwargs,
        )


def _words(what: str) -> str:
    named = {"extended": "Extended", "proposed": "Proposal", "resumed": "Resumed"}
    return named.get(what) or State(what).label


class MakeMove(OfConsultation, ActionView):
    access = rules.works_on
    template_name = "programme/confirm.html"

    @property
    def move(self) -> Move:
        try:
            return MOVES[self.kwargs["move"]]
        except KeyError:
            raise Http404 from None

    def get_subject(self) -> Consultation:
        subject = super().get_subject()
        rules.demand(self.move.access, self.request.user, subject)
        return subject

    def get_form_class(self) -> type[Any]:
        return self.move.form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        move = self.move
        return super().get_context_data(
            title=move.title,
            text=move.text,
            more=self.consequences(),
            action=move.action,
            back=self.get_success_url(),
            is_danger=move.is_danger,
            **kwargs,
        )

    def consequences(self) -> list[str]:
        """What happens besides, beforehand."""
        if self.kwargs["move"] in OPENING:
            return lifecycle.on_opening(self.subject)
        return retention.in_words(self.subject, timezone.now()) if self.kwargs["move"] == "archive" else []

    def act(self, form: Any) -> None:
        self.move.do(self.subject.pk, actor=self.request.user, **self.move.keywords(form.cleaned_data))
        messages.success(self.request, self.move.done)

    def get_success_url(self) -> str:
        return reverse("programme:lifecycle", args=[self.subject.reference])


class Propose(OfConsultation, ActionView):
    access = rules.runs
    form_class = forms.ProposalForm
    template_name = "programme/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title="Propose to an administrator",
            text="Administrators approve, extend, pause and close. Your proposal waits for them on their home page.",
            more=[],
            action="Send the proposal",
            back=self.get_success_url(),
            is_danger=False,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        lifecycle.propose(self.subject.pk, actor=self.request.user, proposal=form.cleaned_data["reason"])
        messages.success(self.request, "Your proposal is on the administrators’ home page.")

    def get_success_url(self) -> str:
        return reverse("programme:lifecycle", args=[self.subject.reference])
