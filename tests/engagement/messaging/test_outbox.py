"""Asking for a message."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.db import transaction
from django.template import engines
from django.utils import timezone
from kombu.exceptions import OperationalError

from engagement.messaging import delivery, outbox, tasks
from engagement.messaging.models import OutgoingMessage, address_hash

pytestmark = pytest.mark.django_db
TEMPLATES = {
    "letters/note.subject.txt": "About {{ what }}\n  for you\r\nBcc: everybody@partners.example",
    "letters/note.txt": "Dear {{ name }},\n\n{% if extra %}More{% endif %}\n\n\n\nsee {{ site.url }}/x & more\n",
    "letters/note.html": "<html><head><style>p { color: #0b6470 }</style></head><body><p>{{ name }}</p></body></html>",
}


@pytest.fixture(autouse=True)
def _templates(settings):
    loaders = [("django.template.loaders.locmem.Loader", TEMPLATES)]
    engine = {**settings.TEMPLATES[0], "DIRS": [], "APP_DIRS": False}
    settings.TEMPLATES = [{**engine, "OPTIONS": {**engine["OPTIONS"], "loaders": loaders}}]
    engines.__dict__.pop("templates", None)


def ask(**changes):
    wanted = {
        "to": "Ada@Partners.example",
        "to_name": "Ada",
        "rule": "tests.note",
        "occurrence": "first",
        "recipient": "1",
        "context": {"name": "Ada <b>", "what": "rivers & roads"},
    }
    return outbox.queue("letters/note", **{**wanted, **changes})


def test_message_is_rendered_when_it_is_asked_for(settings):
    message = ask()

    assert message.subject == "About rivers & roads for you Bcc: everybody@partners.example"
    assert message.text_body == f"Dear Ada <b>,\n\nsee {settings.SITE_URL}/x & more\n"
    assert '<p style="color: #0b6470">Ada &lt;b&gt;</p>' in message.html_body.replace(';"', '"')
    assert message.message_id == f"<{message.public_id}@soundings.example>"


def test_asking_twice_sends_once(outbox):
    first, second = ask(), ask(context={"name": "Ada", "what": "something else"})

    for _ in range(2):
        delivery.drain()

    assert second == first
    assert outbox.only().subject.startswith("About rivers")


def test_two_contacts_with_one_mailbox_get_one_message(outbox):
    ask()

    assert ask(recipient="2", to="ada@partners.EXAMPLE") is None
    delivery.drain()
    assert len(outbox) == 1


def test_another_occasion_is_another_message():
    assert ask(occurrence="second") != ask()
    assert OutgoingMessage.objects.count() == 2


def test_asking_within_a_savepoint_that_fails_asks_for_nothing():
    with transaction.atomic():
        point = transaction.savepoint()
        ask()
        transaction.savepoint_rollback(point)
        ask(recipient="2", to="bob@partners.example")

    assert [message.to_email for message in OutgoingMessage.objects.all()] == ["bob@partners.example"]


def test_bell_rings_once_for_many_messages(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as rung:
        for number in range(3):
            ask(recipient=str(number), to=f"reader{number}@partners.example")

    assert len(rung) == 1


def test_broker_that_is_down_breaks_nothing(django_capture_on_commit_callbacks, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(tasks.send_due, "apply_async", refuse)

    with django_capture_on_commit_callbacks(execute=True):
        message = ask()

    assert message.state == "planned"


def test_a_broker_that_was_restarted_is_found_again_at_once(monkeypatch):
    links = []

    def ring(*, connection, **kwargs):
        links.append(connection)
        if len(links) == 2:
            raise OperationalError("the link of the first message is dead")

    monkeypatch.setattr(tasks.send_due, "apply_async", ring)

    for _ in range(3):
        outbox.ring()

    first, dead, new, again = links
    assert (first is dead, new is dead, again is new) == (True, False, True)


def test_message_waits_for_its_moment(outbox):
    message = ask(due_at=timezone.now() + timedelta(hours=1))

    delivery.drain()

    message.refresh_from_db()
    assert (message.state, len(outbox)) == ("planned", 0)


def test_unknown_check_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError, match="no “nonsense”"):
        ask(check="nonsense")


def test_headers_say_that_a_machine_wrote_it(outbox):
    ask(reply_to="officer@soundings.example")
    delivery.drain()

    sent = outbox.only()
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert sent.extra_headers["X-Auto-Response-Suppress"] == "All"
    assert "List-Unsubscribe" not in sent.extra_headers
    assert (sent.to, sent.reply_to) == (["Ada <Ada@Partners.example>"], ["officer@soundings.example"])


def test_messages_that_are_not_transactional_can_be_stopped_with_one_click(outbox, settings):
    ask(category="consultation")
    delivery.drain()

    headers = outbox.only().extra_headers
    assert headers["List-Unsubscribe"].startswith(f"<{settings.SITE_URL}/messages/unsubscribe/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_calendar_travels_as_a_part_and_as_a_file(outbox):
    ask(calendar="BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n", calendar_method="REQUEST")
    delivery.drain()

    content = outbox.only().message().as_bytes(linesep="\r\n")
    parsed = message_from_bytes(content, policy=policy.default)
    kinds = [part.get_content_type() for part in parsed.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    part, file = list(parsed.walk())[-2:]
    assert part["Content-Type"].params["method"] == "REQUEST"
    assert file.get_filename() == "invite.ics"
    assert file.get_content() == b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_key_of_an_address_does_not_depend_on_its_capitals():
    assert address_hash(" Ada@Partners.example ") == address_hash("ada@partners.EXAMPLE")
