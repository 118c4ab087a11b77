"""What the invited person does besides answering: passing the invitation on to a colleague, and taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from consultations.invitations import lifecycle, queries
from consultations.invitations.actions.inviting import invited, why_not_invite, write_to
from consultations.invitations.models import Invitation, InvitationChange
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.stakeholders.actions import register
from engagement.stakeholders.models import Contact, Membership

State = Invitation.State
Cause = InvitationChange.Cause
# An invitation that went through so many hands is better asked about by telephone.
MOST_TIMES = 5


@transaction.atomic
def pass_on(invitation_id: int, *, name: str, email: str, actor: Any, now: datetime | None = None) -> Invitation:
    """Ask a colleague to answer instead: they get an invitation of their own and may write for the organisation.

    The one who passes it on gets no reminders any more. Gives the colleague's invitation, which may be one that they
    had already. Raises Refused when it is for a person alone, over, answered, or the colleague cannot be asked.
    """
    invitation = lifecycle.locked(invitation_id)
    organisation = invitation.organisation
    if organisation is None:
        raise Refused(gettext("This invitation is for you alone, so it cannot be passed on."))
    if invitation.state == State.RESPONDED:
        raise Refused(gettext("An answer to this consultation has reached us already, so there is nothing to pass on."))
    if invitation.state == State.DELEGATED:
        raise Refused(gettext("You have passed this invitation on already. Take it back first."))
    lifecycle.refuse_after_close(invitation, now)
    if why_not_invite(invitation.consultation):
        raise Refused(
            gettext("Invitations cannot be passed on at the moment. Try again when the consultation is open.")
        )
    if email.strip().lower() == invitation.contact.email.lower():
        raise Refused(gettext("This is your own address. Give that of your colleague."), field="email")
    if invitation.changes.filter(cause=Cause.PASSED_ON).count() >= MOST_TIMES:
        raise Refused(gettext("This invitation was passed on several times already. Write to us, and we help."))
    held, is_new = _membership(organisation.pk, name.strip(), email.strip(), actor)
    if held.contact_id in queries.stopped_contacts([held.contact]):
        raise Refused(
            gettext("We do not write to this address. Name another colleague, or ask this one to write to us."),
            field="email",
        )
    passed = _colleagues(invitation, held, is_new, actor)
    lifecycle.move(invitation, State.DELEGATED, Cause.PASSED_ON, now=now, actor=actor, passed_to=held.contact)
    trail.record(
        "invitation.passed_on",
        subject=invitation,
        actor=actor,
        scope=invitation.consultation.reference,
        invitation=passed.pk,
    )
    return passed


def _membership(organisation_id: int, name: str, email: str, actor: Any) -> tuple[Membership, bool]:
    """What the colleague is for the organisation, and whether that is new. Nothing is told of how we know them."""
    present = Membership.objects.current().filter(organisation=organisation_id, contact__email__iexact=email)
    held = present.select_related("contact").first()
    if held is not None:
        return held, False
    known = Contact.objects.filter(email__iexact=email).first()
    held = register.add_member(
        organisation_id,
        actor=actor,
        name=known.name if known else name,
        email=email,
        role=Membership.Role.CONTRIBUTOR,
    )
    return held, True


def _colleagues(invitation: Invitation, held: Membership, is_new: bool, actor: Any) -> Invitation:
    """The colleague's invitation: the one that stands, or a new one with its message."""
    consultation, organisation = invitation.consultation, invitation.organisation
    standing = Invitation.objects.filter(
        consultation=consultation, organisation=organisation, contact=held.contact
    ).exclude(state=State.CANCELLED)
    found = standing.first()
    if found is not None:
        if found.state in {State.DECLINED, State.DELEGATED}:
            raise Refused(
                gettext("This colleague was asked before and does not answer. Name somebody else."), field="email"
            )
        return found
    passed = invited(consultation, held.contact, organisation, actor, cause=Cause.PASSED_TO)
    assert passed is not None
    passed.delegated_from = invitation
    passed.given_membership = held if is_new else None
    passed.save(update_fields=["delegated_from", "given_membership", "updated_at"])
    write_to(consultation, [passed])
    return passed


@transaction.atomic
def take_back(invitation_id: int, *, actor: Any, now: datetime | None = None) -> bool:
    """The one who passed it on answers themselves after all; whether the colleague goes on beside them.

    The colleague's invitation ends, and their place in the organisation if it came with it; unless they have begun.
    """
    invitation = lifecycle.locked(invitation_id)
    if invitation.state != State.DELEGATED:
        return False
    lifecycle.refuse_after_close(invitation, now)
    lifecycle.move(invitation, State.OPENED, Cause.PASS_ENDED, now=now, actor=actor)
    goes_on = False
    for row in Invitation.objects.filter(delegated_from=invitation).exclude(state=State.CANCELLED).order_by("pk"):
        passed = lifecycle.locked(row.pk)
        if passed.state not in {*Invitation.NOT_STARTED, State.BOUNCED, State.DECLINED}:
            goes_on = True
            continue
        if passed.state == State.DECLINED:
            continue
        lifecycle.move(passed, State.CANCELLED, Cause.PASS_ENDED, now=now, actor=actor)
        if passed.given_membership_id is not None:
            register.end_membership(passed.given_membership_id, actor=actor)
    trail.record("invitation.taken_up", subject=invitation, actor=actor, scope=invitation.consultation.reference)
    return goes_on
