"""Whom to ask next, so that every sector is heard: by how far each is from what was wanted of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from engagement.events.models import Attendance, Event, Invitee, Registration
from engagement.messaging.models import address_hash
from engagement.stakeholders import segments
from engagement.stakeholders.models import Membership, Sector

NO_SECTOR = "Sector not known"


@dataclass(frozen=True)
class Line:
    """What became of the invitations to one sector. `booked` are all who have a place or wait, invited or not."""

    sector_id: int | None
    name: str
    target: int
    invited: int
    accepted: int
    declined: int
    pending: int
    booked: int
    attended: int

    @property
    def missing(self) -> int:
        """How many more people are wanted than have a place, wait, or may still say yes."""
        return max(0, self.target - self.booked - self.pending)


def against_target(event: Event) -> list[Line]:
    """One line for each sector that is wanted, was invited or comes; four queries however many people."""
    targets = {row.sector_id: row.target for row in event.allocations.all()}
    live = Q(registration__state__in=Registration.LIVE)
    asked = (
        Invitee.objects.filter(event=event)
        .exclude(state=Invitee.State.WITHDRAWN)
        .values("kind__sector")
        .annotate(
            invited=Count("pk"),
            accepted=Count("pk", filter=Q(state=Invitee.State.ACCEPTED) & live),
            declined=Count("pk", filter=Q(state=Invitee.State.DECLINED) | (Q(state=Invitee.State.ACCEPTED) & ~live)),
            pending=Count("pk", filter=Q(state=Invitee.State.PENDING)),
        )
        .order_by()
    )
    came = (
        Registration.objects.filter(event=event)
        .values("kind__sector")
        .annotate(
            booked=Count("pk", filter=Q(state__in=Registration.LIVE)),
            attended=Count(
                "pk",
                filter=Q(attendance__status=Attendance.Status.ATTENDED, state=Registration.State.CONFIRMED),
            ),
        )
        .order_by()
    )
    by_asked: dict[Any, Any] = {row["kind__sector"]: row for row in asked}
    by_came: dict[Any, Any] = {row["kind__sector"]: row for row in came}
    lines = []
    for pk, name in [*Sector.objects.values_list("pk", "name"), (None, NO_SECTOR)]:
        one: dict[str, Any] = by_asked.get(pk, {})
        other: dict[str, Any] = by_came.get(pk, {})
        target = targets.get(pk or 0, 0)
        if one or other.get("booked") or other.get("attended") or target:
            counts: dict[str, int] = {name: one.get(name, 0) for name in ("invited", "accepted", "declined", "pending")}
            rest: dict[str, int] = {name: other.get(name, 0) for name in ("booked", "attended")}
            lines.append(Line(pk, name, target, **counts, **rest))
    return lines


def candidates(event: Event, definition: Mapping[str, Any]) -> list[Membership]:
    """Who may be asked: people of the segment, one for each organisation, who were not asked and have no booking.

    Of several people of an organisation the lead comes first. Organisations of which nobody was asked come before
    others; the rest is drawn by lot, and the same event draws the same lot each time.
    """
    asked = set(event.invitees.values_list("email_key", flat=True))
    asked |= set(event.registrations.live().values_list("email_key", flat=True))
    bodies = set(event.invitees.exclude(organisation=None).values_list("organisation_id", flat=True))
    bodies |= set(event.registrations.live().exclude(organisation=None).values_list("organisation_id", flat=True))
    found: dict[int, Membership] = {}
    for member in _members(definition):
        if address_hash(member.contact.email) not in asked:
            known = found.get(member.organisation_id)
            if known is None or (member.role == Membership.Role.LEAD and known.role != Membership.Role.LEAD):
                found[member.organisation_id] = member
    return sorted(found.values(), key=lambda one: (one.organisation_id in bodies, _lot(event, one)))


def _members(definition: Mapping[str, Any]) -> QuerySet[Membership]:
    rows = segments.memberships(definition).select_related("contact__user", "organisation__kind__sector")
    return rows.order_by("pk")


def _lot(event: Event, member: Membership) -> str:
    return hashlib.sha256(f"{event.public_id} {member.organisation_id}".encode()).hexdigest()


def balanced(people: Iterable[Membership], missing: Mapping[int, int]) -> list[Membership]:
    """Of these people, in their order, as many of each sector as are missing from it."""
    left = dict(missing)
    chosen = []
    for member in people:
        sector = member.organisation.kind.sector_id
        if left.get(sector, 0) > 0:
            left[sector] -= 1
            chosen.append(member)
    return chosen
