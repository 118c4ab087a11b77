"""What a partner's page shows: what waits for them, what they began, what they sent, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from consultations.invitations import deadlines
from consultations.invitations.models import Invitation, PartnerExtension
from consultations.programme import queries as programme
from consultations.programme.models import Consultation
from consultations.submissions import queries as submissions
from consultations.submissions.models import Approval, Submission
from consultations.summaries.models import Summary
from engagement.events import queries as events
from engagement.events.models import Registration
from engagement.stakeholders import queries as stakeholders


@dataclass(frozen=True)
class Waiting:
    """A consultation that this person can answer until `closes_at`, the first of their own moments; `for_whom` names
    the organisations that were asked through them."""

    consultation: Consultation
    closes_at: datetime
    for_whom: list[str]
    is_invited: bool


@dataclass(frozen=True)
class Begun:
    """What is being written, and until when it is taken; None when that time is over."""

    submission: Submission
    until: datetime | None


@dataclass(frozen=True)
class Booking:
    registration: Registration
    url: str


@dataclass(frozen=True)
class Page:
    waiting: list[Waiting]
    drafts: list[Begun]
    sent: list[Submission]
    bookings: list[Booking]
    became: list[Summary]
    organisations: list[Any]
    to_approve: list[Approval]


def page_of(user: Any, now: datetime) -> Page:
    """Everything at once: a fixed number of queries."""
    own = list(submissions.own(user).select_related("consultation", "organisation").order_by("-updated_at", "-pk"))
    organisations = list(stakeholders.organisations_of(user))
    contact = stakeholders.contact_of(user)
    given = deadlines.given_to(contact, organisations, now)
    drafts = [Begun(row, _until(row, given)) for row in own if row.state in Submission.DRAFTS]
    sent = [row for row in own if row.state in Submission.COUNTED]
    became = Summary.objects.filter(
        consultation__in={row.consultation_id for row in sent},
        state=Summary.State.PUBLISHED,
        consultation__state=Consultation.State.REPORTED,
    )
    return Page(
        waiting=_waiting(contact, now, own, given),
        drafts=drafts,
        sent=sent,
        bookings=_bookings(user, now),
        became=list(became.select_related("consultation").order_by("-published_at", "-pk")),
        organisations=organisations,
        to_approve=list(submissions.approvals_for(user).filter(state=Approval.State.WAITING)),
    )


def own_sent(user: Any) -> list[Submission]:
    """What this person sent for themselves: it stays when they go, unless they withdraw it before."""
    rows = submissions.own(user).filter(organisation=None, state__in=Submission.COUNTED)
    return list(rows.select_related("consultation").order_by("-submitted_at", "-pk"))


def _until(draft: Submission, given: list[PartnerExtension]) -> datetime | None:
    consultation = draft.consultation
    times = [
        one.closes_at
        for one in given
        if one.consultation_id == consultation.pk and one.organisation_id == draft.organisation_id
    ]
    if consultation.state == Consultation.State.OPEN and consultation.closes_at is not None:
        times.append(consultation.closes_at)
    return max(times, default=None)


def _waiting(contact: Any, now: datetime, own: list[Submission], given: list[PartnerExtension]) -> list[Waiting]:
    """Consultations without an answer of theirs that they can answer, by closing time: the open ones, those that asked
    them by name among them, and those that are closed and gave them more time."""
    asked: dict[int, list[Invitation]] = {}
    if contact is not None:
        rows = Invitation.objects.filter(contact=contact, state__in=Invitation.OUTSTANDING)
        for invitation in rows.select_related("organisation").order_by("pk"):
            asked.setdefault(invitation.consultation_id, []).append(invitation)
    present = [row for row in own if row.state not in Submission.SET_ASIDE]
    answered = {(row.consultation_id, row.organisation_id) for row in present}
    touched = {row.consultation_id for row in present}
    later = {(one.consultation_id, one.organisation_id): one for one in given}
    waiting, open_keys = [], set()
    for it in programme.open_now(now):
        open_keys.add(it.pk)
        assert it.closes_at is not None
        to_do = [row for row in asked.get(it.pk, []) if (it.pk, row.organisation_id) not in answered]
        for_whom = [row.organisation_id for row in to_do] or [None]
        closes_at = min(_later(it.closes_at, later.get((it.pk, key))) for key in for_whom)
        if to_do:
            names = [row.organisation.name for row in to_do if row.organisation is not None]
            waiting.append(Waiting(it, closes_at, names, is_invited=True))
        elif it.pk not in touched and it.access != Consultation.Access.INVITED:
            waiting.append(Waiting(it, closes_at, [], is_invited=False))
    closed: dict[int, list[PartnerExtension]] = {}
    for key, one in later.items():
        if one.consultation_id not in open_keys and key not in answered:
            closed.setdefault(one.consultation_id, []).append(one)
    for some in closed.values():
        names = [one.organisation.name for one in some if one.organisation is not None]
        closes_at = min(one.closes_at for one in some)
        waiting.append(Waiting(some[0].consultation, closes_at, names, is_invited=True))
    return sorted(waiting, key=lambda one: (one.closes_at, one.consultation.pk))


def _later(closes_at: datetime, given: PartnerExtension | None) -> datetime:
    return max(closes_at, given.closes_at) if given else closes_at


def _bookings(user: Any, now: datetime) -> list[Booking]:
    """Places and places in the queue at events to come, by the person's own address."""
    live = [Registration.State.CONFIRMED, Registration.State.WAITING, Registration.State.OFFERED]
    rows = Registration.objects.filter(email__iexact=user.email, state__in=live, event__ends_at__gt=now)
    return [
        Booking(row, reverse("events:booking", args=[events.booking_token(row)]))
        for row in rows.select_related("event").order_by("event__starts_at", "pk")
    ]
