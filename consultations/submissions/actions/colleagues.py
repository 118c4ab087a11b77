"""Who of an organisation writes along, and who takes which section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from consultations.submissions import emails, queries
from consultations.submissions.models import SectionAssignment, Submission
from consultations.submissions.queries import Place
from engagement.accounts.actions import ensure_user
from engagement.accounts.models import User
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.stakeholders.actions import register
from engagement.stakeholders.models import Contact, Membership
from engagement.stakeholders.queries import contact_of

MOST_COLLEAGUES = 60
Role = Membership.Role


@transaction.atomic
def invite_colleague(submission_id: int, *, name: str, email: str, role: str, actor: Any) -> Membership:
    """Make somebody a colleague of the organisation in the register, and write to them where they can join.

    Raises Refused for somebody who is one already, for our own staff, and where there are very many already.
    """
    submission = _of_organisation(submission_id)
    refuse_staff(email)
    if len(queries.colleagues(submission)) >= MOST_COLLEAGUES:
        raise Refused(gettext("Your organisation has so many people here already that no more can be added."))
    known = Contact.objects.filter(email__iexact=email.strip()).first()
    held = register.add_member(
        submission.organisation_id,  # type: ignore[arg-type]
        actor=actor,
        # Somebody whom the register knows keeps the name that they have there.
        name=known.name if known else name.strip(),
        email=email.strip(),
        role=role,
    )
    # Whoever is asked comes in by a code to this address, and need not make an account first.
    ensure_user(held.contact.email, held.contact.name)
    emails.colleague_invited(submission, held, actor)
    return held


def refuse_staff(email: str) -> None:
    """Raises Refused for the address of somebody who works for the site: they do not read what is not sent."""
    account = User.objects.filter(email__iexact=email.strip()).exclude(staff_role="").first()
    if account is not None:
        raise Refused(
            gettext("This person works for us, and we do not read a response before it is sent. Choose somebody else."),
            field="email",
        )


@transaction.atomic
def outside_approver(name: str, email: str, *, actor: Any) -> Contact:
    """The register's entry of somebody outside of the organisation who is to approve; made where there is none."""
    refuse_staff(email)
    known = Contact.objects.filter(email__iexact=email.strip()).first()
    return known or register.add_contact(actor=actor, name=name.strip(), email=email.strip())


def _of_organisation(submission_id: int) -> Submission:
    submission = Submission.objects.select_related("consultation", "organisation").get(pk=submission_id)
    if submission.organisation_id is None or submission.is_test:
        raise Refused(gettext("Only a response of an organisation is written by several people."))
    return submission


@transaction.atomic
def change_colleague(submission_id: int, membership_id: int, role: str, *, actor: Any) -> Membership:
    """Give a colleague another role; raises Refused when nobody would lead any more."""
    held = _held(submission_id, membership_id)
    if held.role == Role.LEAD and role != Role.LEAD:
        _refuse_last_lead(held)
    return register.change_role(held.pk, role, actor=actor)


@transaction.atomic
def remove_colleague(submission_id: int, membership_id: int, *, actor: Any) -> Membership:
    """From this moment the person reads and writes nothing of the organisation; what they wrote stays.

    Their sections are nobody's again. Raises Refused when nobody would lead any more.
    """
    held = _held(submission_id, membership_id)
    _refuse_last_lead(held)
    SectionAssignment.objects.filter(
        submission__organisation=held.organisation_id, submission__state__in=Submission.DRAFTS, contact=held.contact_id
    ).delete()
    return register.end_membership(held.pk, actor=actor)


def _held(submission_id: int, membership_id: int) -> Membership:
    submission = _of_organisation(submission_id)
    rows = Membership.objects.current().select_related("contact", "organisation")
    # Two leads who remove each other at the same time wait for each other here.
    list(Membership.objects.select_for_update().filter(organisation=submission.organisation_id).order_by("pk"))
    found = rows.filter(organisation=submission.organisation_id, pk=membership_id).first()
    if found is None:
        raise Refused(gettext("This person is not a colleague any more."))
    return found


def _refuse_last_lead(held: Membership) -> None:
    leads = Membership.objects.current().filter(
        organisation=held.organisation_id, role=Role.LEAD, contact__user__isnull=False
    )
    if held.role == Role.LEAD and not leads.exclude(pk=held.pk).exists():
        raise Refused(gettext("Nobody would lead the response any more. Give somebody else the lead first."))


@transaction.atomic
def join(submission: Submission, user: Any) -> Membership | None:
    """Tie the entry that a colleague made for this person to their account; None for somebody who is no colleague."""
    contact = register.link_contact(user)
    if contact is None or user.is_staff_member:
        return None
    rows = Membership.objects.current().filter(organisation=submission.organisation_id, organisation__closed_at=None)
    return rows.filter(contact=contact).first()


def is_expected(submission: Submission, user: Any) -> bool:
    """Whether this person is a colleague by an address that they have proven, joined or not."""
    contact = None if user.is_staff_member else contact_of(user)
    rows = Membership.objects.current().filter(organisation=submission.organisation_id, organisation__closed_at=None)
    return contact is not None and submission.organisation_id is not None and rows.filter(contact=contact).exists()


@dataclass(frozen=True)
class Hand:
    """In whose hands a section is to be: the key of a contact, None for nobody."""

    contact: int | None
    due_on: date | None = None
    is_locked: bool = False


@transaction.atomic
def assign(submission_id: int, hands: Mapping[Place, Hand], *, titles: Mapping[Place, str], actor: Any) -> int:
    """Put sections in the hands of colleagues; those that are not named stay as they are. How many changed.

    Each colleague gets one message about all that is new in their hands. `titles` are those of the sections.
    """
    submission = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("consultation", "organisation")
        .get(pk=submission_id)
    )
    if not submission.is_draft:
        raise Refused(gettext("This response is not being written any more."))
    people = {held.contact_id: held.contact for held in queries.colleagues(submission)}
    present = queries.assignments(submission)
    new: dict[int, list[str]] = {}
    changed = 0
    for place, hand in hands.items():
        row = present.get(place)
        if hand.contact is None:
            if row is not None:
                row.delete()
                changed += 1
            continue
        if hand.contact not in people:
            raise Refused(gettext("One of these people is not a colleague any more. Look at the list again."))
        facts = {"contact_id": hand.contact, "due_on": hand.due_on, "is_locked": hand.is_locked}
        if row is not None and all(getattr(row, name) == value for name, value in facts.items()):
            continue
        if row is None or row.contact_id != hand.contact:
            new.setdefault(hand.contact, []).append(titles[place])
        row = row or SectionAssignment(submission=submission, survey_id=place[0], page=place[1])
        row.contact_id, row.due_on, row.is_locked, row.assigned_by = hand.contact, hand.due_on, hand.is_locked, actor
        row.save()
        changed += 1
    if changed:
        trail.record(
            "submission.sections_assigned",
            subject=submission,
            actor=actor,
            scope=submission.consultation.reference,
            sections=changed,
        )
    mark = f"{timezone.now():%Y%m%dT%H%M%S%f}"
    for key, sections in new.items():
        if people[key].user_id != actor.pk:
            emails.sections_assigned(submission, people[key], sections, actor, mark)
    return changed
