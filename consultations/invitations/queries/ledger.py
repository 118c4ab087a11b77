"""Whom we asked and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.module_loading import import_string

from consultations.invitations.models import ExtensionNotice, Invitation, InvitationChange
from consultations.programme import queries as programme
from consultations.programme.models import Consultation
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders.models import Membership, Organisation

State = Invitation.State
# The groups by which the ledger is narrowed, in the order in which they matter.
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "outstanding": ("Have not answered", Invitation.OUTSTANDING),
    "queued": ("Waits to be sent", ("queued",)),
    "sent": ("Sent", ("sent",)),
    "delivered": ("Delivered", ("delivered",)),
    "opened": ("Opened the link", ("opened",)),
    "started": ("Started, not sent", ("started",)),
    "bounced": ("Message came back", ("bounced",)),
    "responded": ("Answered", ("responded",)),
    "declined": ("No view", ("declined",)),
    "delegated": ("Passed on to a colleague", ("delegated",)),
    "expired": ("Time ran out", ("expired",)),
    "cancelled": ("Cancelled", ("cancelled",)),
}
BY_ORGANISATION = (F("organisation__name").asc(nulls_last=True), "organisation", "contact__name", "pk")
# In what order the ledger can be read: label, and the columns.
ORDERS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "": ("Without an answer first", ("waits", *BY_ORGANISATION)),
    "organisation": ("Organisation", BY_ORGANISATION),
    "contact": ("Contact", ("contact__name", "pk")),
    "oldest": ("Longest in its state first", ("since", "pk")),
    "latest": ("Latest change first", ("-since", "-pk")),
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


@dataclass(frozen=True)
class Narrow:
    """What a reader of the ledger narrows it by; empty means everything. `of` is the public id of an organisation."""

    group: str = ""
    sector: str = ""
    area: str = ""
    search: str = ""
    of: str = ""
    order: str = ""


NOTHING = Narrow()


def narrowed(consultation: Consultation, narrow: Narrow) -> QuerySet[Invitation]:
    """The invitations that these filters leave, unordered."""
    rows = Invitation.objects.filter(consultation=consultation)
    if narrow.sector:
        rows = rows.filter(organisation__kind__sector__code=narrow.sector)
    if narrow.area:
        areas = Organisation.areas.through.objects.filter(organisation=OuterRef("organisation"), area__code=narrow.area)
        rows = rows.filter(Exists(areas))
    if narrow.of:
        rows = rows.filter(organisation__public_id=narrow.of)
    if narrow.group in GROUPS:
        rows = rows.filter(state__in=GROUPS[narrow.group][1])
    if narrow.search:
        rows = rows.filter(
            Q(organisation__name__icontains=narrow.search)
            | Q(contact__name__icontains=narrow.search)
            | Q(contact__email__icontains=narrow.search)
        )
    return rows


def ledger(consultation: Consultation, narrow: Narrow = NOTHING) -> QuerySet[Invitation]:
    """One row per invitation, those of one organisation side by side, with organisation, sector and contact at hand.

    Each has `last_message_id`, `last_change_id` and `of_organisation`, how many invitations its organisation has.
    """
    last = (
        OutgoingMessage.objects.filter(
            about_kind=Invitation._meta.label_lower, about_key=Cast(OuterRef("pk"), CharField())
        )
        .exclude(state=OutgoingMessage.State.PLANNED, rule__startswith="invitations.remind:")
        .order_by("-due_at", "-pk")
        .values("pk")[:1]
    )
    changes = InvitationChange.objects.filter(invitation=OuterRef("pk")).exclude(cause=InvitationChange.Cause.NOTE)
    waits = Case(
        When(state__in=Invitation.OUTSTANDING, then=Value(0)),
        When(state=State.BOUNCED, then=Value(1)),
        default=Value(2),
    )
    colleagues = (
        Invitation.objects.filter(consultation=consultation, organisation=OuterRef("organisation"))
        .order_by()
        .values("organisation")
        .annotate(many=Count("pk"))
        .values("many")
    )
    return (
        narrowed(consultation, narrow)
        .annotate(
            last_message_id=Subquery(last),
            last_change_id=Subquery(changes.order_by("-at", "-pk").values("pk")[:1]),
            of_organisation=Subquery(colleagues),
            waits=waits,
        )
        .select_related("organisation__kind__sector", "contact")
        .order_by(*ORDERS.get(narrow.order, ORDERS[""])[1])
    )


def last_changes(rows: Iterable[Any]) -> dict[int, InvitationChange]:
    """The last change of each row of the ledger with who caused it, by the row's key; one query."""
    wanted = {row.last_change_id: row.pk for row in rows if row.last_change_id}
    return {
        wanted[change.pk]: change
        for change in InvitationChange.objects.filter(pk__in=list(wanted)).select_related("actor")
    }


def late(consultation: Consultation, rows: Iterable[Any]) -> set[int]:
    """The keys of those organisations of the rows whose answer came late; one query."""
    # Submissions stand above this app, so the settings name the function.
    answers = import_string(settings.ANSWERS)(consultation)
    keys = {row.organisation_id for row in rows if row.state == State.RESPONDED}
    return set(answers.filter(organisation__in=keys, timing="late").values_list("organisation", flat=True))


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


def told_of(consultation: Consultation) -> dict[int, ExtensionNotice]:
    """By extension of the consultation: when everybody was told of it, and how many."""
    notices = ExtensionNotice.objects.filter(change__consultation=consultation)
    return {notice.change_id: notice for notice in notices}


# --- the invited person ---------------------------------------------------------------------------------


def has_left(invitation: Invitation) -> bool:
    """Whether the invited person is no longer at the organisation that they were asked for."""
    if invitation.organisation_id is None:
        return False
    held = Membership.objects.filter(contact=invitation.contact_id, organisation=invitation.organisation_id)
    return held.filter(until_on__lte=timezone.localdate()).exists()


def colleague_began(invitation: Invitation) -> bool:
    """Whether somebody else of the organisation has begun an answer that is not sent yet."""
    if invitation.organisation_id is None or invitation.state == State.RESPONDED:
        return False
    if invitation.state == State.STARTED:
        last = invitation.changes.filter(state=State.STARTED).order_by("at", "pk").last()
        return last is not None and last.cause == InvitationChange.Cause.COLLEAGUE_BEGAN
    of_colleagues = Invitation.objects.filter(
        consultation=invitation.consultation_id, organisation=invitation.organisation_id, state=State.STARTED
    )
    return of_colleagues.exists()


def passed_to(invitation: Invitation) -> str:
    """The address to which the invited person passed it on last; empty when they did not."""
    passed = invitation.changes.filter(cause=InvitationChange.Cause.PASSED_ON).select_related("passed_to")
    last = passed.order_by("at", "pk").last()
    return last.passed_to.email if last and last.passed_to else ""
