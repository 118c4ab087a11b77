"""What is heard of messages after they left."""

import base64
import json
import mailbox
from datetime import timedelta
from email.message import EmailMessage
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from engagement.messaging import delivery, lifecycle, reports, retention
from engagement.messaging import mailbox as returns
from engagement.messaging.models import Line, OutgoingMessage, Report, Suppression
from tests.factories.accounts import UserFactory
from tests.factories.messaging import MessageFactory

pytestmark = pytest.mark.django_db


def own(message):
    """The Message-ID that the product itself would give."""
    OutgoingMessage.objects.filter(pk=message.pk).update(message_id=f"<{message.public_id}@soundings.example>")
    message.refresh_from_db()
    return message


def state_of(message):
    message.refresh_from_db()
    return message.state


def cause(message):
    return list(Suppression.objects.filter(address_key=message.address_key).values_list("cause", flat=True))


def hear(message, kind, source="1", **fields):
    return reports.receive(kind, source=source, address_key=message.address_key, message=message, **fields)


@pytest.mark.parametrize(("kind", "state"), [("delivered", "sent"), ("opened", "sent"), ("bounced", "failed")])
def test_report_settles_an_uncertain_message(kind, state):
    message = MessageFactory(uncertain=True)

    hear(message, kind, text="550 5.1.1 Nobody here")

    assert state_of(message) == state
    assert message.steps.count() == 1


@pytest.mark.parametrize("state", ["planned", "skipped", "held"])
def test_report_moves_nothing_that_did_not_leave(state):
    message = MessageFactory(state=state, reason="Because.")

    hear(message, "delivered")

    assert state_of(message) == state


@pytest.mark.parametrize(
    ("kinds", "suppressed"),
    [
        (["bounced"], ["bounced"]),
        (["complained"], ["complained"]),
        (["soft", "soft"], []),
        (["soft", "soft", "soft"], ["failing"]),
        (["delivered", "opened"], []),
    ],
)
def test_address_is_given_up_after_one_hard_or_three_soft_returns(kinds, suppressed):
    message = MessageFactory(sent=True)

    for number, kind in enumerate(kinds):
        for _ in range(2):
            hear(message, kind, source=str(number))

    assert cause(message) == suppressed
    assert Report.objects.count() == len(kinds)


def test_three_soft_returns_count_within_two_weeks_only():
    message = MessageFactory(sent=True)
    for number, days in enumerate((20, 15, 1, 0)):
        hear(message, "soft", source=str(number), at=timezone.now() - timedelta(days=days))

    assert cause(message) == []


def test_staff_send_to_an_address_again_and_what_its_holder_stopped_stays(outbox):
    message = MessageFactory(sent=True)
    Suppression.objects.create(address_key=message.address_key, category="news", cause="unsubscribed")
    hear(message, "bounced")
    found = Suppression.objects.get(category="")

    lifecycle.put_right(found.pk, actor=UserFactory(engagement=True))

    assert cause(message) == ["unsubscribed"]
    MessageFactory(to_email=message.to_email, occurrence="again", category="consultation")
    assert delivery.drain()["sent"] == 1


HEARD = []


def remember(message, event):
    HEARD.append((message.pk, event, message.state))


def break_down(message, event):
    raise ZeroDivisionError


def test_those_upstairs_are_told_and_cannot_break_sending(sink, settings):
    settings.MESSAGE_EVENTS = [f"{__name__}.break_down", f"{__name__}.remember"]
    HEARD.clear()
    message = MessageFactory(about_kind="tests.thing", about_key="1", to_email="ada@partners.example")
    gone = MessageFactory(about_kind="tests.thing", about_key="2", to_email="gone@partners.example")
    MessageFactory()
    sink.answer = lambda stage, address: "550 5.1.1 No" if (stage, address) == ("RCPT", gone.to_email) else ""

    delivery.drain()
    hear(message, "delivered")
    hear(message, "delivered")
    hear(message, "bounced", source="2")

    assert [
        (message.pk, "sent", "sent"),
        (gone.pk, "bounced", "failed"),
        (message.pk, "delivered", "sent"),
        (message.pk, "bounced", "failed"),
    ] == HEARD


# --- a mail provider ------------------------------------------------------------------------------------


@pytest.fixture
def provider(settings, client):
    settings.MAIL_PROVIDER, settings.MAIL_REPORT_SECRET = "postmark", "mail:quiet-word"
    settings.ANYMAIL = {"WEBHOOK_SECRET": settings.MAIL_REPORT_SECRET}

    def tell(record, secret="mail:quiet-word", **more):
        headers = {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(secret.encode()).decode()}
        body = {"MessageID": "8835-ab", "ID": 7, "RecordType": record, **more}
        return client.post(reverse("messaging:reports"), json.dumps(body), content_type="application/json", **headers)

    return tell


def test_provider_reports_a_bounce_by_our_own_number(provider):
    message = MessageFactory(sent=True)
    told = {"Type": "HardBounce", "TypeCode": 1, "Email": message.to_email, "BouncedAt": "2026-11-26T10:00:00Z"}
    told |= {"Details": "550 5.1.1 No such user", "Metadata": {"message": str(message.public_id)}}

    for _ in range(2):
        assert provider("Bounce", **told).status_code == 200

    assert (state_of(message), cause(message)) == ("failed", ["bounced"])
    assert Report.objects.get().message == message


def test_provider_reports_a_complaint_and_a_delivery_by_the_mailbox(provider):
    message = MessageFactory(uncertain=True, sent_at=timezone.now(), attempts=1)

    provider("Delivery", Recipient=message.to_email, DeliveredAt="2026-11-26T10:00:00Z")
    provider("SpamComplaint", Email=message.to_email, BouncedAt="2026-11-26T11:00:00Z", ID=8)

    assert (state_of(message), cause(message)) == ("sent", ["complained"])


@pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailInsecureWebhookWarning")
def test_report_without_the_secret_changes_nothing(provider, client, settings):
    message = MessageFactory(sent=True)
    told = {"Type": "HardBounce", "TypeCode": 1, "Email": message.to_email, "BouncedAt": "2026-11-26T10:00:00Z"}

    assert provider("Bounce", secret="mail:guessed", **told).status_code == 400
    settings.MAIL_REPORT_SECRET = ""
    assert client.post(reverse("messaging:reports")).status_code == 404
    assert not Report.objects.exists()


# --- a mailbox that messages come back to ---------------------------------------------------------------


def bounce(message, status="5.1.1", action="failed", number="", words="550 5.1.1 No such user"):
    return f"""From: MAILER-DAEMON@mx.partners.example
To: bounces@soundings.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce.{message.pk}.{number}@mx.partners.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="BB"

--BB
Content-Type: text/plain

I am sorry.

--BB
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.partners.example

Final-Recipient: rfc822; {message.to_email}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

--BB
Content-Type: text/rfc822-headers

From: noreply@soundings.example
Message-ID: {message.message_id}

--BB--
""".encode()


@pytest.mark.parametrize(
    ("status", "action", "words", "kinds", "state"),
    [
        ("5.1.1", "failed", "550 5.1.1 No such user", ["bounced"], "failed"),
        ("5.0.0", "failed", "550 User unknown", ["bounced"], "failed"),
        ("5.2.2", "failed", "552 Mailbox full", ["soft"], "sent"),
        ("5.7.1", "failed", "554 Policy", ["soft"], "sent"),
        ("4.4.1", "delayed", "Connection timed out", ["unknown"], "sent"),
        ("2.0.0", "delivered", "250 ok", ["delivered"], "sent"),
    ],
)
def test_report_of_delivery_is_read(status, action, words, kinds, state):
    message = own(MessageFactory(sent=True))

    assert returns.take(bounce(message, status, action, words=words)) == kinds
    assert state_of(message) == state
    assert bool(cause(message)) == (state == "failed")


def test_report_that_names_an_address_we_never_wrote_to_is_not_believed():
    message = own(MessageFactory(sent=True))
    stranger = MessageFactory.build(to_email="victim@partners.example", message_id=message.message_id)

    assert returns.take(bounce(stranger)) == ["unknown"]
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied (vacation)", "X-Autoreply: yes", "Precedence: auto_reply", "Precedence: bulk"],
)
def test_out_of_office_is_neither_read_nor_answered(header, outbox):
    message = own(MessageFactory(sent=True))
    letter = f"From: {message.to_email}\n{header}\nSubject: Away\n\nI am away: user unknown.\n"

    assert returns.take(letter.encode()) == ["ignored"]
    delivery.drain()
    assert (Report.objects.count(), len(outbox)) == (0, 0)


def test_complaint_is_read():
    message = own(MessageFactory(sent=True))
    letter = f"""From: fbl@mx.partners.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="BB"

--BB
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1
Original-Rcpt-To: <{message.to_email}>

--BB
Content-Type: message/rfc822

Message-ID: {message.message_id}
Subject: A reminder

Text.

--BB--
"""
    assert returns.take(letter.encode()) == ["complained"]
    assert cause(message) == ["complained"]


def test_older_shapes_are_read_too():
    message = own(MessageFactory(sent=True, to_email="gone@partners.example"))
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "MAILER-DAEMON@partners.example", "failure notice"
    letter.set_content(
        "Hi. This is the qmail-send program at partners.example.\nI'm afraid I wasn't able to deliver your message "
        "to the "
        "following addresses.\n\n<gone@partners.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n"
    )

    assert returns.take(letter.as_bytes()) == ["bounced"]
    assert state_of(message) == "failed"


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"Content-Type: multipart/report; boundary=x\n\n--x", b"Hello"]
)
def test_nonsense_is_passed_over(content):
    assert returns.take(content) in (["unknown"], ["ignored"])


def test_storm_of_a_thousand_is_taken_once_and_answered_by_nothing(outbox, tmp_path):
    """Half of them twice, out-of-office answers between them, and the reader comes again."""
    people = [own(MessageFactory(sent=True, recipient=f"storm{number}")) for number in range(40)]
    mailbox.Maildir(tmp_path / "returned")
    for number in range(1000):
        message = people[number % 40]
        letter = b"Auto-Submitted: auto-replied\nSubject: Away\n\nAway.\n" if number % 5 == 0 else bounce(message)
        (tmp_path / "returned" / "new" / f"{number}.mx").write_bytes(letter)
    said = StringIO()

    call_command("read_bounces", "--mailbox", f"maildir:{tmp_path}/returned", stdout=said)
    call_command("read_bounces", "--mailbox", f"maildir:{tmp_path}/returned")

    counts = json.loads(said.getvalue())
    assert counts == {"bounced": 32, "known": 768, "ignored": 200}
    assert Suppression.objects.filter(cause="bounced").count() == 32
    assert len(mailbox.Maildir(tmp_path / "returned")) == 0
    MessageFactory(to_email=people[1].to_email, occurrence="next", category="consultation")
    assert delivery.drain()["skipped"] == 1
    assert len(outbox) == 0


def test_mailbox_is_read_every_five_minutes_and_may_be_away(settings, tmp_path, time_machine_at):
    settings.BOUNCE_MAILBOX = f"mbox:{tmp_path}/returned"
    message = own(MessageFactory(sent=True))
    (tmp_path / "returned").write_bytes(b"From mx Thu Nov 26 10:00:00 2026\n" + bounce(message))

    assert returns.read_when_due() == {"bounced": 1}
    assert returns.read_when_due() == {}
    time_machine_at.shift(timedelta(minutes=6))
    assert returns.read_when_due() == {}
    settings.BOUNCE_MAILBOX = "imap://user:word@127.0.0.1:9/INBOX"
    time_machine_at.shift(timedelta(minutes=6))
    returns.read_when_due()
    assert Line.objects.get(name="bounces").failures == 1


@pytest.mark.parametrize("address", ["", "pop3://x"])
def test_command_says_what_it_needs(address):
    with pytest.raises(CommandError, match="mailbox"):
        call_command("read_bounces", "--mailbox", address)


# --- texts go when their time is over -------------------------------------------------------------------


def test_text_goes_after_its_months_and_the_fact_stays(settings, time_machine_at):
    settings.MESSAGE_MONTHS = 2
    old, waiting = MessageFactory(sent=True), MessageFactory(state="held")
    time_machine_at.shift(timedelta(days=60))
    young = MessageFactory(sent=True)

    assert retention.forget_when_due() == 0
    time_machine_at.shift(timedelta(days=2))
    assert retention.forget_when_due() == 1
    assert retention.forget_when_due() == 0

    for message in (old, waiting, young):
        message.refresh_from_db()
    assert (old.text_body, old.html_body, old.state) == ("", "", "sent")
    assert old.to_email
    assert waiting.text_body
    assert young.text_body
