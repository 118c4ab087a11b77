"""Whom we asked and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast

from consultations.invitations.models import Invitation
from consultations.programme import queries as programme
from consultations.programme.models import Consultation
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders.models import Organisation

State = Invitation.State
# The groups by which the ledger is narrowed, in the order in which they matter.
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "outstanding": ("Have not answered", Invitation.OUTSTANDING),
    "bounced": ("Address does not exist", ("bounced",)),
    "started": ("Started, not sent", ("started",)),
    "responded": ("Answered", ("responded",)),
    "declined": ("No view", ("declined",)),
    "cancelled": ("Cancelled", ("cancelled",)),
}


def visible_to(user: Any) -> QuerySet[Invitation]:
    """Invitations to the consultations that this person works on."""
    return Invitation.objects.filter(consultation__in=programme.visible_to(user)).select_related(
        "consultation", "contact", "organisation"
    )


def by_public_id(public_id: str) -> QuerySet[Invitation]:
    """The invitation that a link names, as long as its consultation is there for the public."""
    return Invitation.objects.filter(
        public_id=public_id, consultation__state__in=Consultation.PUBLIC_STATES
    ).select_related("consultation", "contact__user", "organisation")


def ledger(
    consultation: Consultation, *, sector: str = "", area: str = "", group: str = "", search: str = ""
) -> QuerySet[Invitation]:
    """One row per invitation, outstanding first, with organisation, sector, contact and `last_message_id` at hand."""
    rows = Invitation.objects.filter(consultation=consultation)
    if sector:
        rows = rows.filter(organisation__kind__sector__code=sector)
    if area:
        areas = Organisation.areas.through.objects.filter(organisation=OuterRef("organisation"), area__code=area)
        rows = rows.filter(Exists(areas))
    if group in GROUPS:
        rows = rows.filter(state__in=GROUPS[group][1])
    if search:
        rows = rows.filter(
            Q(organisation__name__icontains=search)
            | Q(contact__name__icontains=search)
            | Q(contact__email__icontains=search)
        )
    last = (
        OutgoingMessage.objects.filter(
            about_kind=Invitation._meta.label_lower, about_key=Cast(OuterRef("pk"), CharField())
        )
        .exclude(state=OutgoingMessage.State.PLANNED, rule__startswith="invitations.remind:")
        .order_by("-due_at", "-pk")
        .values("pk")[:1]
    )
    waits = Case(
        When(state__in=Invitation.OUTSTANDING, then=Value(0)),
        When(state=State.BOUNCED, then=Value(1)),
        default=Value(2),
    )
    return (
        rows.annotate(last_message_id=Subquery(last), waits=waits)
        .select_related("organisation__kind__sector", "contact")
        .order_by("waits", F("organisation__name").asc(nulls_last=True), "contact__name", "pk")
    )


def last_messages(rows: Iterable[Any]) -> dict[int, OutgoingMessage]:
    """The last message of each row of the ledger, by the row's key; one query."""
    wanted = {row.last_message_id: row.pk for row in rows if row.last_message_id}
    messages = OutgoingMessage.objects.filter(pk__in=list(wanted)).defer("text_body", "html_body", "calendar")
    return {wanted[message.pk]: message for message in messages}


def group_counts(consultation: Consultation) -> dict[str, int]:
    """How many invitations each group holds, and under "organisations" how many organisations were invited at all."""
    counted = {name: Count("pk", filter=Q(state__in=states), distinct=True) for name, (_, states) in GROUPS.items()}
    is_asked = ~Q(state=State.CANCELLED)
    return Invitation.objects.filter(consultation=consultation).aggregate(
        all=Count("pk"),
        organisations=Count("organisation", filter=is_asked, distinct=True),
        organisations_answered=Count("organisation", filter=Q(state=State.RESPONDED), distinct=True),
        **counted,
    )
