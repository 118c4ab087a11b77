"""Answering without an account: a draft that hangs on a private return link, and taking it into an account later."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from consultations.invitations import lifecycle as invitations
from consultations.invitations.models import Invitation
from consultations.programme.models import Consultation
from consultations.submissions import emails, links, queries, references, rules
from consultations.submissions.models import Submission
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders.actions import register
from engagement.stakeholders.models import Area, Kind
from engagement.stakeholders.queries import memberships_of

ATTEMPTS = 5
# How many addresses one link is sent to.
MOST_ADDRESSES = 3


def why_not_open(consultation: Consultation, *, now: datetime | None = None) -> str:
    """Why nobody can start a response without an account; empty when they can."""
    if reason := rules.why_not_start(consultation, now):
        return reason
    if not rules.takes_without_account(consultation):
        return gettext(
            "This consultation asks for an account, so that you can come back and colleagues can help. Sign in."
        )
    return ""


def why_not_anonymous(consultation: Consultation, user: Any, *, now: datetime | None = None) -> str:
    """Why this person cannot start an anonymous response; empty when they can.

    Where an account or an invitation is asked for, it is looked at now and not written down.
    """
    if reason := rules.why_not_start(consultation, now):
        return reason
    if not consultation.takes_anonymous:
        return gettext("This consultation takes no anonymous responses. You can respond and choose to be left unnamed.")
    if rules.takes_without_account(consultation):
        return ""
    if not user.is_authenticated:
        return gettext("Sign in first. Your account is looked at to see that you may respond, and is not written down.")
    if consultation.access != Consultation.Access.INVITED:
        return ""
    held = [one.organisation for one in memberships_of(user)]
    invited = Invitation.objects.filter(consultation=consultation).exclude(state=Invitation.State.CANCELLED)
    if invited.filter(organisation__in=held).exists() or invited.filter(contact__user=user).exists():
        return ""
    return gettext(
        "This consultation is for those who were invited, and we have no invitation for you. If one came to another "
        "address of yours, sign in with that."
    )


def start_by_link(
    consultation: Consultation,
    *,
    user: Any,
    anonymous: bool,
    kind: Kind | None = None,
    areas: list[Area] | None = None,
    name: str = "",
    now: datetime | None = None,
) -> tuple[Submission, str]:
    """A new draft and the token of its return link, which is stored nowhere.

    An anonymous draft holds nothing of `user`, who is only asked whether they may; it is not written into the record
    either. Raises Refused when the consultation takes no such response.
    """
    reason = why_not_anonymous(consultation, user, now=now) if anonymous else why_not_open(consultation, now=now)
    if reason:
        raise Refused(reason)
    token = links.new()
    submission = Submission(
        consultation=consultation,
        capacity=Submission.Capacity.SELF,
        kind=kind,
        respondent_name="" if anonymous else name.strip(),
        is_anonymous=anonymous,
        link_key=links.key_of(token),
    )
    with transaction.atomic():
        _store(submission)
        if areas:
            submission.areas.set(areas)
        if not anonymous:
            trail.record(
                "submission.started", subject=submission, scope=consultation.reference,
                capacity=submission.capacity, channel=submission.channel,
            )  # fmt: skip
    return submission, token


def _store(submission: Submission) -> None:
    for _ in range(ATTEMPTS):
        submission.reference = references.new(submission.consultation.reference)
        try:
            with transaction.atomic():
                submission.save(force_insert=True)
            return
        except IntegrityError:
            submission.pk = None
    raise Refused(gettext("Your response could not be started. Try again."))


@transaction.atomic
def send_link(submission_id: int, token: str, *, to: str) -> None:
    """Send the return link to an address, which is kept for the receipt; once to each, and to three at most.

    Raises Refused for an anonymous response: to send a message is to keep an address.
    """
    submission = _locked(submission_id)
    if submission.is_anonymous:
        raise Refused(gettext("To send you a message we would have to keep your address, so copy the link instead."))
    sent = OutgoingMessage.objects.filter(rule=emails.LINK_RULE, occurrence=str(submission.pk))
    if sent.count() >= MOST_ADDRESSES:
        sentence = gettext("This link was sent to %(n)s addresses already. Copy it instead.")
        raise Refused(sentence % {"n": MOST_ADDRESSES}, field="email")
    submission.respondent_email = to.strip()
    submission.save(update_fields=["respondent_email", "updated_at"])
    emails.return_link(submission, links.url_of(token), submission.respondent_email)


@transaction.atomic
def claim(submission_id: int, user: Any, *, now: datetime | None = None) -> Submission:
    """Continue it under an account: it becomes this person's own response, and its return link ends.

    Raises Refused for an anonymous response, and when the person has a response of their own already.
    """
    submission = _locked(submission_id)
    if submission.is_anonymous:
        raise Refused(gettext("An anonymous response belongs to no account, and cannot be given to one."))
    own = queries.present_of(submission.consultation, user=user)
    if own is not None:
        sentence = gettext(
            "You have a response of your own to this consultation already: %(reference)s. There is one for each "
            "person, so this one stays apart. Go on with it by its link, or withdraw one of the two."
        )
        raise Refused(sentence % {"reference": own.reference})
    register.link_contact(user)
    submission.respondent, submission.link_key = user, None
    submission.respondent_name, submission.respondent_email = user.name, user.email
    try:
        with transaction.atomic():
            submission.save(
                update_fields=["respondent", "link_key", "respondent_name", "respondent_email", "updated_at"]
            )
    except IntegrityError as error:
        raise Refused(gettext("You began a response of your own at this very moment. Look at your page.")) from error
    tell = invitations.mark_responded if submission.is_counted else invitations.mark_started
    tell(submission.consultation, organisation=None, user=user, now=now or timezone.now())
    trail.record("submission.claimed", subject=submission, actor=user, scope=submission.consultation.reference)
    return submission


def _locked(submission_id: int) -> Submission:
    rows = Submission.objects.select_for_update(of=("self",)).select_related("consultation")
    submission = rows.filter(pk=submission_id, link_key__isnull=False).first()
    if submission is None:
        raise Refused(gettext("This link opens nothing any more."))
    return submission
