"""Pages of the messages."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from engagement.messaging import building
from engagement.messaging.models import Line, OutgoingMessage, Suppression, address_hash
from tests.factories.accounts import UserFactory
from tests.factories.messaging import MessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(signed_in):
    return signed_in(UserFactory(engagement=True))


def page_of(message):
    return reverse("messaging:message", args=[message.public_id])


def decide(message, act):
    return reverse("messaging:decide", args=[message.public_id, act])


@pytest.mark.parametrize("many", [1, 3])
def test_list_costs_the_same_however_many_messages_there_are(staff, django_assert_num_queries, many):
    MessageFactory.create_batch(many, failed=True, scope="lis")
    MessageFactory.create_batch(many, scope="lis")

    with django_assert_num_queries(9):
        page = staff.get(reverse("messaging:list"))

    assert page.status_code == 200
    assert page.content.decode().count("550 5.1.1 No such mailbox") == 2 * many


def test_list_begins_with_the_next_seven_days_and_the_problems(staff):
    soon = timezone.now() + timedelta(days=2)
    for _ in range(3):
        MessageFactory(subject="A reminder", scope="lis", due_at=soon)
    MessageFactory(subject="Later", due_at=timezone.now() + timedelta(days=8))
    MessageFactory(uncertain=True)

    page = staff.get(reverse("messaging:list"))

    assert [(entry["subject"], entry["many"]) for entry in page.context["next_days"]] == [("A reminder", 3)]
    assert [message.state for message in page.context["problems"]] == ["uncertain"]


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ("show=problems", ["Failed one"]),
        ("show=sent", ["Sent one"]),
        ("scope=lis", ["Sent one"]),
        ("q=ada", ["Failed one"]),
        ("show=nonsense", ["Failed one", "Sent one"]),
    ],
)
def test_list_can_be_narrowed(staff, query, subjects):
    MessageFactory(failed=True, subject="Failed one", to_email="ada@partners.example")
    MessageFactory(sent=True, subject="Sent one", scope="lis")

    page = staff.get(f"{reverse('messaging:list')}?{query}")

    assert sorted(message.subject for message in page.context["rows"]) == subjects


def test_staff_are_told_when_the_mail_server_is_away(staff):
    Line.objects.create(name="mail", failures=7, paused_until=timezone.now() + timedelta(minutes=4), reason="Refused.")

    assert "did not answer 7 times in a row" in staff.get(reverse("messaging:list")).content.decode()


def test_message_page_tells_the_whole_story(staff):
    message = MessageFactory(uncertain=True, text_body="Dear Ada, come & see.")

    page = staff.get(page_of(message)).content.decode()

    assert "Dear Ada, come &amp; see." in page
    assert "The line broke after the message was handed over." in page
    assert "Send it again" in page
    assert "Treat it as sent" in page


@pytest.mark.parametrize("rule", ["accounts.code", "submissions.receipt"])
def test_text_for_its_reader_alone_is_shown_to_nobody_else(signed_in, rule):
    message = MessageFactory(rule=rule, text_body="Your code is 123456", subject="Your code")

    page = signed_in(UserFactory(administrator=True)).get(page_of(message)).content.decode()

    assert "123456" not in page


@pytest.mark.parametrize(("kind", "status"), [({}, 403), ({"officer": True}, 403), ({"engagement": True}, 200)])
def test_who_may_read_messages(signed_in, kind, status):
    client = signed_in(UserFactory(**kind))

    assert client.get(reverse("messaging:list")).status_code == status


def test_messages_do_not_exist_for_partners(signed_in):
    assert signed_in(UserFactory()).get(page_of(MessageFactory())).status_code == 404


@pytest.mark.parametrize(
    ("trait", "act", "state"),
    [
        ("uncertain", "send-again", "planned"),
        ("uncertain", "treat-as-sent", "sent"),
        ("failed", "send-again", "planned"),
        ("held", "release", "planned"),
        ("held", "drop", "skipped"),
        ("planned", "hold", "held"),
    ],
)
def test_staff_decide_what_becomes_of_a_message(staff, trait, act, state):
    message = MessageFactory(**({trait: True} if trait in {"uncertain", "failed"} else {"state": trait}))

    assert staff.get(decide(message, act)).status_code == 200
    for _ in range(2):
        staff.post(decide(message, act))

    message.refresh_from_db()
    assert message.state == state
    assert message.steps.count() == 1


def test_message_that_was_sent_meanwhile_is_not_sent_again(staff):
    message = MessageFactory(sent=True)

    page = staff.post(decide(message, "send-again"))

    message.refresh_from_db()
    assert (page.status_code, message.state) == (422, "sent")
    assert "This message is “Sent” by now, so nothing was changed." in page.content.decode()


def test_message_whose_time_has_passed_is_not_sent_again(staff):
    message = MessageFactory(failed=True, expires_at=timezone.now() - timedelta(days=1))

    page = staff.post(decide(message, "send-again"))

    assert "The time of this message has passed" in page.content.decode()


# --- stopping messages ----------------------------------------------------------------------------------

KEY = address_hash("ada@partners.example")


@pytest.fixture
def link():
    return building.unsubscribe_url("consultation", KEY).removeprefix("http://127.0.0.1:8000")


def test_reading_the_page_stops_nothing(client, link):
    page = client.get(link)

    assert "Stop these messages?" in page.content.decode()
    assert not Suppression.objects.exists()


def test_one_click_needs_no_sign_in_no_cookie_and_may_come_twice(link):
    machine = Client(enforce_csrf_checks=True)
    for _ in range(2):
        page = machine.post(link, {"List-Unsubscribe": "One-Click"})

    assert page.status_code == 200
    stopped = Suppression.objects.get()
    assert (stopped.address_key, stopped.category, stopped.cause) == (KEY, "consultation", "unsubscribed")


def test_stopping_can_be_taken_back(client, link):
    client.post(link)
    client.post(link, {"act": "undo"})

    assert not Suppression.objects.exists()


def test_false_link_leads_nowhere(client):
    assert client.get(reverse("messaging:unsubscribe", args=["false:token"])).status_code == 404


def test_command_sends_what_is_due_and_counts_it(outbox):
    MessageFactory.create_batch(2)
    MessageFactory(to_email="nonsense")
    said = StringIO()

    call_command("send_due", "--once", stdout=said)

    assert json.loads(said.getvalue()) == {"sent": 2, "skipped": 0, "failed": 1, "uncertain": 0}
    assert OutgoingMessage.objects.filter(state="sent").count() == len(outbox) == 2
