"""Beginning a submission: by a partner, or by staff for what came by another channel."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from consultations.invitations import lifecycle as invitations
from consultations.invitations.models import Invitation
from consultations.programme.models import Consultation
from consultations.submissions import queries, references, rules
from consultations.submissions.models import Submission
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.stakeholders.actions import register
from engagement.stakeholders.models import Area, Contact, Kind, Membership, Organisation
from engagement.stakeholders.queries import memberships_of

Capacity = Submission.Capacity
ATTEMPTS = 5


def start(
    consultation: Consultation,
    user: Any,
    organisation: Organisation | None = None,
    *,
    capacity: str = "",
    kind: Kind | None = None,
    areas: list[Area] | None = None,
    now: datetime | None = None,
    reference: str = "",
) -> Submission:
    """The one submission of this organisation, or of this person for themselves: found, or begun.

    Raises Refused when the consultation takes no new ones, when the person may not write for the organisation, when
    it is for the invited only and they are not, and when a response was already sent.
    """
    register.link_contact(user)
    if organisation is not None and not may_write_for(user, organisation):
        raise Refused(gettext("You are not down as somebody who writes for %(name)s.") % {"name": organisation.name})
    found = queries.present_of(consultation, organisation=organisation, user=user)
    if found is None:
        if reason := why_not_respond(consultation, user, organisation, now=now):
            raise Refused(reason)
        found = begin(
            Submission(
                consultation=consultation,
                organisation=organisation,
                respondent=user,
                respondent_name=user.name,
                respondent_email=user.email,
                capacity=capacity or (Capacity.ORGANISATION if organisation else Capacity.SELF),
                kind=kind,
            ),
            reference=reference,
            areas=areas,
            actor=user,
            now=now,
        )
    if not found.is_draft:
        sent = {"reference": found.reference}
        if organisation is None:
            sentence = gettext(
                "You have already sent a response to this consultation: %(reference)s. There is one for each partner."
            )
            raise Refused(sentence % sent)
        sentence = gettext(
            "%(organisation)s has already sent a response to this consultation: %(reference)s. There is one for each "
            "partner."
        )
        raise Refused(sentence % {**sent, "organisation": organisation.name})
    return found


@transaction.atomic
def begin(
    submission: Submission,
    *,
    actor: Any,
    reference: str = "",
    areas: list[Area] | None = None,
    now: datetime | None = None,
) -> Submission:
    """Store a new submission under a free reference (`reference` when given), mark invitations, write it down.

    The one that a colleague began for the same partner at this very moment is given back instead.
    """
    consultation = submission.consultation
    for _ in range(ATTEMPTS):
        submission.reference = reference or references.new(consultation.reference)
        try:
            with transaction.atomic():
                submission.save(force_insert=True)
            break
        except IntegrityError:
            # A colleague began it at this very moment, or the reference is taken.
            found = None if submission.is_test or submission.is_intake else _present(submission)
            if found is not None:
                return found
            submission.pk = None
    else:
        raise Refused(gettext("Your response could not be started. Try again."))
    if areas:
        submission.areas.set(areas)
    if not submission.is_test and submission.channel == Submission.Channel.ONLINE:
        invitations.mark_started(
            consultation, organisation=submission.organisation, user=submission.respondent, now=now or timezone.now()
        )
    trail.record(
        "submission.started",
        subject=submission,
        actor=actor,
        scope=consultation.reference,
        capacity=submission.capacity,
        channel=submission.channel,
        **({"is_test": True} if submission.is_test else {}),
    )
    return submission


def _present(submission: Submission) -> Submission | None:
    return queries.present_of(submission.consultation, organisation=submission.organisation, user=submission.respondent)


def may_write_for(user: Any, organisation: Organisation) -> bool:
    """Whether the person holds a role in the organisation today that writes. Staff write for none: they would read
    what is not for them."""
    return (
        not user.is_staff_member
        and memberships_of(user).filter(organisation=organisation, role__in=rules.WRITERS).exists()
    )


def why_not_respond(
    consultation: Consultation, user: Any, organisation: Organisation | None, *, now: datetime | None = None
) -> str:
    """Why this person cannot start a response for this organisation (None: for themselves); empty when they can."""
    if reason := rules.why_not_start(consultation, now, organisation=organisation, user=user):
        return reason
    if consultation.access != Consultation.Access.INVITED:
        return ""
    invited = Invitation.objects.filter(consultation=consultation).exclude(state=Invitation.State.CANCELLED)
    if organisation is not None:
        is_invited = invited.filter(organisation=organisation).exists()
    else:
        is_invited = invited.filter(organisation=None, contact__user=user).exists()
    if is_invited:
        return ""
    whom = organisation.name if organisation else gettext("you")
    return gettext(
        "This consultation is for those who were invited, and we have no invitation for %(whom)s. If one "
        "came to another address of yours, sign in with that; otherwise write to %(us)s."
    ) % {"whom": whom, "us": consultation.contact_email or gettext("us")}


def refuse_new(consultation: Consultation, user: Any, *, personal: bool) -> None:
    """Raises Refused when this person cannot begin a response, for themselves or for an organisation new to us."""
    reason = why_not_respond(consultation, user, None) if personal else rules.why_not_start(consultation)
    if not personal and not reason and consultation.access == Consultation.Access.INVITED:
        reason = gettext(
            "This consultation is for those who were invited. If your organisation has an invitation, sign in "
            "with the address that it came to; otherwise write to %(us)s."
        ) % {"us": consultation.contact_email or gettext("us")}
    if reason:
        raise Refused(reason)


@transaction.atomic
def start_for_new(consultation: Consultation, user: Any, *, name: str, kind: Kind, areas: list[Area]) -> Submission:
    """Begin a response for an organisation that is not in the register yet; both or neither come to be."""
    refuse_new(consultation, user, personal=False)
    organisation = found_organisation(user, name=name, kind=kind, areas=areas)
    return start(consultation, user, organisation)


@transaction.atomic
def found_organisation(user: Any, *, name: str, kind: Kind, areas: list[Area]) -> Organisation:
    """An organisation that is not in the register yet, with this person as its lead.

    Raises Refused for a name that the register already has: nobody joins an organisation by knowing its name.
    """
    taken = Organisation.objects.filter(name__iexact=name.strip()).first()
    if taken is not None:
        raise Refused(
            gettext(
                "%(name)s is in our register already, but your address is not connected with it. Ask the person "
                "who leads its response, or write to us, so that we can connect it."
            )
            % {"name": taken.name},
            field="name",
        )
    contact: Contact = register.own_contact(user)
    organisation = register.add_organisation(actor=user, name=name.strip(), kind=kind, areas=areas)
    register.add_member(organisation.pk, actor=user, name=contact.name, email=contact.email, role=Membership.Role.LEAD)
    return organisation


def refuse_intake(consultation: Consultation) -> None:
    """Raises Refused before the consultation opens and after its results are out: then nothing is typed in for it."""
    state = consultation.State(consultation.state)
    if state in {state.DRAFT, state.IN_REVIEW, state.SCHEDULED, state.REPORTED, state.ARCHIVED}:
        raise Refused(f"This consultation is “{state.label}”, so nothing can be typed in for it.")


def begin_intake(
    consultation: Consultation,
    *,
    channel: str,
    received_on: date,
    actor: Any,
    organisation: Organisation | None = None,
    name: str = "",
    email: str = "",
    kind: Kind | None = None,
    areas: list[Area] | None = None,
    now: datetime | None = None,
    reference: str = "",
    capacity: str = "",
) -> Submission:
    """Begin to type in a letter, an e-mail, a call or a conversation, for an organisation or a named person.

    Raises Refused when the organisation already has a response, for a day that is still to come, and before the
    consultation opens or after its results are out.
    """
    refuse_intake(consultation)
    if received_on > timezone.localdate(now):
        raise Refused("This day is still to come. Write the day on which it came.", field="received_on")
    if organisation is not None and queries.present_of(consultation, organisation=organisation):
        raise Refused(
            f"{organisation.name} already has a response to this consultation, sent or being written, and each partner "
            "has one. Ask them to add this to it. If it is the same text again, there is nothing to type in.",
            field="organisation",
        )
    if organisation is None and not name.strip():
        raise Refused("Choose an organisation, or write the name of the person.", field="name")
    return begin(
        Submission(
            consultation=consultation,
            organisation=organisation,
            respondent_name=name.strip(),
            respondent_email=email.strip(),
            capacity=capacity or (Capacity.ORGANISATION if organisation else Capacity.SELF),
            channel=channel,
            received_on=received_on,
            kind=kind,
            entered_by=actor,
        ),
        reference=reference,
        areas=areas,
        actor=actor,
        now=now,
    )
