"""Booking without an account, and what the signed links show."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from engagement.events import lifecycle, queries
from engagement.events.models import NoteAmendment, Registration
from engagement.events.views import public
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.events import AttendanceFactory, EventFactory, NoteFactory, RegistrationFactory, TopicFactory
from tests.factories.stakeholders import KindFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
LIST = "/events/"


def form_of(page):
    """What the booking page sends when a person fills it in."""
    form = page.context["form"]
    return {"name": "Ada", "email": "ada@partner.example", "consent": "on", "form_key": str(form["form_key"].value())}


def book(client, event, **values):
    address = reverse("events:book", args=[event.slug])
    data = {**form_of(client.get(address)), **values}
    return client.post(address, data, follow=True)


@pytest.mark.parametrize("events", [1, 3])
def test_the_list_costs_the_same_however_many_events(client, django_assert_num_queries, events):
    EventFactory.create_batch(events)
    for state in ("draft", "cancelled"):
        EventFactory(state=state, state_reason="Snow")
    EventFactory(over=True)
    with django_assert_num_queries(3):
        page = client.get(LIST)
    assert page.content.count(b"<article") == events


def test_an_empty_list_says_what_to_do(client):
    assert "No event is planned at the moment" in client.get(LIST).text


def test_the_page_says_when_where_and_whether_there_is_a_place(client):
    event = EventFactory(capacity=2, context_title="Growing together", context_url="/consultations/growing/")
    TopicFactory(event=event, title="Skills")
    address = reverse("events:event", args=[event.slug])
    for sentence in (
        "2 of 2 places left",
        "Exchange Hall",
        "hearing loop",
        "Skills",
        'href="/consultations/growing/"',
        "Book a place",
    ):
        assert sentence in client.get(address).text
    RegistrationFactory.create_batch(2, event=event)
    assert "All 2 places taken; there is a waiting list" in client.get(address).text


def test_a_draft_exists_for_staff_only(client, signed_in):
    address = reverse("events:event", args=[EventFactory(state="draft").slug])
    assert client.get(address).status_code == 404
    assert signed_in(UserFactory()).get(address).status_code == 404
    assert signed_in(UserFactory(officer=True)).get(address).status_code == 200


def test_booking_and_the_back_button_make_one_booking_and_one_message(client):
    event, kind = EventFactory(), KindFactory()
    address = reverse("events:book", args=[event.slug])
    data = {**form_of(client.get(address)), "kind": kind.pk, "access_needs": "A ramp", "organisation_name": "Tyne Tool"}

    receipts = [client.post(address, data, follow=True) for _ in range(2)]

    registration = Registration.objects.get()
    assert (registration.kind, registration.access_needs, registration.consent_version) == (kind, "A ramp", "2026-11")
    assert OutgoingMessage.objects.count() == 1
    for receipt in receipts:
        assert receipt.redirect_chain == [(reverse("events:booked", args=[event.slug]), 302)]
        assert "ada@partner.example" in receipt.text


def test_the_receipt_never_tells_whether_an_address_was_known(client):
    """New, known, confirmed or waiting: the same page to the last letter, and nothing of the earlier booking."""
    event = EventFactory(capacity=1)
    lifecycle.register(event.pk, name="Ada Secret", email="ada@partner.example", organisation_name="Hidden Ltd")

    known, new = book(client, event), book(client, event, email="new@partner.example")

    assert known.text.replace("ada@partner.example", "X") == new.text.replace("new@partner.example", "X")
    assert "Secret" not in known.text
    assert "Hidden" not in known.text
    assert "/bookings/" not in known.text
    assert sorted(OutgoingMessage.objects.values_list("rule", flat=True)) == [
        "events.booked_again",
        "events.confirmed",
        "events.waiting",
    ]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Enter your name."),
        ({"email": ""}, "Enter your e-mail address."),
        ({"email": "ada at partner"}, "Enter an e-mail address with an @ in it, like name@example.org."),
        ({"consent": ""}, "We can only book a place for you if you agree to this."),
        ({"kind": "999999"}, "is not among the choices"),
    ],
)
def test_a_booking_that_lacks_something_is_told_in_words_and_keeps_what_was_typed(client, wrong, sentence):
    page = book(client, EventFactory(), access_needs="A ramp", **wrong)
    assert page.status_code == 422
    assert page.text.count(sentence) == 2
    assert "A ramp" in page.text
    assert Registration.objects.count() == 0


def test_a_booking_after_closing_is_told_in_words(client):
    event = EventFactory()
    address = reverse("events:book", args=[event.slug])
    data = form_of(client.get(address))
    lifecycle.close_booking(event.pk)
    page = client.post(address, data)
    assert page.status_code == 422
    assert "“booking closed”" in page.text


def test_the_link_shows_the_booking_and_gives_it_up_once(client):
    # So near that the link to join is shown.
    tomorrow = timezone.now() + timedelta(days=1)
    event = EventFactory(capacity=1, joining_link="https://meet.example/private", mode="hybrid", starts_at=tomorrow)
    ada = lifecycle.register(event.pk, name="Ada", email="ada@partner.example", access_needs="A ramp")
    ben = lifecycle.register(event.pk, name="Ben", email="ben@partner.example")
    token, his = queries.booking_token(ada), queries.booking_token(ben)
    booking = reverse("events:booking", args=[token])

    page, waiting = client.get(booking).text, client.get(reverse("events:booking", args=[his])).text
    assert ("You have a place" in page, "A ramp" in page, "meet.example" in page) == (True, True, True)
    assert ("You are number 1 on the waiting list" in waiting, "meet.example" in waiting) == (True, False)

    for _ in range(2):
        assert client.post(reverse("events:give_up", args=[token]), follow=True).redirect_chain == [(booking, 302)]
    assert "Your booking is cancelled" in client.get(booking).text
    assert "You have a place" in client.get(reverse("events:booking", args=[his])).text


def test_the_calendar_file_of_a_booking_and_of_all_events(client):
    registration = RegistrationFactory()
    own = client.get(reverse("events:booking_calendar", args=[queries.booking_token(registration)]))
    assert own["Content-Type"] == "text/calendar; charset=utf-8; method=REQUEST"
    assert len(Calendar.from_ical(own.content).walk("VEVENT")) == 1
    feed = client.get("/events/calendar.ics")
    assert Calendar.from_ical(feed.content)["METHOD"] == "PUBLISH"
    assert registration.email not in feed.text


def test_a_link_for_another_purpose_or_a_made_up_one_opens_nothing(client):
    registration = RegistrationFactory(event=EventFactory(over=True))
    AttendanceFactory(registration=registration)
    for name, token in (
        ("booking", queries.notes_token(registration)),
        ("attendee_notes", queries.booking_token(registration)),
        ("booking", "made-up"),
        ("booking_calendar", str(registration.public_id)),
    ):
        assert client.get(reverse(f"events:{name}", args=[token])).status_code == 404


def test_those_who_came_read_the_notes_and_propose_an_amendment(client):
    event = EventFactory(over=True)
    came = AttendanceFactory(registration=RegistrationFactory(event=event, name="Sam Okoro")).registration
    wind = OrganisationFactory(name="Wear Wind")
    note = NoteFactory(
        event=event, state="circulated", circulated_at=event.ends_at, organisations=[wind], text="Buses are late."
    )
    NoteFactory(event=event, text="Still a draft")
    token = queries.notes_token(came)
    address = reverse("events:attendee_notes", args=[token])

    page = client.get(address).text
    assert ("Buses are late." in page, "Still a draft" in page, "Wear Wind" in page) == (True, False, False)

    amend = reverse("events:propose_amendment", args=[token, note.public_id])
    assert "Buses are late." in client.get(amend).text
    same = client.post(amend, {"text": "Buses are late."})
    assert (same.status_code, "This is what the note says already" in same.text) == (422, True)
    for _ in range(2):
        client.post(amend, {"text": "Buses begin late."})
    amendment = NoteAmendment.objects.get()
    assert (amendment.author_name, amendment.registration, amendment.state) == ("Sam Okoro", came, "proposed")
    assert "Your amendment is proposed" in client.get(address).text


def test_who_did_not_come_does_not_read_the_notes(client):
    registration = RegistrationFactory(event=EventFactory(over=True))
    address = reverse("events:attendee_notes", args=[queries.notes_token(registration)])
    assert client.get(address).status_code == 404
    AttendanceFactory(registration=registration, status="absent")
    assert client.get(address).status_code == 404


def test_more_bookings_than_one_network_makes_in_an_hour_are_refused_in_words(client, time_machine):
    time_machine.move_to("2026-11-26 10:00 +0000")
    event = EventFactory(capacity=100)
    for number in range(public.BY_NETWORK.most):
        assert book(client, event, email=f"number{number}@partner.example").redirect_chain
    refused = book(client, event, email="one.more@partner.example")

    assert refused.status_code == 422
    assert "Many places were booked from your network within the hour." in refused.text
    assert Registration.objects.count() == public.BY_NETWORK.most

    time_machine.shift(public.BY_NETWORK.seconds)
    assert book(client, event, email="one.more@partner.example").redirect_chain


def test_nobody_fills_the_mailbox_of_somebody_else(client):
    event = EventFactory(capacity=100)
    shown = [book(client, event, email=email) for email in ["ada@partner.example", "ADA@partner.example"] * 5]

    most = public.BY_MAILBOX.most
    assert [page.status_code for page in shown] == [200] * most + [422] * (10 - most)
    assert "Several places were booked with this e-mail address" in shown[-1].text
    assert OutgoingMessage.objects.count() <= most


def test_one_form_for_many_mailboxes_gets_round_no_limit(client, monkeypatch):
    monkeypatch.setattr(public, "BY_NETWORK", replace(public.BY_NETWORK, most=3))
    event = EventFactory(capacity=100)
    address = reverse("events:book", args=[event.slug])
    data = form_of(client.get(address))

    for number in range(8):
        client.post(address, {**data, "email": f"number{number}@partner.example"})

    assert Registration.objects.count() == 3


def test_a_double_click_counts_once(client, monkeypatch):
    monkeypatch.setattr(public, "BY_MAILBOX", replace(public.BY_MAILBOX, most=1))
    event = EventFactory()
    address = reverse("events:book", args=[event.slug])
    data = form_of(client.get(address))

    assert [client.post(address, data).status_code for _ in range(5)] == [302] * 5


def test_a_program_that_fills_every_field_books_nothing(client):
    refused = book(client, EventFactory(), website="https://buy.example")

    assert refused.status_code == 422
    assert "A field that is to stay empty was filled in" in refused.text
    assert not Registration.objects.exists()
