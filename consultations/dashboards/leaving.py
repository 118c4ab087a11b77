"""Somebody closes their account for good: who they were goes out of every table, what they said for others stays.

What stays, without them: the joint responses of organisations, responses of their own that were sent (they are counted
and may be quoted, without a name), places that were taken at events, and that something was done at some moment.
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from consultations.dashboards import mydata
from consultations.notices.models import Follower
from consultations.submissions import files
from consultations.submissions.models import Response, ResponseRevision, StatementRevision, Submission, TextAnswer
from consultations.surveys.definition import load
from engagement.accounts.models import User
from engagement.audit import trail
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.events import lifecycle as events
from engagement.events.models import Invitee, Registration
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders.models import Contact, Membership

ERASED = "Erased"
NOBODY = "erased.invalid"
Choice = Submission.Confidentiality


@transaction.atomic
def close(user: User) -> None:
    """Close this account and forget who it was; every session of it ends at once. Doing it again changes nothing.

    Raises Refused for staff, whose accounts administrators close.
    """
    own = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if own.is_staff_member:
        raise Refused(gettext("You work for the partnership, so an administrator closes your account."))
    if not own.is_active:
        return
    person, name = mydata.Person.of(own), own.name
    _leave_events(person)
    _leave_responses(person)
    _leave_messages(person)
    _leave_register(person)
    _leave_account(own)
    trail.record("user.erased", subject=own, actor=own)
    _leave_record(person, name)


def _stub(key: Any) -> str:
    """An address that is nobody's, in a domain that can never exist (RFC 2606)."""
    return f"{key}@{NOBODY}"


def _of(rows: QuerySet[Any], field: str, person: mydata.Person) -> QuerySet[Any]:
    its = Q()
    for address in person.addresses:
        its |= Q(**{f"{field}__iexact": address})
    return rows.filter(its) if its else rows.none()


def _leave_events(person: mydata.Person) -> None:
    """Places at events to come are given back; those that were taken stay as places without a name."""
    now = timezone.now()
    bookings = _of(Registration.objects.all(), "email", person)
    for place in bookings.filter(state__in=Registration.LIVE, event__starts_at__gt=now).order_by("pk"):
        events.cancel(place.pk, actor=person.user)
    for place in bookings.order_by("pk"):
        place.needs.all().delete()
        place.amendments.update(author_name=ERASED)
        Registration.objects.filter(pk=place.pk).update(
            name=ERASED, email="", email_key=secrets.token_hex(32), organisation_name="", contact=None,
            access_needs="", dietary_needs="", answers={},
        )  # fmt: skip
    for asked in _of(Invitee.objects.all(), "email", person).order_by("pk"):
        Invitee.objects.filter(pk=asked.pk).update(
            name=ERASED, email=_stub(asked.pk), email_key=secrets.token_hex(32), contact=None, reason=""
        )


def _leave_responses(person: mydata.Person) -> None:
    """Drafts of their own go; what was sent stays without them, and without answers about a person."""
    own = Submission.objects.filter(Q(respondent=person.user), organisation=None)
    own |= _of(Submission.objects.filter(organisation=None), "respondent_email", person)
    drafts = own.filter(state__in=Submission.DRAFTS)
    files.delete_with(drafts)
    drafts.delete()
    for sent in own.order_by("pk"):
        for response in Response.objects.filter(submission=sent).select_related("version"):
            _without_personal(response)
            ResponseRevision.objects.filter(response=response).update(actor=None)
        StatementRevision.objects.filter(submission=sent).update(actor=None)
        Response.objects.filter(submission=sent).update(last_edited_by=None)
        sent.evidence.update(uploaded_by=None)
        sent.respondent = sent.submitted_by = None
        sent.respondent_name = sent.respondent_email = ""
        sent.may_contact = False
        # Without a name there is none to publish.
        sent.confidentiality = Choice.UNNAMED if sent.confidentiality == Choice.NAMED else sent.confidentiality
        sent.save()
    Submission.objects.filter(respondent=person.user).update(respondent_name="", respondent_email="")


def _without_personal(response: Response) -> None:
    personal = {question.code for question in load(response.version).questions() if question.personal}

    def kept(data: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in data.items() if key.rpartition("~")[2].partition("__")[0] not in personal}

    if not personal:
        return
    response.data, response.unfinished = kept(response.data), {}
    response.save(update_fields=["data", "unfinished", "updated_at"])
    for revision in ResponseRevision.objects.filter(response=response):
        revision.patch = kept(revision.patch)
        revision.save(update_fields=["patch"])
    TextAnswer.objects.filter(response=response, question_code__in=personal).update(text=ERASED)


def _leave_messages(person: mydata.Person) -> None:
    """What was written to them: that it left stays, what it said and to whom goes; what waits is not sent."""
    _of(Follower.objects.all(), "email", person).delete()
    for address in sorted(person.addresses):
        rows = OutgoingMessage.objects.filter(to_email__iexact=address)
        waiting = rows.filter(state__in=[OutgoingMessage.State.PLANNED, OutgoingMessage.State.HELD])
        waiting.update(state=OutgoingMessage.State.SKIPPED, reason="The account was closed.")
        for key in list(rows.values_list("pk", flat=True)):
            OutgoingMessage.objects.filter(pk=key).update(
                to_email=_stub("message"), to_name="", reply_to="", subject=ERASED, text_body=ERASED, html_body="",
                calendar="", address_key=secrets.token_hex(32),
            )  # fmt: skip


def _leave_register(person: mydata.Person) -> None:
    today = timezone.localdate()
    for contact in Contact.objects.filter(pk__in=person.contacts).order_by("pk"):
        Membership.objects.filter(contact=contact, since_on__gt=today).delete()
        Membership.objects.filter(Q(until_on=None) | Q(until_on__gt=today), contact=contact).update(until_on=today)
        contact.interests.clear()
        Contact.objects.filter(pk=contact.pk).update(
            name=ERASED, email=_stub(contact.public_id), phone="", job_title="", user=None,
            opted_out_at=contact.opted_out_at or timezone.now(),
        )  # fmt: skip


def _leave_account(own: User) -> None:
    EmailAddress.objects.filter(user=own).delete()
    Authenticator.objects.filter(user=own).delete()
    own.email, own.name, own.language = _stub(own.public_id), "", ""
    own.is_active = False
    own.session_round += 1
    own.set_unusable_password()
    own.save()


def _leave_record(person: mydata.Person, name: str) -> None:
    """The record of acts keeps what was done and loses whom it was done to."""
    subjects = Q(subject_kind="accounts.user", subject_key=str(person.user.pk))
    keys = [str(key) for key in person.contacts]
    subjects |= Q(subject_kind="stakeholders.contact", subject_key__in=keys)
    members = Membership.objects.filter(contact__in=person.contacts).values_list("pk", flat=True)
    subjects |= Q(subject_kind="stakeholders.membership", subject_key__in=[str(key) for key in members])
    places = Registration.objects.filter(email="", name=ERASED).values_list("pk", flat=True)
    subjects |= Q(subject_kind="events.registration", subject_key__in=[str(key) for key in places])
    for address in person.addresses:
        subjects |= Q(subject_label__icontains=address)
    if name:
        subjects |= Q(actor=person.user, subject_label__icontains=name)
    Entry.objects.filter(subjects).exclude(subject_label=ERASED).update(subject_label=ERASED, facts={})
