"""Whom we asked and what became of it; whom we could ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast
from django.utils.module_loading import import_string

from consultations.invitations.models import Invitation
from consultations.programme import queries as programme
from consultations.programme.models import Consultation
from engagement.messaging.models import OutgoingMessage, Suppression, address_hash
from engagement.stakeholders.models import Contact, Membership, Organisation
from engagement.stakeholders.queries import Filters, narrowed

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
# The lead gets the invitation; failing that the others in this order.
ROLE_ORDER = ("lead", "approver", "contributor", "viewer")


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


# --- the ledger -----------------------------------------------------------------------------------------


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


# --- whom we could ask ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """An organisation and the contact that would get the invitation."""

    organisation: Organisation
    contact: Contact


@dataclass(frozen=True)
class LeftOut:
    """An organisation that gets no invitation, and why."""

    organisation: Organisation
    reason: str


@dataclass(frozen=True)
class Selection:
    """Who of some organisations would be invited, and who not."""

    candidates: list[Candidate] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def candidates(consultation: Consultation, filters: Filters) -> Selection:
    """The organisations of the register that fit, apart: those that can be invited, and the others with the reason."""
    return selection(consultation, narrowed(filters))


def selection(consultation: Consultation, organisations: QuerySet[Organisation]) -> Selection:
    """The same for any organisations; five queries, however many they are."""
    rows = list(organisations.select_related("kind__sector").order_by("name", "pk"))
    keys = [organisation.pk for organisation in rows]
    invited = _invited(consultation, keys)
    answered = answered_organisations(consultation, keys)
    people = _people(keys)
    stopped = _stopped(contact for contacts in people.values() for contact in contacts)
    chosen = Selection()
    for organisation in rows:
        reachable = [contact for contact in people.get(organisation.pk, []) if contact.pk not in stopped]
        if organisation.pk in invited:
            chosen.left_out.append(LeftOut(organisation, f"Invited already ({invited[organisation.pk]})"))
        elif organisation.pk in answered:
            chosen.left_out.append(LeftOut(organisation, "Has answered without an invitation"))
        elif organisation.closed_at is not None:
            chosen.left_out.append(LeftOut(organisation, "Closed in the register"))
        elif not people.get(organisation.pk):
            chosen.left_out.append(LeftOut(organisation, "No contact in the register"))
        elif not reachable:
            reasons = sorted({stopped[contact.pk] for contact in people[organisation.pk]})
            chosen.left_out.append(LeftOut(organisation, "; ".join(reasons)))
        else:
            chosen.candidates.append(Candidate(organisation, reachable[0]))
    return chosen


def answered_organisations(consultation: Consultation, keys: Iterable[int]) -> set[int]:
    """Those of the organisations whose answer has reached us, whether or not they were invited."""
    # Submissions stand above this app, so the settings name the function.
    answers = import_string(settings.ANSWERS)(consultation)
    return set(answers.filter(organisation__in=list(keys)).values_list("organisation", flat=True))


def _invited(consultation: Consultation, keys: list[int]) -> dict[int, str]:
    """Organisations with an invitation that stands, and its state in words."""
    rows = Invitation.objects.filter(consultation=consultation, organisation__in=keys).exclude(state=State.CANCELLED)
    labels = dict(State.choices)
    return {key: str(labels[state]).lower() for key, state in rows.order_by("-pk").values_list("organisation", "state")}


def _people(keys: list[int]) -> dict[int, list[Contact]]:
    """Present members of each organisation, the lead first."""
    rank = Case(*[When(role=role, then=Value(place)) for place, role in enumerate(ROLE_ORDER)], default=Value(9))
    rows = (
        Membership.objects.current()
        .filter(organisation__in=keys)
        .select_related("contact")
        .annotate(rank=rank)
        .order_by("organisation", "rank", "pk")
    )
    people: dict[int, list[Contact]] = {}
    for membership in rows:
        people.setdefault(membership.organisation_id, []).append(membership.contact)
    return people


def _stopped(contacts: Iterable[Contact]) -> dict[int, str]:
    """Contacts that get no invitations, and why."""
    by_key = {address_hash(contact.email): contact for contact in contacts}
    categories = ["", OutgoingMessage.Category.CONSULTATION]
    stopped = {}
    suppressed = Suppression.objects.filter(category__in=categories, address_key__in=list(by_key)).order_by("pk")
    for suppression in suppressed:
        contact = by_key[suppression.address_key]
        stopped[contact.pk] = f"{contact}: {suppression.get_cause_display().lower()}"
    for contact in by_key.values():
        if contact.opted_out_at is not None:
            stopped[contact.pk] = f"{contact} wants no invitations"
        elif contact.bounced_at is not None:
            stopped[contact.pk] = f"{contact}: the address does not exist"
    return stopped


def stopped_contacts(contacts: Iterable[Contact]) -> dict[int, str]:
    """Those of the contacts that get no invitations, by key, and why; one query."""
    return _stopped(contacts)
