"""The same close for everybody, by the server's clock; more time with a reason, told to whom it concerns."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations.invitations import actions, announcing, deadlines, lifecycle, links, tasks
from consultations.invitations.models import ExtensionNotice, Invitation, PartnerExtension
from consultations.programme import lifecycle as programme
from consultations.programme.models import Consultation, StateChange
from consultations.submissions import actions as writing
from consultations.submissions import lifecycle as sending
from consultations.submissions.models import Submission
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.core.templatetags.ui import moment
from engagement.messaging import delivery
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory, OrganisationFactory
from tests.factories.submissions import partner
from tests.factories.surveys import SAMPLE_ANSWERS, published_survey

pytestmark = pytest.mark.django_db
REASON = "Two weeks more, because of the snow."


@pytest.fixture
def survey(clock):
    clock.move_to(datetime(2026, 11, 2, 12, tzinfo=UTC))
    survey = published_survey(ConsultationFactory(reference="lis"))
    Consultation.objects.update(closes_at=datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC))
    survey.consultation.refresh_from_db()
    return survey


@pytest.fixture
def consultation(survey):
    return survey.consultation


def draft(survey, organisation=None, user=None):
    user = user or partner(organisation)
    submission = writing.start(survey.consultation, user, organisation, capacity="" if organisation else "self")
    writing.fill(submission, survey, SAMPLE_ANSWERS, actor=user)
    writing.choose_confidentiality(submission.pk, "named", actor=user)
    return submission, user


def more_time(consultation, days=5, **partner):
    return actions.give_more_time(
        consultation, closes_at=consultation.closes_at + timedelta(days=days), reason="Their board meets late.",
        actor=UserFactory(), **partner,
    )  # fmt: skip


# --- the form that was opened before the close ----------------------------------------------------------


def test_form_opened_before_the_close_and_sent_after_it_is_kept_and_late(survey, signed_in, clock):
    """F16: nothing that was typed is lost, the same rule holds for everybody, and the server's clock decides."""
    organisation = OrganisationFactory()
    submission, user = draft(survey, organisation)
    clock.move_to(survey.consultation.closes_at - timedelta(seconds=30))
    client = signed_in(user)
    check = reverse("submissions:check", args=[submission.public_id])
    assert "marked late" not in client.get(check).content.decode()

    clock.move_to(survey.consultation.closes_at + timedelta(minutes=5))
    for swept in (False, True):
        if swept:
            programme.keep_time()
        shown = client.get(check).content.decode()
        assert "marked late" in shown
    for _ in range(2):
        client.post(check)

    submission.refresh_from_db()
    assert (submission.state, submission.timing) == ("submitted", "late")
    assert submission.submitted_at == timezone.now()
    assert submission.responses.get().data == SAMPLE_ANSWERS


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seconds=st.integers(-90_000, 600_000),
    own_days=st.one_of(st.none(), st.integers(1, 6)),
    ended=st.booleans(),
)
def test_one_rule_decides_what_is_in_time_for_everybody(survey, seconds, own_days, ended):
    """Late exactly when the moment is past the later of the general close and the partner's own."""
    consultation = survey.consultation
    organisation, now = OrganisationFactory(), consultation.closes_at + timedelta(seconds=seconds)
    last = consultation.closes_at
    if own_days is not None:
        extension = more_time(consultation, own_days, organisation=organisation)
        if ended:
            actions.end_more_time(extension.pk, actor=None)
        else:
            last = extension.closes_at

    assert deadlines.closing_time(consultation, organisation=organisation) == last
    assert deadlines.is_past_close(consultation, organisation=organisation, now=now) is (now > last)
    assert deadlines.takes_answers(consultation, organisation=organisation, now=now) is (now <= last)
    assert deadlines.closing_time(consultation, organisation=OrganisationFactory()) == consultation.closes_at


# --- more time for one partner --------------------------------------------------------------------------


def test_organisation_with_more_time_begins_sends_and_changes_in_time_after_the_close(survey, signed_in, clock):
    consultation, organisation, other = survey.consultation, OrganisationFactory(), OrganisationFactory()
    theirs, somebody = partner(organisation), partner(other)
    extension = more_time(consultation, organisation=organisation)
    clock.move_to(consultation.closes_at + timedelta(days=1))
    programme.keep_time()

    with pytest.raises(Refused, match="has closed"):
        writing.start(consultation, somebody, other)
    respond = signed_in(theirs).get(reverse("submissions:respond", args=["lis"])).content.decode()
    assert "has closed, so new responses" not in respond
    submission, _ = draft(survey, organisation, theirs)
    page = signed_in(theirs).get(reverse("submissions:tasks", args=[submission.public_id])).content.decode()
    assert moment(extension.closes_at) in page
    sent = sending.submit(submission.pk, actor=theirs)
    assert sent.timing == "on_time"
    receipt = OutgoingMessage.objects.get(rule="submissions.receipt")
    assert moment(extension.closes_at) in receipt.text_body
    assert sending.reopen(submission.pk, actor=theirs).is_draft

    clock.move_to(extension.closes_at + timedelta(seconds=1))
    assert sending.submit(submission.pk, actor=theirs).timing == "late"


def test_letter_that_came_within_the_own_time_is_in_time(survey, clock):
    organisation = OrganisationFactory()
    extension = more_time(survey.consultation, organisation=organisation)
    clock.move_to(extension.closes_at + timedelta(days=3))
    for body, timing in ((organisation, "on_time"), (OrganisationFactory(), "late")):
        letter = Submission(
            consultation=survey.consultation, organisation=body, channel="letter", reference=f"L{body.pk}",
            received_on=extension.closes_at.date(), capacity="organisation", state="awaiting_approval",
            confidentiality="named", entered_by=UserFactory(),
        )  # fmt: skip
        letter.statement = "We say this."
        letter.save()
        assert sending.accept_typed_in(letter.pk, actor=UserFactory()).timing == timing


def test_more_time_is_told_to_the_partner_alone_and_stands_in_the_record(consultation, outbox, client, staff_of):
    theirs, other = InvitationFactory(consultation=consultation), InvitationFactory(consultation=consultation)
    staff = staff_of(consultation)
    page = reverse("invitations:give_more_time", args=["lis"])
    asked = {"partner": theirs.organisation.name, "closes_on": "27/11/2026", "closes_time": "", "reason": ""}
    assert staff.post(page, asked).status_code == 422
    staff.post(page, {**asked, "reason": "Their board meets late."})
    delivery.drain()

    extension = PartnerExtension.objects.get()
    own, general = moment(extension.closes_at), moment(consultation.closes_at)
    assert own == "Friday 27 November 2026, 11:59pm (GMT)"
    assert outbox.only().to == [f"{theirs.contact.name} <{theirs.contact.email}>"]
    assert own in outbox.only().body
    assert "Their board" not in outbox.only().body
    assert Entry.objects.get(verb="extension.given").facts["reason"] == "Their board meets late."
    public = client.get(reverse("programme:consultation", args=["lis"])).content.decode()
    landings = [client.get(links.follow_url(one).replace("http://testserver", "")) for one in (theirs, other)]
    texts = [page.content.decode() if page.status_code == 200 else "" for page in landings]
    assert (own in public, general in public) == (False, True)
    assert (own in texts[0], "You have more time than others" in texts[0]) == (True, True)
    assert (own in texts[1], general in texts[1]) == (False, True)
    assert own in staff.get(reverse("invitations:invitation", args=["lis", theirs.public_id])).content.decode()
    assert "Has until" in staff.get(reverse("invitations:ledger", args=["lis"])).content.decode()
    assert "Their board meets late." in staff.get(reverse("invitations:more_time", args=["lis"])).content.decode()


def test_another_extension_takes_the_place_of_the_first_and_can_be_ended(consultation, staff_of):
    body = MembershipFactory().organisation
    more_time(consultation, 5, organisation=body)
    second = more_time(consultation, 9, organisation=body)
    assert PartnerExtension.objects.filter(ended_at=None).get() == second
    page = reverse("invitations:end_more_time", args=["lis", second.public_id])

    staff = staff_of(consultation)
    assert staff.get(page).status_code == 200
    assert staff_of(ConsultationFactory()).post(page).status_code == 404
    staff.post(page)

    assert not PartnerExtension.objects.filter(ended_at=None).exists()
    assert deadlines.closing_time(consultation, organisation=body) == consultation.closes_at


def test_person_with_more_time_is_found_by_account_or_address(consultation):
    person = UserFactory()
    more_time(consultation, contact=ContactFactory(email=person.email.upper()))

    assert deadlines.closing_time(consultation, user=person) > consultation.closes_at
    assert deadlines.closing_time(consultation, user=UserFactory()) == consultation.closes_at


def test_expired_invitation_stands_again_for_the_one_who_has_more_time(consultation, clock, outbox):
    theirs, other = InvitationFactory(consultation=consultation), InvitationFactory(consultation=consultation)
    clock.move_to(consultation.closes_at + timedelta(days=1))
    tasks.keep_time()
    more_time(consultation, organisation=theirs.organisation)
    tasks.keep_time()

    states = {row.pk: row.state for row in Invitation.objects.all()}
    assert states == {theirs.pk: "sent", other.pk: "expired"}


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"partner": ""}, "Say who gets more time."),
        ({"partner": "Nobody Ltd"}, "The register has no organisation"),
        ({"partner": "Tyne Works\nWear Works"}, "Name one organisation, or one person."),
        ({"closes_on": "19/11/2026"}, "Choose a later moment."),
        ({"closes_on": "1/11/2026"}, "The moment has to be still to come."),
        ({"closes_on": "soon"}, "Enter a date like"),
        ({"reason": " "}, "Give the reason"),
    ],
)
def test_more_time_that_cannot_be_gets_a_sentence(consultation, staff_of, posted, sentence):
    OrganisationFactory(name="Tyne Works")
    OrganisationFactory(name="Wear Works")
    filled = {"partner": "Tyne Works", "closes_on": "27/11/2026", "closes_time": "", "reason": "Late board."}

    answer = staff_of(consultation).post(reverse("invitations:give_more_time", args=["lis"]), {**filled, **posted})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not PartnerExtension.objects.exists()


# --- more time for everybody ----------------------------------------------------------------------------


def extend(consultation, days=14):
    return programme.extend(
        consultation.pk, actor=UserFactory(), closes_at=consultation.closes_at + timedelta(days=days), reason=REASON
    )


def test_extension_is_told_to_everybody_invited_and_to_those_who_write_once(survey, clock, outbox):
    consultation = survey.consultation
    told = [InvitationFactory(consultation=consultation, **facts) for facts in ({}, {"responded": True})]
    for facts in ({"declined": True}, {"state": "cancelled"}, {"contact__opted_out_at": timezone.now()}):
        InvitationFactory(consultation=consultation, **facts)
    _, writer = draft(survey)
    old = consultation.closes_at
    clock.shift(timedelta(days=1))

    extend(consultation)
    for _ in range(2):
        tasks.keep_time()
        delivery.drain()

    consultation.refresh_from_db()
    assert sorted(message.to[0].partition("<")[2].strip(">") for message in outbox.messages) == sorted(
        [*(one.contact.email for one in told), writer.email]
    )
    for message in outbox.messages:
        assert moment(consultation.closes_at) in message.body
        assert moment(old) in message.body
        assert REASON in message.body
    notice = ExtensionNotice.objects.get()
    assert notice.messages == 3


def test_every_place_says_the_same_moment_and_why_it_moved(consultation, client, staff_of, clock):
    old = moment(consultation.closes_at)
    extend(consultation, 7)
    consultation.refresh_from_db()
    middle = moment(consultation.closes_at)
    extend(consultation, 7)
    consultation.refresh_from_db()
    new = moment(consultation.closes_at)
    tasks.keep_time()

    page = client.get(reverse("programme:consultation", args=["lis"])).content.decode()
    assert f"You can answer until {new}, and not only until {middle}" in page
    assert f"From {old} to {middle}. {REASON}" in page
    assert f"From {middle} to {new}. {REASON}" in page
    calendar = client.get(reverse("programme:calendar", args=["lis"])).content.decode()
    assert "20261204T235959" in calendar
    invitation = InvitationFactory(consultation=consultation)
    assert new in client.get(links.follow_url(invitation).partition("testserver")[2]).content.decode()
    staff = staff_of(consultation).get(reverse("invitations:more_time", args=["lis"])).content.decode()
    assert REASON in staff


def test_invitation_that_waits_says_the_new_moment(clock, outbox):
    opens = timezone.now() + timedelta(days=2)
    consultation = ConsultationFactory(state="scheduled", opens_at=opens, closes_at=opens + timedelta(days=9))
    old = moment(consultation.closes_at)
    actions.invite(consultation, [MembershipFactory().organisation], actor=UserFactory())
    extend(consultation)
    tasks.keep_time()
    clock.move_to(opens + timedelta(minutes=1))
    programme.keep_time()
    delivery.drain()

    consultation.refresh_from_db()
    message = outbox.only()
    assert moment(consultation.closes_at) in message.body
    assert old not in message.body
    assert OutgoingMessage.objects.get().expires_at == consultation.closes_at


def test_news_of_an_extension_that_was_overtaken_is_not_sent(consultation, outbox, clock):
    InvitationFactory(consultation=consultation)
    clock.shift(timedelta(minutes=1))
    extend(consultation, 7)
    tasks.keep_time()
    consultation.refresh_from_db()
    extend(consultation, 7)
    tasks.keep_time()
    delivery.drain()

    consultation.refresh_from_db()
    assert moment(consultation.closes_at) in outbox.only().body
    assert "The closing time has moved again since." in set(OutgoingMessage.objects.values_list("reason", flat=True))


def test_interrupted_news_goes_on_where_it_stopped(consultation, outbox, clock, monkeypatch):
    for _ in range(3):
        InvitationFactory(consultation=consultation)
    clock.shift(timedelta(minutes=1))
    extend(consultation)
    monkeypatch.setattr(announcing, "BATCH", 2)
    asked = []

    def breaks(change, one):
        asked.append(one)
        if len(asked) == 3:
            raise RuntimeError("the machine stops")
        return draft_of(change, one)

    draft_of = announcing.emails.extended_draft
    with monkeypatch.context() as patched:
        patched.setattr(announcing.emails, "extended_draft", breaks)
        with pytest.raises(RuntimeError):
            tasks.keep_time()
    assert not ExtensionNotice.objects.exists()
    tasks.keep_time()
    delivery.drain()

    assert len(outbox) == 3
    assert ExtensionNotice.objects.get().messages == 3


def test_extension_brings_expired_invitations_back(consultation, clock):
    invitation = InvitationFactory(consultation=consultation)
    clock.move_to(consultation.closes_at + timedelta(hours=1))
    programme.keep_time()
    tasks.keep_time()
    assert Invitation.objects.get().state == "expired"
    programme.extend(consultation.pk, actor=UserFactory(), closes_at=timezone.now() + timedelta(days=3), reason=REASON)
    tasks.keep_time()

    assert Invitation.objects.get().state == "sent"
    assert list(invitation.changes.values_list("state", "cause")) == [("expired", "closed"), ("sent", "extended")]
    assert StateChange.objects.filter(what="extended").get().closes_before == consultation.closes_at
    assert lifecycle.has_ended(Invitation.objects.get()) is False
