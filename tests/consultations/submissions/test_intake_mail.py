"""E-mails from files, acknowledgements and lateness: from what came to what counts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from consultations.evidence.models import EvidenceItem
from consultations.submissions import actions, lifecycle
from consultations.submissions.models import Acknowledgement, ReceivedMail, Submission
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.messaging.models import OutgoingMessage
from tests.consultations.submissions.mails import REPORT, eml
from tests.factories.accounts import UserFactory
from tests.factories.files import sent
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def it():
    return ConsultationFactory(
        state="open", closes_at=datetime(2019, 2, 8, 23, 59, 59, tzinfo=UTC), opens_at=datetime(2018, 12, 1, tzinfo=UTC)
    )


@pytest.fixture(autouse=True)
def _winter(time_machine):
    time_machine.move_to(datetime(2019, 2, 7, 10, 0, tzinfo=UTC))


def staff(consultation, role="engagement"):
    return AssignmentFactory(consultation=consultation, user=UserFactory(**{role: True}), role=role).user


def bring(client, consultation, content=None, name="view.eml"):
    address = reverse("submissions:bring_mail", args=[consultation.reference])
    return client.post(address, {"file": sent(name, content if content is not None else eml(files=[REPORT]))})


FORM = {"received_on": "2019-02-06", "name": "Ada Ferrier", "email": "ada@ferrier.example"}


def test_a_mail_becomes_a_submission_with_its_words_its_files_and_the_original(signed_in, it):
    client = signed_in(staff(it))

    page = client.get(bring(client, it).headers["Location"])
    text = page.content.decode()
    assert "Buses end too early." in text
    assert "2019-02-06" in text
    client.post(page.request["PATH_INFO"], {**FORM, "takes_text": "on", "attachments": ["0"]})

    submission = Submission.objects.get()
    assert (submission.channel, submission.received_on) == ("email", date(2019, 2, 6))
    assert submission.statement == "Buses end too early."
    assert [document.title for document in submission.evidence.all()] == ["Survey of firms.pdf"]
    assert submission.mail.sha256 == ReceivedMail.objects.get().sha256
    original = client.get(reverse("submissions:mail_file", args=[it.reference, submission.reference]))
    assert b"Message-ID: <one@ferrier.example>" in b"".join(original.streaming_content)
    assert original.headers["Content-Disposition"] == 'attachment; filename="view.eml"'
    assert original.headers["X-Content-Type-Options"] == "nosniff"


def test_from_the_mail_to_figures_with_a_second_person_and_an_acknowledgement(signed_in, it):
    typist, checker = staff(it), staff(it, "officer")
    mail = actions.bring_mail(it, sent("view.eml", eml(files=[REPORT])), actor=typist)
    submission = actions.enter_mail(
        mail.pk, received_on=date(2019, 2, 6), actor=typist, name="Ada", email="ada@ferrier.example", attachments=[0]
    )
    actions.choose_confidentiality(submission.pk, "withheld", reason="They do not say.", actor=typist)
    lifecycle.hand_over(submission.pk, actor=typist)
    assert not EvidenceItem.objects.exists()

    with pytest.raises(Refused, match="somebody else has to check"):
        lifecycle.accept_typed_in(submission.pk, actor=typist)
    for _ in range(2):
        lifecycle.accept_typed_in(submission.pk, actor=checker)

    submission.refresh_from_db()
    assert (submission.state, submission.timing) == ("submitted", "on_time")
    assert EvidenceItem.objects.get().title == "Survey of firms.pdf"
    assert Acknowledgement.objects.get().how == "email"
    (message,) = OutgoingMessage.objects.filter(rule="submissions.acknowledgement")
    assert message.to_email == "ada@ferrier.example"
    assert submission.reference in message.subject
    assert "6 February 2019" in message.text_body


@pytest.mark.parametrize("same", ["the file", "the message"])
def test_the_same_mail_comes_in_once(signed_in, it, same):
    client = signed_in(staff(it))
    again = eml(files=[REPORT]) if same == "the file" else eml("Resent.", Subject="Fwd: again")
    first = bring(client, it).headers["Location"]
    assert bring(client, it, again).headers["Location"] == first

    client.post(first, FORM)
    refused = bring(client, it, again)

    assert refused.status_code == 422
    assert f"entered before, as {Submission.objects.get().reference}" in refused.content.decode()
    assert (ReceivedMail.objects.count(), Submission.objects.count()) == (1, 1)
    assert bring(signed_in(staff(other := ConsultationFactory())), other).status_code == 302


def test_entering_twice_makes_one_submission(it):
    user = staff(it)
    mail = actions.bring_mail(it, sent("view.eml", eml()), actor=user)
    facts = {"received_on": date(2019, 2, 6), "actor": user, "name": "Ada"}

    assert actions.enter_mail(mail.pk, **facts).pk == actions.enter_mail(mail.pk, **facts).pk
    with pytest.raises(Refused, match="kept with the response"):
        actions.discard_mail(mail.pk, actor=user)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("view.msg", eml(), "not an e-mail that was saved"),
        ("view.eml", b"hello", "not an e-mail that was saved"),
        ("view.eml", b"", "This file is empty."),
        ("view.eml", b"From: " + b"a," * 5000 + b"\nTo: x\n\nhi", "damaged"),
        ("view.eml", eml("X5O EICAR-STANDARD-ANTIVIRUS-TEST-FILE"), "virus scanner"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence_and_keeps_nothing(signed_in, it, name, content, sentence):
    answer = bring(signed_in(staff(it)), it, content, name)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ReceivedMail.objects.exists()


def test_a_sender_whom_we_know_brings_their_organisation_along(signed_in, it):
    contact = ContactFactory(email="ada@ferrier.example")
    organisation = MembershipFactory(contact=contact).organisation
    client = signed_in(staff(it))

    text = client.get(bring(client, it).headers["Location"]).content.decode()

    assert f'value="{organisation.public_id}" selected' in text


def test_attachments_that_are_not_taken_are_named_with_the_reason(signed_in, it):
    client = signed_in(staff(it))
    content = eml(files=[("run.exe", b"MZ"), REPORT, ("fake.pdf", b"not a pdf")])

    address = bring(client, it, content).headers["Location"]
    text = client.get(address).content.decode()
    client.post(address, {**FORM, "attachments": ["1"]})

    assert "run.exe is of a kind that we do not take" in text
    assert "What is in fake.pdf is not what its name says" in text
    assert [one.file_name for one in Submission.objects.get().evidence.all()] == ["Survey of firms.pdf"]


def test_hostile_words_of_a_mail_are_shown_and_not_run(signed_in, it):
    client = signed_in(staff(it))
    content = eml("<script>alert(1)</script>", Subject="<img src=x onerror=alert(2)>", From='"<b>x" <x@y.example>')

    text = client.get(bring(client, it, content).headers["Location"]).content.decode()

    assert "<script>alert" not in text
    assert "<img src=x" not in text


def test_a_mail_that_was_brought_in_by_mistake_is_discarded_with_its_file(
    signed_in, it, django_capture_on_commit_callbacks
):
    client = signed_in(staff(it))
    bring(client, it)
    mail = ReceivedMail.objects.get()
    address = reverse("submissions:discard_mail", args=[it.reference, mail.public_id])
    assert "Discard the e-mail" in client.get(address).content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        client.post(address)

    assert not ReceivedMail.objects.exists()
    assert not mail.file.storage.exists(mail.file.name)


def test_a_mail_of_one_consultation_does_not_exist_for_staff_of_another(signed_in, it):
    bring(signed_in(staff(it)), it)
    mail = ReceivedMail.objects.get()
    stranger = signed_in(staff(ConsultationFactory()))

    for name in ("enter_mail", "waiting_mail_file", "discard_mail"):
        assert stranger.get(reverse(f"submissions:{name}", args=[it.reference, mail.public_id])).status_code == 404


# --- telling the sender ---------------------------------------------------------------------------------


def letter(it, user, **facts):
    return actions.begin_intake(
        it, channel="letter", received_on=date(2019, 2, 6), actor=user, **{"name": "Ada Ferrier", **facts}
    )


def test_the_letter_to_the_sender_has_the_reference_and_is_written_down_once(signed_in, it):
    user = staff(it)
    submission = letter(it, user)
    client = signed_in(user)
    address = reverse("submissions:acknowledge", args=[it.reference, submission.reference])

    shown = client.get(address).content.decode()
    for _ in range(2):
        client.post(address, {"how": "letter"})

    assert "Dear Ada Ferrier," in shown
    assert f"Its reference is {submission.reference}" in shown
    assert "Send the e-mail now" not in shown
    assert client.post(address, {"how": "email"}).status_code == 422
    assert Acknowledgement.objects.get().actor == user
    assert Entry.objects.filter(verb="submission.acknowledged").count() == 1
    assert not OutgoingMessage.objects.exists()


def test_whoever_was_told_by_letter_gets_no_mail_at_the_acceptance(it):
    user = staff(it)
    submission = letter(it, user, email="ada@ferrier.example")
    lifecycle.acknowledge(submission.pk, how="letter", actor=user)
    actions.save_statement(submission.pk, "Buses.", actor=user)
    actions.choose_confidentiality(submission.pk, "named", actor=user)
    lifecycle.hand_over(submission.pk, actor=user)

    lifecycle.accept_typed_in(submission.pk, actor=staff(it, "officer"))

    assert not OutgoingMessage.objects.filter(rule="submissions.acknowledgement").exists()


def test_only_what_came_by_another_channel_is_acknowledged(it):
    from_web = Submission(consultation=it, reference="X-1", capacity="self")
    from_web.save()

    with pytest.raises(Refused, match="has a receipt"):
        lifecycle.acknowledge(from_web.pk, how="letter", actor=None)


# --- late -----------------------------------------------------------------------------------------------


def late_letter(it, user):
    submission = letter(it, user)
    Submission.objects.filter(pk=submission.pk).update(received_on=it.closes_at.date() + timedelta(days=2))
    actions.save_statement(submission.pk, "Buses.", actor=user)
    actions.choose_confidentiality(submission.pk, "named", actor=user)
    lifecycle.hand_over(submission.pk, actor=user)
    return lifecycle.accept_typed_in(submission.pk, actor=staff(it, "officer"))


def test_a_letter_posted_in_time_that_came_late_counts_as_an_officer_decides_with_the_reason(signed_in, it):
    submission = late_letter(it, staff(it))
    assert submission.timing == "late"
    client = signed_in(staff(it, "officer"))
    address = reverse("submissions:timing", args=[it.reference, submission.reference])

    assert "Write why." in client.post(address, {"timing": "on_time", "reason": " "}).content.decode()
    client.post(address, {"timing": "on_time", "reason": "Postmarked 7 February."})

    submission.refresh_from_db()
    assert (submission.timing, submission.timing_reason) == ("on_time", "Postmarked 7 February.")
    assert (
        "Postmarked 7 February."
        in client.get(reverse("submissions:detail", args=[it.reference, submission.reference])).content.decode()
    )
    entry = Entry.objects.get(verb="submission.timing_decided")
    assert (entry.facts["before"], entry.facts["after"]) == ("late", "on_time")


def test_what_came_online_is_late_by_the_clock_alone(it):
    online = Submission(consultation=it, reference="X-2", capacity="self", timing="late")
    online.save()

    with pytest.raises(Refused, match="another channel"):
        lifecycle.decide_timing(online.pk, timing="on_time", reason="Because.", actor=None)
