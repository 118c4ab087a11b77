"""Until when a partner may answer: the close of the consultation, or the later moment that was given to them alone.

The only place that answers this question; rules of submissions, links and the ledger all ask here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from consultations.invitations.models import Invitation, PartnerExtension
from consultations.programme.models import Consultation

State = Consultation.State
# With more time of their own, partners answer also while it is closed for the others, until the results are out.
OPEN_TO_SOME = (State.OPEN, State.CLOSED, State.ANALYSING)


def own_time(consultation: Consultation, *, organisation: Any = None, user: Any = None) -> datetime | None:
    """The moment given to this organisation, or to this person for themselves, alone; None without one."""
    rows = PartnerExtension.objects.filter(consultation=consultation, ended_at=None)
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    elif getattr(user, "pk", None) is not None:
        rows = rows.filter(Q(contact__user=user) | Q(contact__email__iexact=user.email))
    else:
        return None
    return rows.aggregate(last=Max("closes_at"))["last"]


def closing_time(consultation: Consultation, *, organisation: Any = None, user: Any = None) -> datetime | None:
    """Until when this partner may answer: the later of the general close and their own; None while there is none."""
    if consultation.closes_at is None:
        return None
    own = own_time(consultation, organisation=organisation, user=user)
    return consultation.closes_at if own is None else max(own, consultation.closes_at)


def is_past_close(
    consultation: Consultation, *, organisation: Any = None, user: Any = None, now: datetime | None = None
) -> bool:
    """Whether the time of this partner is over, by the server's clock; asks the database only after the general
    close."""
    now = now or timezone.now()
    if consultation.closes_at is None or now <= consultation.closes_at:
        return False
    own = own_time(consultation, organisation=organisation, user=user)
    return own is None or now > own


def takes_answers(
    consultation: Consultation, *, organisation: Any = None, user: Any = None, now: datetime | None = None
) -> bool:
    """Whether this partner may begin, send in time and change an answer at this moment."""
    now = now or timezone.now()
    if consultation.state == State.OPEN and (consultation.closes_at is None or now <= consultation.closes_at):
        return True
    if consultation.state not in OPEN_TO_SOME:
        return False
    own = own_time(consultation, organisation=organisation, user=user)
    return own is not None and now <= own


def with_time_left(rows: QuerySet[Invitation], now: datetime) -> QuerySet[Invitation]:
    """Those of the invitations whose organisation or person still has time of their own."""
    return rows.filter(_own_time_left(now))


def out_of_time(rows: QuerySet[Invitation], now: datetime) -> QuerySet[Invitation]:
    """Those of the invitations whose time is over: past the general close, and without time of their own."""
    return rows.filter(consultation__closes_at__lt=now).exclude(_own_time_left(now))


def _own_time_left(now: datetime) -> Q:
    own = PartnerExtension.objects.filter(
        consultation=OuterRef("consultation"), ended_at=None, closes_at__gte=now
    ).filter(
        Q(organisation__isnull=False, organisation=OuterRef("organisation"))
        | Q(contact__isnull=False, contact=OuterRef("contact"))
    )
    return Q(Exists(own))


def with_own_close(rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """The invitations with `own_close`: the moment given to their organisation or person alone, None without one."""
    given = PartnerExtension.objects.filter(consultation=OuterRef("consultation"), ended_at=None)
    return rows.annotate(
        own_close=Case(
            When(
                organisation=None,
                then=Subquery(given.filter(contact=OuterRef("contact")).values("closes_at")[:1]),
            ),
            default=Subquery(given.filter(organisation=OuterRef("organisation")).values("closes_at")[:1]),
        )
    )


def given_to(contact: Any, organisations: Iterable[Any], now: datetime) -> list[PartnerExtension]:
    """Time of their own that is left to this person of the register (None: nobody), or to one of the organisations;
    one query."""
    whose = Q(organisation__in=list(organisations))
    if contact is not None:
        whose |= Q(contact=contact)
    rows = PartnerExtension.objects.filter(
        whose, ended_at=None, closes_at__gt=now, consultation__state__in=OPEN_TO_SOME
    )
    return list(rows.select_related("consultation", "organisation").order_by("closes_at", "pk"))


def own_times(consultation: Consultation, invitations: Iterable[Invitation]) -> dict[int, datetime]:
    """The own closing time of those of the invitations that have one later than the general close; one query."""
    rows = list(invitations)
    found = PartnerExtension.objects.filter(consultation=consultation, ended_at=None).filter(
        Q(organisation__in={row.organisation_id for row in rows if row.organisation_id})
        | Q(contact__in={row.contact_id for row in rows if not row.organisation_id})
    )
    later = [one for one in found if consultation.closes_at is None or one.closes_at > consultation.closes_at]
    of_organisations = {one.organisation_id: one.closes_at for one in later if one.organisation_id}
    of_people = {one.contact_id: one.closes_at for one in later if one.contact_id}
    times = {}
    for row in rows:
        own = of_organisations.get(row.organisation_id) if row.organisation_id else of_people.get(row.contact_id)
        if own is not None:
            times[row.pk] = own
    return times


def extensions(consultation: Consultation) -> QuerySet[PartnerExtension]:
    """Everybody who was given more time, those that stand first."""
    return (
        PartnerExtension.objects.filter(consultation=consultation)
        .select_related("organisation", "contact", "given_by")
        .order_by(F("ended_at").asc(nulls_first=True), "-created_at", "-pk")
    )
