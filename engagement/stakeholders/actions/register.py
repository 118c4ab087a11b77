"""Organisations, people and what people are for organisations."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.stakeholders import classification, queries
from engagement.stakeholders.models import Area, Contact, Interest, Kind, Membership, Organisation, PastRole, Sector
from engagement.stakeholders.spreadsheet import compared

ORGANISATION_FIELDS = (
    "name", "trading_names", "kind", "size", "is_representative", "members_represented", "represents", "website",
    "parent", "remarks",
)  # fmt: skip
CONTACT_FIELDS = ("name", "email", "phone", "job_title", "lawful_basis", "basis_wording", "preferred_way")
ORGANISATION_SETS = ("areas", "other_kinds", "interests")


@transaction.atomic
def ensure_classification() -> int:
    """Hold the sectors, kinds, areas and interests of this version; the number of rows made or corrected, none the
    second time."""
    return classification.load(Sector, Kind, Area) + classification.load_interests(Interest)


# --- organisations --------------------------------------------------------------------------------------


@transaction.atomic
def add_organisation(*, actor: Any, areas: list[Area], **facts: Any) -> Organisation:
    """A new organisation; raises Refused when the register has one of this name."""
    _refuse_taken_name(facts["name"])
    organisation = Organisation(**{name: facts[name] for name in ORGANISATION_FIELDS if name in facts})
    _save_new(organisation, "The register already has an organisation of this name.", "name")
    _take_sets(organisation, ORGANISATION_SETS, {**facts, "areas": areas})
    trail.record("organisation.added", subject=organisation, actor=actor)
    return organisation


@transaction.atomic
def change_organisation(organisation_id: int, *, actor: Any, areas: list[Area], **facts: Any) -> Organisation:
    """Correct an organisation; what changed is recorded, and nothing is when nothing did."""
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation_id)
    _refuse_taken_name(facts["name"], besides=organisation)
    changes = _take_over(organisation, ORGANISATION_FIELDS, facts)
    changes |= _take_sets(organisation, ORGANISATION_SETS, {**facts, "areas": areas})
    if changes:
        organisation.save()
        trail.record("organisation.changed", subject=organisation, actor=actor, changes=changes)
    return organisation


@transaction.atomic
def close_organisation(organisation_id: int, *, actor: Any) -> Organisation:
    """Take an organisation out of use: it is no longer listed, invited or written for. Its history stays."""
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation_id)
    if organisation.closed_at is None:
        organisation.closed_at = timezone.now()
        organisation.save(update_fields=["closed_at", "updated_at"])
        trail.record("organisation.closed", subject=organisation, actor=actor)
    return organisation


@transaction.atomic
def reopen_organisation(organisation_id: int, *, actor: Any) -> Organisation:
    """Take a closed organisation into use again."""
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation_id)
    if organisation.closed_at is not None:
        organisation.closed_at = None
        organisation.save(update_fields=["closed_at", "updated_at"])
        trail.record("organisation.reopened", subject=organisation, actor=actor)
    return organisation


def _refuse_taken_name(name: str, besides: Organisation | None = None) -> None:
    others = Organisation.objects.filter(name__iexact=name)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if others.exists():
        raise Refused("The register already has an organisation of this name.", field="name")


# --- people ---------------------------------------------------------------------------------------------


@transaction.atomic
def add_contact(*, actor: Any, has_opted_out: bool = False, consented_on: date | None = None, **facts: Any) -> Contact:
    """A new person; raises Refused when the address belongs to somebody else of the register. `consented_on` is the day
    on which they consented, where that is the basis; without it, today."""
    facts["email"] = facts["email"].lower()
    _refuse_taken_address(facts["email"])
    contact = Contact(**{name: facts[name] for name in CONTACT_FIELDS if name in facts})
    _stamp_consent(contact, consented_on)
    contact.opted_out_at = timezone.now() if has_opted_out else None
    _save_new(contact, "The register already has somebody with this address.", "email")
    _take_sets(contact, ("interests",), facts)
    trail.record("contact.added", subject=contact, actor=actor)
    return contact


@transaction.atomic
def change_contact(
    contact_id: int, *, actor: Any, has_opted_out: bool, consented_on: date | None = None, **facts: Any
) -> Contact:
    """Correct a person's entry; a new address forgets that the old one bounced."""
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact_id)
    facts["email"] = facts["email"].lower()
    _refuse_taken_address(facts["email"], besides=contact)
    changes = _take_over(contact, CONTACT_FIELDS, facts)
    if "email" in changes:
        contact.bounced_at = None
    if has_opted_out != (contact.opted_out_at is not None):
        changes["opted_out"] = [contact.opted_out_at is not None, has_opted_out]
        contact.opted_out_at = timezone.now() if has_opted_out else None
    changes |= _take_sets(contact, ("interests",), facts) | _stamp_consent(contact, consented_on)
    if changes:
        contact.save()
        trail.record("contact.changed", subject=contact, actor=actor, changes=changes)
    return contact


@transaction.atomic
def link_contact(user: Any) -> Contact | None:
    """Tie the register's entry with an address that this person has proven to their account; None without one."""
    found = queries.contact_of(user)
    if found is None or found.user_id == user.pk:
        return found
    tied = Contact.objects.filter(pk=found.pk, user=None).update(user=user, updated_at=timezone.now())
    if tied:
        trail.record("contact.linked", subject=found, actor=user, user=user.pk)
    found.refresh_from_db()
    return found


@transaction.atomic
def own_contact(user: Any) -> Contact:
    """The register's entry of somebody who signed in, made from their account when there is none yet."""
    contact = link_contact(user)
    if contact is None:
        _refuse_taken_address(user.email)
        contact = Contact(name=user.name or user.email, email=user.email, user=user)
        _save_new(contact, "The register already has somebody with this address.", "email")
        trail.record("contact.added", subject=contact, actor=user)
    return contact


def _refuse_taken_address(email: str, besides: Contact | None = None) -> None:
    holders = Contact.objects.filter(email__iexact=email)
    if besides is not None:
        holders = holders.exclude(pk=besides.pk)
    holder = holders.first()
    if holder is not None:
        raise Refused(f"This address belongs to {holder.name}, who is in the register.", field="email")


def _stamp_consent(contact: Contact, on: date | None) -> dict[str, list[Any]]:
    """Hold the moment of the consent, where consent is the basis; what changed, as days."""
    if contact.lawful_basis != Contact.Basis.CONSENT:
        return {}
    before = timezone.localdate(contact.consented_at) if contact.consented_at else None
    if on is not None and on != before:
        contact.consented_at = timezone.make_aware(datetime.combine(on, time(12)))
        if on == timezone.localdate():
            contact.consented_at = timezone.now()
        return {"consented_on": [_words(before), _words(on)]}
    contact.consented_at = contact.consented_at or timezone.now()
    return {}


# --- what people are for organisations ------------------------------------------------------------------


@transaction.atomic
def add_member(
    organisation_id: int, *, actor: Any, name: str, email: str, role: str, phone: str = "", job_title: str = "",
    since_on: date | None = None,
) -> Membership:  # fmt: skip
    """Give an organisation a person in a role. Somebody already known by this address is taken, others are added.

    Raises Refused when the address belongs to a person of another name, and when they are a member already.
    Somebody who left and comes back is a member again from today.
    """
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation_id)
    contact = Contact.objects.filter(email__iexact=email).first()
    if contact is None:
        contact = add_contact(actor=actor, name=name, email=email, phone=phone, job_title=job_title)
    elif compared(contact.name) != compared(name):
        raise Refused(f"This address belongs to {contact.name}, who is in the register.", field="email")
    else:
        contact = queries.entry_of(contact)
    held = Membership.objects.filter(contact=contact, organisation=organisation).first()
    if held is not None and not held.has_ended:
        raise Refused(f"{contact.name} is {held.get_role_display().lower()} here already.", field="email")
    if held is not None:
        _keep_role(held, held.until_on or timezone.localdate())
        held.role, held.since_on, held.until_on = role, since_on or timezone.localdate(), None
        held.role_since_on = None
        held.save(update_fields=["role", "since_on", "until_on", "role_since_on", "updated_at"])
    else:
        held = Membership(contact=contact, organisation=organisation, role=role, since_on=since_on)
        _save_new(held, f"{contact.name} is a member here already.", "email")
    _record_membership("membership.added", held, actor, role=role)
    return held


@transaction.atomic
def change_role(membership_id: int, role: str, *, actor: Any) -> Membership:
    """Give a member another role from today; the one before is kept. Raises Refused for somebody who has left."""
    held = Membership.objects.select_for_update(of=("self",)).get(pk=membership_id)
    if held.has_ended:
        raise Refused(f"{held.contact.name} has left {held.organisation.name}. Add the person again first.")
    if held.role != role:
        today = timezone.localdate()
        _keep_role(held, today)
        before, held.role, held.role_since_on = held.role, role, today
        held.save(update_fields=["role", "role_since_on", "updated_at"])
        _record_membership("membership.changed", held, actor, changes={"role": [before, role]})
    return held


@transaction.atomic
def end_membership(membership_id: int, *, actor: Any, on: date | None = None) -> Membership:
    """From that day (without one, from this moment) the person is nothing for the organisation any more. Ending twice
    changes nothing. Raises Refused for a day before they came."""
    held = Membership.objects.select_for_update(of=("self",)).get(pk=membership_id)
    today = timezone.localdate()
    if held.has_ended or (on is not None and on == held.until_on):
        return held
    if on is None or on == today:
        held.since_on = min(held.since_on or today, today) if held.since_on else None
        held.until_on = today
    elif held.since_on and on < held.since_on:
        raise Refused("This is before the day on which they came.", field="until_on")
    else:
        held.until_on = on
    held.save(update_fields=["since_on", "until_on", "updated_at"])
    _record_membership("membership.ended", held, actor)
    return held


def _keep_role(held: Membership, until: date) -> None:
    """Keep what somebody was until that day; what began on it was never one."""
    since = held.role_since_on or held.since_on
    if since is None or since < until:
        PastRole.objects.create(membership=held, role=held.role, since_on=since, until_on=until)


def _record_membership(verb: str, held: Membership, actor: Any, **facts: Any) -> None:
    trail.record(verb, subject=held, actor=actor, organisation=held.organisation_id, contact=held.contact_id, **facts)


# --- what all of them need ------------------------------------------------------------------------------


def _take_over(row: Any, names: tuple[str, ...], facts: dict[str, Any]) -> dict[str, list[Any]]:
    """Put the facts on the row; what was there before and what is there now, as text."""
    changes: dict[str, list[Any]] = {}
    for name in names:
        if name in facts and getattr(row, name) != facts[name]:
            changes[name] = [_words(getattr(row, name)), _words(facts[name])]
            setattr(row, name, facts[name])
    return changes


def _take_sets(row: Any, names: tuple[str, ...], facts: dict[str, Any]) -> dict[str, list[Any]]:
    """The same for what a row has several of, by their names."""
    changes: dict[str, list[Any]] = {}
    for name in names:
        if name not in facts:
            continue
        before = sorted(str(one) for one in getattr(row, name).all())
        after = sorted(str(one) for one in facts[name])
        if before != after:
            getattr(row, name).set(facts[name])
            changes[name] = [", ".join(before), ", ".join(after)]
    return changes


def _words(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)


def _save_new(row: Any, sentence: str, field: str) -> None:
    """Insert; two people who add the same thing at once get a sentence, not an error page."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(sentence, field=field) from error
