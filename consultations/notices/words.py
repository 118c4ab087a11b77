"""The messages of a consultation whose words staff may change, and the names that each knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from consultations.invitations import links
from consultations.invitations.models import Invitation
from consultations.notices import plan
from consultations.notices.models import PlannedStep
from consultations.programme.models import Consultation
from engagement.core.templatetags.ui import moment
from engagement.plans.placeholders import Editable, Token
from engagement.plans.steps import Writer

Context = Mapping[str, Any]
# Values of the stand-in: each is found once in the world.
CLOSES = datetime(1987, 6, 5, 11, 27, tzinfo=UTC)
DAYS = 4711


def _consultation() -> Consultation:
    return Consultation(
        title="⟦title⟧",
        reference="stand-in",
        purpose="⟦purpose⟧",
        decision_owner="⟦decides⟧",
        contact_email="stand-in@soundings.example",
        closes_at=CLOSES,
        state=Consultation.State.OPEN,
    )


def _stand_in(**more: Any) -> Callable[[], Context]:
    def make() -> Context:
        return {
            "consultation": _consultation(),
            "name": "⟦name⟧",
            "organisation": "⟦organisation⟧",
            "added": "⟦added⟧",
            "tone": "",
            "days": DAYS,
            "has_started": False,
            **more,
        }

    return make


def _of_step(template: str) -> Callable[[str], Context | None]:
    """The context of the first step of this kind that has a recipient now."""

    def find(scope: str) -> Context | None:
        codes = [kind.code for kind in plan.PLAN.kinds.values() if kind.template == template]
        steps = PlannedStep.objects.filter(kind__in=codes).select_related("consultation").order_by("-pk")
        if scope:
            steps = steps.filter(consultation__reference=scope)
        for step in steps[:20]:
            kind, due = plan.PLAN.kind(step), plan.PLAN.due_at(step)
            person = next(iter(kind.people(step, due)), None) if due else None
            if person is not None and due is not None:
                return Writer(kind, step, due).context(person)
        return None

    return find


def _invitation(scope: str) -> Context | None:
    rows = Invitation.objects.select_related("consultation", "contact", "organisation").order_by("-pk")
    found = (rows.filter(consultation__reference=scope) if scope else rows).first()
    if found is None:
        return None
    return {
        "consultation": found.consultation,
        "contact": found.contact,
        "organisation": found.organisation,
        "follow_url": links.follow_url(found),
        "decline_url": links.decline_url(found),
        "passed_on_by": "",
    }


def _own_name(context: Context) -> Any:
    return context["contact"].name if "contact" in context else context["name"]


NAME = Token("name", "The name of the person", _own_name)
ORGANISATION = Token("organisation", "The organisation of the person", lambda context: context["organisation"] or "")
TITLE = Token("title", "The title of the consultation", lambda context: context["consultation"].title)
PURPOSE = Token("purpose", "What the consultation asks about", lambda context: context["consultation"].purpose)
DECIDES = Token("who_decides", "Who decides", lambda context: context["consultation"].decision_owner)
CLOSE = Token("closes", "When the consultation closes", lambda context: moment(context["consultation"].closes_at))
LEFT = Token("days", "How many days are left until the close", lambda context: context["days"])
ADDED = Token("added", "What the step of the plan adds", lambda context: context["added"])
ASKED = Token("answer_link", "The link to the answer", lambda context: context["follow_url"], True, True)
DECLINED = Token("no_view_link", "The link to say “no view”", lambda context: context["decline_url"], True)
KEEPER = Token("our_name", "The name of our organisation", lambda context: settings.ORGANISATION_NAME)


def _link(name: str, meaning: str, variable: str, *, is_needed: bool = True) -> Token:
    return Token(name, meaning, lambda context: context[variable], True, is_needed)


class _Nobody:
    name = "⟦name⟧"


FOLLOW, DECLINE = "https://example.org/⟦answer⟧", "https://example.org/⟦decline⟧"
PAGE, STOP, OWN = "https://example.org/⟦page⟧", "https://example.org/⟦stop⟧", "https://example.org/⟦own⟧"
EDITABLE: tuple[Editable, ...] = (
    Editable(
        "invitations/email/invitation",
        "Invitation to answer",
        (NAME, ORGANISATION, TITLE, PURPOSE, CLOSE, DECIDES, ASKED, DECLINED, KEEPER),
        _stand_in(contact=_Nobody(), follow_url=FOLLOW, decline_url=DECLINE, passed_on_by=""),
        _invitation,
    ),
    Editable(
        "notices/email/reminder",
        "Reminder to invited people",
        (NAME, ORGANISATION, TITLE, CLOSE, LEFT, ADDED, ASKED, DECLINED, KEEPER),
        _stand_in(follow_url=FOLLOW, decline_url=DECLINE),
        _of_step("notices/email/reminder"),
    ),
    Editable(
        "notices/email/signoff",
        "Sign-off waiting",
        (
            NAME,
            ORGANISATION,
            TITLE,
            CLOSE,
            ADDED,
            _link("page_link", "The link to what waits", "submission_url"),
            KEEPER,
        ),
        _stand_in(submission_url=OWN),
        _of_step("notices/email/signoff"),
    ),
    Editable(
        "notices/email/provisional",
        "Provisional answer waiting",
        (NAME, ORGANISATION, TITLE, ADDED, _link("page_link", "The link to their answer", "submission_url"), KEEPER),
        _stand_in(submission_url=OWN),
        _of_step("notices/email/provisional"),
    ),
    Editable(
        "notices/email/results",
        "Results are out",
        (NAME, ORGANISATION, TITLE, ADDED, _link("page_link", "The link to the results", "results_url"), KEEPER),
        _stand_in(results_url=OWN),
        _of_step("notices/email/results"),
    ),
    Editable(
        "notices/email/followers",
        "News for followers",
        (
            TITLE,
            CLOSE,
            ADDED,
            _link("page_link", "The link to the consultation", "page_url"),
            _link("stop_link", "The link to stop following", "stop_url"),
            KEEPER,
        ),
        _stand_in(page_url=PAGE, stop_url=STOP, news="closing"),
        _of_step("notices/email/followers"),
    ),
)
