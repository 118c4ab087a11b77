"""The page that says whether messages leave, the switch, the addresses to put right, and preferences."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from engagement.core import tokens
from engagement.messaging import building, line
from engagement.messaging.models import Line, OutgoingMessage, Report, Step, Suppression, address_hash
from tests.factories.accounts import UserFactory
from tests.factories.messaging import MessageFactory
from tests.factories.stakeholders import ContactFactory

pytestmark = pytest.mark.django_db
STATUS = "/messages/status/"


@pytest.fixture
def staff(signed_in):
    return signed_in(UserFactory(engagement=True))


@pytest.mark.parametrize("many", [1, 3])
def test_status_costs_the_same_however_many_messages_there_are(staff, django_assert_num_queries, many):
    for number in range(many):
        for state in OutgoingMessage.State.values:
            MessageFactory(rule=f"mailing.{number}", state=state, sent_at=timezone.now(), reason=f"Reason {number}")
        Suppression.objects.create(address_key=str(number), cause="bounced")
        Step.objects.create(text="Sending stopped: why")

    with django_assert_num_queries(10):
        page = staff.get(STATUS)

    assert page.status_code == 200
    assert page.content.decode().count("Release<span") == many


def test_status_says_what_is_stuck(staff):
    now = timezone.now()
    Line.objects.create(
        name="mail", looked_at=now - timedelta(minutes=20), failures=7, paused_until=now + timedelta(minutes=3)
    )
    MessageFactory(due_at=now - timedelta(hours=2), priority=1)
    MessageFactory(state="skipped", reason="Ada has answered meanwhile.")

    page = staff.get(STATUS).content.decode()

    for words in (
        "for 20 minutes",
        "did not answer 7 times in a row",
        "Ada has answered meanwhile.",
        "About something you did",
    ):
        assert words in page


def test_switch_asks_why_and_says_so_on_every_page_of_staff(staff):
    assert staff.post("/messages/stop/", {}).status_code == 422
    assert not line.is_stopped()

    for _ in range(2):
        staff.post("/messages/stop/", {"why": "The wrong text went out."})

    assert line.is_stopped()
    assert Step.objects.count() == 1
    assert "The wrong text went out." in staff.get(reverse("dashboards:home")).content.decode()
    assert "Start sending again" in staff.get(STATUS).content.decode()
    assert staff.post("/messages/start/", {}).status_code == 422
    MessageFactory()
    staff.post("/messages/start/", {"older": "hold"})
    assert not line.is_stopped()
    assert OutgoingMessage.objects.get().state == "held"
    assert "The wrong text went out." not in staff.get(reverse("dashboards:home")).content.decode()
    again = staff.post("/messages/start/", {"older": "hold"})
    assert (again.status_code, "Sending is on already" in again.content.decode()) == (422, True)


@pytest.mark.parametrize(("act", "state"), [("release", "planned"), ("drop", "skipped")])
def test_held_mailing_is_decided_at_once(staff, act, state):
    messages = MessageFactory.create_batch(3, rule="mailing", state="held")
    other = MessageFactory(rule="other", state="held")
    address = f"/messages/{messages[0].public_id}/{act}-mailing/"

    assert "3 held messages" in staff.get(address).content.decode()
    for _ in range(2):
        staff.post(address)

    assert set(OutgoingMessage.objects.filter(rule="mailing").values_list("state", flat=True)) == {state}
    other.refresh_from_db()
    assert other.state == "held"
    assert Step.objects.count() == 3


@pytest.mark.parametrize("many", [1, 3])
def test_addresses_to_put_right_lead_to_their_people(staff, django_assert_num_queries, many):
    for number in range(many):
        person = ContactFactory(email=f"Gone{number}@partners.example")
        MessageFactory(failed=True, to_email=f"gone{number}@partners.example")
        key = address_hash(person.email)
        Suppression.objects.create(address_key=key, cause="bounced", reason="550 5.1.1 Nobody")
        Suppression.objects.create(address_key=key, cause="unsubscribed", category="news")

    with django_assert_num_queries(5):
        page = staff.get("/messages/addresses/").content.decode()

    assert page.count("550 5.1.1 Nobody") == many
    assert page.count(reverse("stakeholders:contact", args=[person.public_id])) == 1


def test_address_is_written_to_again(staff):
    message = MessageFactory(failed=True)
    found = Suppression.objects.create(address_key=message.address_key, cause="failing")
    address = reverse("messaging:put_right", args=[found.pk])

    assert message.to_email in staff.get(address).content.decode()
    staff.post(address)

    assert not Suppression.objects.exists()
    assert staff.post(address).status_code == 404


def test_what_somebody_unsubscribed_from_cannot_be_taken_back_by_staff(staff):
    found = Suppression.objects.create(address_key="x", cause="unsubscribed", category="news")

    assert staff.post(reverse("messaging:put_right", args=[found.pk])).status_code == 404


def test_story_tells_everything_in_order(staff):
    message = MessageFactory(sent=True)
    Report.objects.create(
        message=message, address_key="x", kind="delivered", at=timezone.now(), source="1", text="250 ok"
    )
    Step.objects.create(message=message, text="Sent again")

    page = staff.get(reverse("messaging:message", args=[message.public_id])).content.decode()

    places = [page.index(words) for words in ("Asked for", "Taken by the mail server", "Delivered. 250 ok")]
    assert places[1:] == sorted(places[1:])


def test_deleted_text_says_so_and_is_not_sent_again(staff):
    message = MessageFactory(failed=True, text_body="", text_deleted_at=timezone.now())

    assert "Its text was deleted" in staff.get(reverse("messaging:message", args=[message.public_id])).content.decode()
    page = staff.post(reverse("messaging:decide", args=[message.public_id, "send-again"]))
    assert "The text of this message was deleted" in page.content.decode()


# --- what the holder of a mailbox chooses ---------------------------------------------------------------

KEY = address_hash("ada@partners.example")


@pytest.fixture
def preferences():
    return reverse("messaging:preferences", args=[tokens.sign(building.PREFERENCES, KEY)])


def stopped():
    return set(Suppression.objects.filter(address_key=KEY).values_list("category", "cause"))


def test_preferences_are_kept_kind_by_kind_without_an_account(preferences):
    machine = Client(enforce_csrf_checks=True)
    for _ in range(2):
        page = machine.post(preferences, {"kind": ["event"]})

    assert stopped() == {("consultation", "unsubscribed"), ("news", "unsubscribed")}
    assert page.content.decode().count(" checked") == 1
    machine.post(preferences, {"kind": ["event", "consultation", "news", "nonsense"]})
    assert stopped() == set()


def test_reading_preferences_changes_nothing_and_staff_s_stop_stays(client, preferences):
    Suppression.objects.create(address_key=KEY, cause="staff")

    page = client.get(preferences).content.decode()
    client.post(preferences, {"kind": ["consultation", "event", "news"]})

    assert "We send nothing to this address at the moment." in page
    assert stopped() == {("", "staff")}


def test_link_for_another_purpose_opens_no_preferences(client):
    link = building.unsubscribe_url("event", KEY).rstrip("/").rpartition("/")[2]

    assert client.get(reverse("messaging:preferences", args=[link])).status_code == 404


def test_pages_are_for_everybody(open_page, axe, fits, preferences):
    MessageFactory(state="held")
    Suppression.objects.create(address_key=MessageFactory(failed=True).address_key, cause="bounced")
    user = UserFactory(engagement=True)
    page = open_page(STATUS, user=user, width=320)
    for path in (STATUS, "/messages/addresses/", "/messages/stop/", "/messages/start/", preferences):
        page.goto(path)
        axe(page)
        fits(page)
