"""What needs a member of staff this morning: errands across the consultations that they work on, by urgency.

A fixed number of queries, however many consultations there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from consultations.analysis.models import SourceReading
from consultations.invitations.models import Invitation
from consultations.programme import queries as programme
from consultations.programme.models import Assignment, Consultation, ConsultationEvent, StateChange
from consultations.submissions.models import Submission, TextAnswer
from consultations.summaries.models import Summary
from engagement.accounts.rules import is_administrator
from engagement.core.templatetags.ui import day, days_left, moment
from engagement.events.models import Event, Note, Registration
from engagement.messaging.models import OutgoingMessage

State = Consultation.State
NOW, TODAY, SOON, WHEN_THERE_IS_TIME = range(4)
LABELS = {
    NOW: ("failed", "Now"),
    TODAY: ("warning", "Today"),
    SOON: ("in_progress", "This week"),
    WHEN_THERE_IS_TIME: ("draft", "When there is time"),
}


@dataclass(frozen=True)
class Errand:
    """Something that waits for this person."""

    urgency: int
    title: str
    url: str
    hint: str = ""

    def as_task(self) -> dict[str, str]:
        """For the `task_list` component."""
        state, label = LABELS[self.urgency]
        return {"title": self.title, "url": self.url, "hint": self.hint, "state": state, "label": label}


@dataclass(frozen=True)
class Standing:
    """A consultation in the table under the errands: organisations heard and invited, fresh submissions."""

    consultation: Consultation
    heard: int
    invited: int
    fresh: int


@dataclass(frozen=True)
class Board:
    tasks: list[dict[str, str]]
    standings: list[Standing]


@dataclass(frozen=True)
class _Desk:
    """The person, the clock, and the consultations with the roles held in them."""

    user: Any
    now: datetime
    consultations: dict[int, Consultation]
    roles: set[tuple[int, str]]
    is_administrator: bool

    def runs(self, pk: int) -> bool:
        return self.is_administrator or (pk, Assignment.Role.ENGAGEMENT) in self.roles

    def analyses(self, pk: int) -> bool:
        return self.is_administrator or (pk, Assignment.Role.OFFICER) in self.roles


def board(user: Any, now: datetime) -> Board:
    """Errands, the most urgent first, and how each consultation stands."""
    rows = programme.visible_to(user).exclude(state=State.ARCHIVED).order_by("closes_at", "pk")
    desk = _Desk(
        user=user,
        now=now,
        consultations={it.pk: it for it in rows},
        roles=set(Assignment.objects.filter(user=user).values_list("consultation_id", "role")),
        is_administrator=is_administrator(user),
    )
    errands = [
        *_messages(desk),
        *_states(desk),
        *_proposals(desk),
        *_submissions(desk),
        *_events(desk),
        *_texts(desk),
        *_summaries(desk),
    ]
    errands.sort(key=lambda errand: (errand.urgency, errand.title))
    return Board([errand.as_task() for errand in errands], _standings(desk))


def _several(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _messages(desk: _Desk) -> Iterable[Errand]:
    """Messages that failed, may not have arrived, or are held. Those about no consultation are the administrators'."""
    by_reference = {it.reference: it for it in desk.consultations.values() if desk.runs(it.pk)}
    scopes = [*by_reference, *([""] if desk.is_administrator else [])]
    rows = (
        OutgoingMessage.objects.filter(state__in=["failed", "uncertain", "held"], scope__in=scopes)
        .order_by()
        .values_list("scope", "state")
        .annotate(number=Count("pk"))
    )
    for scope, state, number in rows:
        what = {"failed": "could not be sent", "held": "held back until somebody decides"}
        yield Errand(
            TODAY if state == "failed" else NOW,
            f"{_several(number, 'message', 'messages')} {what.get(state, 'may not have arrived')}",
            f"{reverse('messaging:list')}?show=problems&scope={scope}",
            by_reference[scope].title if scope else "About no consultation",
        )


def _states(desk: _Desk) -> Iterable[Errand]:
    """What the clock or a colleague waits for, by the state of each consultation."""
    today = timezone.localdate(desk.now)
    for it in desk.consultations.values():
        lifecycle = reverse("programme:lifecycle", args=[it.reference])
        if it.state == State.IN_REVIEW and desk.is_administrator and it.submitted_for_review_by_id != desk.user.pk:
            yield Errand(TODAY, f"Review “{it.title}”", lifecycle, "A colleague sent it for review.")
        if it.state in {State.OPEN, State.PAUSED} and it.closes_at and it.closes_at - desk.now <= timedelta(days=7):
            urgency = NOW if it.closes_at - desk.now <= timedelta(days=2) else SOON
            left = days_left(it.closes_at)
            yield Errand(
                urgency,
                f"“{it.title}”: {left}",
                reverse("dashboards:overview", args=[it.reference]),
                f"Closes {moment(it.closes_at)}. Look for whose voice is missing.",
            )
        if it.state == State.CLOSED and desk.analyses(it.pk):
            yield Errand(SOON, f"Start the analysis of “{it.title}”", lifecycle, "It has closed.")
        due = it.response_due_on
        if due and it.state in {State.CLOSED, State.ANALYSING} and due - today <= timedelta(days=14):
            urgency = NOW if due <= today else SOON
            yield Errand(urgency, f"Response on “{it.title}” promised by {day(due)}", lifecycle)


def _proposals(desk: _Desk) -> Iterable[Errand]:
    """What staff asked administrators to do since the last move."""
    if not desk.is_administrator:
        return
    moved = StateChange.objects.filter(consultation=OuterRef("consultation"), pk__gt=OuterRef("pk")).exclude(
        what="proposed"
    )
    rows = StateChange.objects.filter(what="proposed", consultation__in=list(desk.consultations))
    for row in rows.exclude(Exists(moved)).exclude(actor=desk.user).order_by("pk"):
        it = desk.consultations[row.consultation_id]
        yield Errand(
            TODAY, f"Proposal on “{it.title}”", reverse("programme:lifecycle", args=[it.reference]), row.reason
        )


def _submissions(desk: _Desk) -> Iterable[Errand]:
    rows = (
        Submission.objects.filter(
            consultation__in=list(desk.consultations), state=Submission.State.SUBMITTED, is_test=False
        )
        .order_by()
        .values_list("consultation")
        .annotate(number=Count("pk"))
    )
    for pk, number in rows:
        it = desk.consultations[pk]
        yield Errand(
            SOON,
            f"Accept {_several(number, 'submission', 'submissions')}",
            f"{reverse('submissions:list', args=[it.reference])}?state=submitted",
            it.title,
        )


def _events(desk: _Desk) -> Iterable[Errand]:
    """Events that are over without anybody marked as present, and notes that are not agreed."""
    links = ConsultationEvent.objects.filter(consultation__in=[pk for pk in desk.consultations if desk.runs(pk)])
    events = {
        link.event_id: link.event
        for link in links.select_related("event")
        if link.event.state not in {Event.State.DRAFT, Event.State.CANCELLED, Event.State.POSTPONED}
    }
    over = [pk for pk, event in events.items() if event.ends_at < desk.now]
    expected = (
        Registration.objects.filter(event__in=over, state=Registration.State.CONFIRMED)
        .order_by()
        .values_list("event")
        .annotate(number=Count("pk"), marked=Count("attendance"))
    )
    for pk, number, marked in expected:
        if not marked:
            yield Errand(
                TODAY,
                f"Mark who came to “{events[pk].title}”",
                reverse("events:roster", args=[events[pk].public_id]),
                f"{_several(number, 'person was', 'people were')} expected.",
            )
    notes = (
        Note.objects.filter(event__in=list(events))
        .exclude(state=Note.State.AGREED)
        # Writing an event up settles what stayed disputed: it is no evidence, and nothing waits for anybody.
        .exclude(state=Note.State.DISPUTED, event__state=Event.State.WRITTEN_UP)
        .order_by()
        .values_list("event")
        .annotate(number=Count("pk"))
    )
    for pk, number in notes:
        yield Errand(
            SOON,
            f"Agree {_several(number, 'note', 'notes')} of “{events[pk].title}”",
            reverse("events:notes", args=[events[pk].public_id]),
            "Only agreed notes are evidence.",
        )


def _texts(desk: _Desk) -> Iterable[Errand]:
    """Long answers that nobody has read to the end for coding."""
    at = [
        pk
        for pk, it in desk.consultations.items()
        if it.state in {State.OPEN, State.CLOSED, State.ANALYSING} and desk.analyses(pk)
    ]
    rows = (
        TextAnswer.objects.filter(
            submission__consultation__in=at,
            submission__state__in=Submission.COUNTED,
            submission__is_test=False,
        )
        .exclude(Exists(SourceReading.objects.filter(answer=OuterRef("pk"))))
        .order_by()
        .values_list("submission__consultation")
        .annotate(number=Count("pk"))
    )
    for pk, number in rows:
        it = desk.consultations[pk]
        yield Errand(
            WHEN_THERE_IS_TIME if it.state == State.OPEN else SOON,
            f"Code {_several(number, 'text', 'texts')}",
            reverse("analysis:desk", args=[it.reference]),
            it.title,
        )


def _summaries(desk: _Desk) -> Iterable[Errand]:
    if not desk.is_administrator:
        return
    rows = Summary.objects.filter(consultation__in=list(desk.consultations), state=Summary.State.IN_REVIEW)
    for summary in rows.exclude(author=desk.user).order_by("pk"):
        it = desk.consultations[summary.consultation_id]
        yield Errand(TODAY, f"Approve the summary of “{it.title}”", reverse("summaries:list", args=[it.reference]))


def _standings(desk: _Desk) -> list[Standing]:
    """Consultations that are announced or under way, the first to close first."""
    pks = list(desk.consultations)
    heard = Q(state__in=Submission.COUNTED, is_test=False)
    sent = Submission.objects.filter(heard, consultation__in=pks).order_by().values_list("consultation")
    fresh = dict(sent.filter(submitted_at__gt=desk.now - timedelta(days=7)).annotate(number=Count("pk")))
    invitations = Invitation.objects.filter(consultation__in=pks, organisation__isnull=False)
    invited_to = invitations.exclude(state=Invitation.State.CANCELLED).order_by().values_list("consultation")
    invited = dict(invited_to.annotate(number=Count("organisation", distinct=True)))
    was_invited = invitations.filter(consultation=OuterRef("consultation"), organisation=OuterRef("organisation"))
    answered = dict(
        sent.filter(Exists(was_invited.exclude(state=Invitation.State.CANCELLED))).annotate(
            number=Count("organisation", distinct=True)
        )
    )
    return [
        Standing(it, answered.get(pk, 0), invited.get(pk, 0), fresh.get(pk, 0))
        for pk, it in desk.consultations.items()
        if it.state != State.REPORTED
    ]
