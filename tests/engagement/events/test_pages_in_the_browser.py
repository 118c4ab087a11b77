"""Invitations, places and tables in a real browser: without scripts, on a small screen, by keyboard and reader."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import timezone

from engagement.events import arranging, invitees, lifecycle, queries, seating
from engagement.events.models import AgendaItem, Invitee, Need, Venue
from engagement.messaging.models import address_hash
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, TopicFactory
from tests.factories.stakeholders import KindFactory

pytestmark = pytest.mark.django_db(transaction=True)
MOST_BYTES = 60_000


@pytest.fixture
def event():
    """With a venue, an agenda, tables, questions, a sector's places and one person who waits."""
    staff = UserFactory(engagement=True)
    venue = Venue.objects.create(name="Exchange Hall", features={"step_free": "yes", "lift": "no"}, travel="Metro.")
    event = EventFactory(capacity=1, venue=venue, mode="hybrid", online_capacity=0, offer_hours=24, created_by=staff)
    topic = TopicFactory(event=event)
    kind = KindFactory()
    lifecycle.allocate(event.pk, {kind.sector_id: {"reserved": 0, "most": 4, "target": 3, "release_at": None}})
    arranging.set_agenda(
        event.pk, [AgendaItem(begins="10:00", ends="11:00", title="Skills", is_session=True)], actor=staff
    )
    row = {"pk": None, "name": "Blue", "chairs": 8, "spare": 1, "topic_id": topic.pk}
    arranging.set_tables(event.pk, [row], actor=staff)
    question = {"pk": None, "text": "Which session?", "type": "choice", "choices": ["Skills", "Ports"]}
    lifecycle.set_questions(
        event.pk,
        [{**question, "is_required": True, "only_for_id": None}],
        {"photos": "Pictures may be taken."},
        actor=staff,
    )
    lifecycle.register(event.pk, name="Ben Bolam", email="ben@partner.example", kind=kind, needs=["parking"])
    seating.share_out(event.pk, actor=staff)
    return event


def test_an_invitation_becomes_a_place_by_an_offer_without_scripts(open_page, fits, axe, event):
    asked = Invitee.objects.create(
        event=event,
        name="Ada Ashby",
        email="ada@partner.example",
        email_key=address_hash("ada@partner.example"),
        sent_at=timezone.now(),
    )
    page = open_page(reverse("events:invited", args=[invitees.token_of(asked)]), width=320, js=False)
    fits(page)
    page.get_by_role("link", name="Accept and book").click()
    page.get_by_label("In person").check()
    page.get_by_label("Ports").check()
    page.get_by_label("Hearing loop").check()
    page.get_by_label("I agree").check()
    fits(page)
    page.get_by_role("button", name="Join the waiting list").click()
    page.get_by_role("heading", name="Look in your mailbox").wait_for()
    lifecycle.cancel(event.registrations.get(name="Ben Bolam").pk)
    mine = event.registrations.get(name="Ada Ashby")

    page.goto(reverse("events:booking", args=[queries.booking_token(mine)]))
    fits(page)
    page.get_by_role("link", name="Take up my place").click()
    page.get_by_role("button", name="Yes, I am coming").click()
    page.get_by_text("You have a place").first.wait_for()

    mine.refresh_from_db()
    asked.refresh_from_db()
    assert (mine.state, list(mine.answers.values()), asked.state) == ("confirmed", ["Ports"], "accepted")


def test_the_public_pages_of_an_event_are_accessible_and_small(open_page, fits, axe, event, client):
    asked = Invitee.objects.create(event=event, name="Ada", email="a@b.example", email_key="x", sent_at=timezone.now())
    token, own = invitees.token_of(asked), queries.booking_token(event.registrations.get())
    page = open_page(reverse("events:list"), width=320)
    for name, args in (
        ("list", []),
        ("event", [event.slug]),
        ("book", [event.slug]),
        ("booking", [own]),
        ("hand_on", [own]),
        ("invited", [token]),
        ("decline_invitation", [token]),
    ):
        page.goto(reverse(f"events:{name}", args=args))
        fits(page)
        axe(page)
    styles = sum(
        Path(finders.find(f"soundings/{name}")).stat().st_size
        for name in ("soundings.css", "components.css", "soundings.js")
    )
    assert len(client.get(reverse("events:book", args=[event.slug])).content) + styles < MOST_BYTES


def test_the_staff_pages_of_places_tables_invitations_and_needs_are_accessible(open_page, fits, axe, event):
    page = open_page(reverse("events:places", args=[event.public_id]), user=event.created_by, width=320)
    need = Need.objects.get()
    one = [event.public_id]
    for name, args in (
        *((name, one) for name in ("places", "tables", "seating", "invitations", "invite")),
        *((name, one) for name in ("needs", "questions", "staff_event")),
        ("need", [event.public_id, need.public_id]),
        ("new_venue", []),
    ):
        page.goto(reverse(f"events:{name}", args=args))
        fits(page)
        axe(page)
