"""Whom we could ask, and who gets no invitation and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Case, QuerySet, Value, When
from django.utils.module_loading import import_string

from consultations.invitations.models import Invitation
from consultations.programme.models import Consultation
from engagement.core.errors import Refused
from engagement.messaging.models import OutgoingMessage, Suppression, address_hash
from engagement.stakeholders import segments
from engagement.stakeholders.models import Contact, Membership, Organisation, Segment

State = Invitation.State
# The lead gets the invitation; failing that the others in this order.
ROLE_ORDER = ("lead", "approver", "contributor", "viewer")


@dataclass(frozen=True)
class Candidate:
    """The contact that would get the invitation, and for which organisation (None: for themselves).

    `is_named`: this very person was asked for, not whoever speaks for the organisation.
    """

    organisation: Organisation | None
    contact: Contact
    is_named: bool = False

    @property
    def who(self) -> str:
        return str(self.organisation or self.contact)

    @property
    def mark(self) -> str:
        """What a preview showed of it, as a word for a form: whom, for whom, at which address."""
        how = "n" if self.is_named else "o"
        return f"{how}:{self.organisation.pk if self.organisation else ''}:{self.contact.pk}:{self.contact.email}"


@dataclass(frozen=True)
class LeftOut:
    """An organisation or a person that gets no invitation, and why."""

    organisation: Organisation | None
    reason: str
    contact: Contact | None = None

    @property
    def who(self) -> str:
        return str(self.organisation or self.contact)


@dataclass(frozen=True)
class Selection:
    """Who of some organisations and people would be invited, and who not."""

    candidates: list[Candidate] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


# A contact and the organisation that they are asked for; None for themselves.
Pair = tuple[Contact, Organisation | None]


def selection(
    consultation: Consultation,
    organisations: QuerySet[Organisation],
    named: Iterable[Pair] = (),
    *,
    shown: Mapping[int, int] | None = None,
) -> Selection:
    """Organisations, and people who are asked for by name, apart: those who can be invited, and the others with the
    reason. A fixed number of queries.

    A person asked for by name is invited beside colleagues who were invited before. `shown` says which contact a
    preview showed for an organisation: nobody else takes their place.
    """
    rows = list(organisations.select_related("kind__sector").order_by("name", "pk"))
    pairs = list(named)
    keys = [organisation.pk for organisation in rows]
    all_keys = [*keys, *(organisation.pk for _, organisation in pairs if organisation)]
    people = _people(keys)
    facts = _Facts(
        invited=_invited(consultation, keys),
        invited_people=_invited_people(consultation, pairs),
        answered=answered_organisations(consultation, all_keys),
        stopped=_stopped([*(one for found in people.values() for one in found), *(contact for contact, _ in pairs)]),
    )
    chosen = Selection()
    for organisation in rows:
        found = people.get(organisation.pk, [])
        if shown is not None and organisation.pk in shown:
            found = [contact for contact in found if contact.pk == shown[organisation.pk]]
        reachable = [contact for contact in found if contact.pk not in facts.stopped]
        if reason := facts.against(organisation, found, reachable):
            chosen.left_out.append(LeftOut(organisation, reason))
        else:
            chosen.candidates.append(Candidate(organisation, reachable[0]))
    for contact, body in pairs:
        if reason := facts.against_named(contact, body):
            chosen.left_out.append(LeftOut(body, reason, contact))
        else:
            chosen.candidates.append(Candidate(body, contact, is_named=True))
    return chosen


def speaking_for(segment: Segment) -> dict[int, int]:
    """The contact to write to for each organisation of a set that asks for roles or interests; empty for others."""
    wanted = segments.Definition.read(segment.definition)
    if not wanted.roles and not wanted.interests:
        return {}
    rank = Case(*[When(role=role, then=Value(place)) for place, role in enumerate(ROLE_ORDER)], default=Value(9))
    rows = segments.memberships(segment.definition).annotate(rank=rank).order_by("organisation", "-rank", "-pk")
    return dict(rows.values_list("organisation", "contact"))


@dataclass(frozen=True)
class Seen:
    """What a preview showed: organisations with the contact of each, people asked for by name, and the addresses."""

    organisations: dict[int, int]
    named: list[tuple[int, int | None]]
    addresses: dict[int, str]

    def selection(self, consultation: Consultation) -> Selection:
        """The same people as things stand now, and those who cannot be invited any more."""
        people = Contact.objects.in_bulk([contact for contact, _ in self.named])
        bodies = Organisation.objects.select_related("kind__sector").in_bulk([one for _, one in self.named if one])
        pairs: list[Pair] = [
            (people[contact], bodies[organisation] if organisation else None)
            for contact, organisation in self.named
            if contact in people and (organisation is None or organisation in bodies)
        ]
        rows = Organisation.objects.filter(pk__in=list(self.organisations))
        return selection(consultation, rows, pairs, shown=self.organisations)


def read_marks(marks: Iterable[str]) -> Seen:
    """What the marks of candidates say; raises Refused for one that none of ours is."""
    seen = Seen({}, [], {})
    for mark in marks:
        try:
            how, organisation, contact, address = mark.split(":", 3)
            key, person = int(organisation) if organisation else None, int(contact)
            if how == "o" and key is not None:
                seen.organisations[key] = person
            else:
                seen.named.append((person, key))
        except ValueError as error:
            raise Refused("The form was incomplete. Choose again whom to invite.") from error
        seen.addresses[person] = address
    return seen


@dataclass(frozen=True)
class _Facts:
    invited: dict[int, str]
    invited_people: dict[tuple[int, int | None], str]
    answered: set[int]
    stopped: dict[int, str]

    def against(self, organisation: Organisation, people: list[Contact], reachable: list[Contact]) -> str:
        """Why the organisation gets no invitation; empty when it does."""
        if organisation.pk in self.invited:
            return f"Invited already ({self.invited[organisation.pk]})"
        if organisation.pk in self.answered:
            return "Has answered without an invitation"
        if organisation.closed_at is not None:
            return "Closed in the register"
        if not people:
            return "No contact in the register"
        return "" if reachable else "; ".join(sorted({self.stopped[contact.pk] for contact in people}))

    def against_named(self, contact: Contact, organisation: Organisation | None) -> str:
        """Why this person gets no invitation; empty when they do."""
        key = organisation.pk if organisation else None
        if (contact.pk, key) in self.invited_people:
            return f"{contact} is invited already ({self.invited_people[contact.pk, key]})"
        if organisation is not None and organisation.pk in self.answered:
            return "Has answered"
        if organisation is not None and organisation.closed_at is not None:
            return "Closed in the register"
        return self.stopped.get(contact.pk, "")


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


def _invited_people(consultation: Consultation, pairs: list[Pair]) -> dict[tuple[int, int | None], str]:
    """The same for people who are asked for by name, by contact and organisation."""
    if not pairs:
        return {}
    rows = Invitation.objects.filter(consultation=consultation, contact__in=[contact.pk for contact, _ in pairs])
    labels = dict(State.choices)
    return {
        (contact, organisation): str(labels[state]).lower()
        for contact, organisation, state in rows.exclude(state=State.CANCELLED).values_list(
            "contact", "organisation", "state"
        )
    }


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


def speakers(organisation: Organisation) -> list[Contact]:
    """The one who speaks for an organisation, as a list; empty where nobody is a member."""
    return _people([organisation.pk]).get(organisation.pk, [])[:1]


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
