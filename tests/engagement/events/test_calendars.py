"""Calendar files, read back by somebody else's reader and by a strict one of our own."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from icalendar import Calendar

from engagement.core.walltime import instant_of
from engagement.events import calendars, lifecycle, queries
from engagement.events.models import Event
from engagement.messaging import delivery
from engagement.messaging.building import build
from engagement.messaging.models import OutgoingMessage
from tests.factories.events import EventFactory, RegistrationFactory
from tests.plugins import icalreader

pytestmark = pytest.mark.django_db
SUMMER = datetime(2027, 3, 29, 9, 30, tzinfo=UTC)
# Around the changes of the clocks of 2026 and 2027.
DAYS = [
    *(date(2026, 3, 28) + timedelta(days=days) for days in range(3)),
    *(date(2026, 10, 24) + timedelta(days=days) for days in range(3)),
    *(date(2027, 3, 27) + timedelta(days=days) for days in range(3)),
    *(date(2027, 10, 30) + timedelta(days=days) for days in range(3)),
]
TIMES = [time(0, 30), time(1), time(1, 30), time(2), time(9), time(23, 30)]


def unsaved(**facts):
    return EventFactory.build(updated_at=SUMMER, **{"venue_name": "", "venue_address": "", **facts})


def read(text):
    """Both readers' (calendar, only entry)."""
    strict = icalreader.read(text.encode())
    [entry] = strict.of("VEVENT")
    [other] = Calendar.from_ical(text).walk("VEVENT")
    for name in ("UID", "SUMMARY"):
        assert entry.one(name) == str(other[name])
    for name in ("DTSTART", "DTEND"):
        assert icalreader.instant(strict, entry, name) == other.decoded(name).astimezone(UTC)
    return strict, entry


def files_to(address):
    return list(OutgoingMessage.objects.filter(to_email=address).order_by("pk").values_list("calendar", flat=True))


def test_a_place_is_a_request_to_one_person_in_wall_time():
    event = EventFactory(
        title="Growth; skills, and “more” – a very long title that has to be folded somewhere in the middle \\ here",
        starts_at=SUMMER,
        ends_at=SUMMER + timedelta(hours=2),
        access_information="Level entrance.\nHearing loop; lift, quiet room.",
        joining_link="https://meet.example/private",
        mode=Event.Mode.HYBRID,
    )
    registration = RegistrationFactory(event=event, name='Zoë "Zed" Łukasz', access_needs="A ramp")
    RegistrationFactory(event=event, name="Other Person", email="other@partner.example")

    text, method = calendars.of_place(registration)
    calendar, entry = read(text)

    assert method == calendar.one("METHOD") == "REQUEST"
    assert entry.all("DTSTART") == [({"TZID": "Europe/London"}, "20270329T103000")]
    assert icalreader.instant(calendar, entry, "DTEND") == event.ends_at
    assert entry.one("SUMMARY") == event.title
    assert entry.one("UID").startswith(f"event-{event.public_id}-{registration.public_id}@")
    [(guest, address)] = entry.all("ATTENDEE")
    assert (address, guest["CN"], guest["RSVP"]) == (f"mailto:{registration.email}", "Zoë 'Zed' Łukasz", "FALSE")
    assert entry.one("ORGANIZER") == f"mailto:{settings.CONTACT_EMAIL}"
    assert (entry.one("SEQUENCE"), entry.one("STATUS")) == ("0", "CONFIRMED")
    assert "Level entrance.\nHearing loop; lift, quiet room." in entry.one("DESCRIPTION")
    assert queries.booking_url(registration) in entry.one("DESCRIPTION")
    for private in ("other@", "ramp"):
        assert private not in text


@hypothesis(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1, max_size=120),
    name=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1, max_size=90),
    words=st.lists(st.sampled_from([",", ";", "\\", "\n", '"', "é", "🙂", "long words " * 9, ":"]), max_size=12),
)
def test_whatever_people_write_comes_back_as_they_wrote_it(title, name, words):
    event = unsaved(title=title, summary="x" + "".join(words) + "x", starts_at=SUMMER)
    calendar = icalreader.read(calendars.feed([event]).encode())
    [entry] = calendar.of("VEVENT")
    assert (entry.one("SUMMARY"), entry.one("DESCRIPTION")) == (event.title, event.summary)
    text, _ = calendars.of_place(RegistrationFactory.build(event=event, name=name, state="confirmed"))
    [(guest, _)] = icalreader.read(text.encode()).of("VEVENT")[0].all("ATTENDEE")
    assert set(guest) == {"CN", "PARTSTAT", "ROLE", "RSVP"}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_hour_around_the_changes_of_the_clocks_is_that_instant_for_every_reader(day):
    for at in TIMES:
        for again in (timedelta(), timedelta(hours=1)):
            begins = instant_of(day, at) + again
            event = unsaved(starts_at=begins, ends_at=begins + timedelta(hours=25))
            calendar, entry = read(calendars.feed([event]))
            assert icalreader.instant(calendar, entry, "DTSTART") == begins
            assert icalreader.instant(calendar, entry, "DTEND") == begins + timedelta(hours=25)


def test_the_strict_reader_refuses_what_the_rfc_forbids():
    good = calendars.feed([unsaved(title="A, b", starts_at=SUMMER)]).encode()
    icalreader.read(good)
    for bad in (
        good.replace(b"\r\n", b"\n"),
        good.replace(b"\\,", b","),
        good.replace(b"SUMMARY:", b"SUMMARY:" + b"x" * 70),
        good.replace(b"METHOD:PUBLISH\r\n", b""),
        good.replace(b"SEQUENCE:0\r\n", b""),
        good.replace(b"\r\nMETHOD:PUBLISH", b"").replace(b"END:VTIMEZONE", b"END:VTIMEZONE\r\nMETHOD:PUBLISH"),
    ):
        with pytest.raises((AssertionError, ValueError)):
            icalreader.read(bad)


def test_moving_sends_the_next_request_and_cancelling_a_cancel_of_the_same_entry():
    event = EventFactory()
    place = lifecycle.register(event.pk, name="Ada", email="ada@partner.example")
    waiting = RegistrationFactory(event=event, state="waiting")

    lifecycle.change(
        event.pk, {"starts_at": event.starts_at + timedelta(days=1), "ends_at": event.ends_at + timedelta(days=1)}
    )
    lifecycle.change(event.pk, {"description": "Only words"})
    lifecycle.cancel_event(event.pk, "The hall is closed.")

    entries = [read(text)[1] for text in files_to(place.email)]
    assert [(one.one("SEQUENCE"), one.one("STATUS")) for one in entries] == [
        ("0", "CONFIRMED"),
        ("1", "CONFIRMED"),
        ("2", "CANCELLED"),
    ]
    assert len({one.one("UID") for one in entries}) == 1
    to_queue = OutgoingMessage.objects.filter(to_email=waiting.email).order_by("pk")
    assert [(one.rule, one.calendar) for one in to_queue] == [("events.moved", ""), ("events.called_off", "")]


def test_who_books_after_a_move_begins_at_its_revision_and_giving_up_is_one_more():
    event = EventFactory(schedule_revision=3)
    place = lifecycle.register(event.pk, name="Ada", email="ada@partner.example")
    lifecycle.cancel(place.pk)
    entries = [read(text)[1] for text in files_to(place.email)]
    assert [one.one("SEQUENCE") for one in entries] == ["3", "4"]


def test_the_public_feed_names_nobody_and_gives_no_link():
    event = EventFactory(joining_link="https://meet.example/private", mode=Event.Mode.ONLINE)
    RegistrationFactory(event=event)

    text = calendars.feed(Event.objects.all())
    calendar, entry = read(text)

    assert calendar.one("METHOD") == "PUBLISH"
    assert icalreader.instant(calendar, entry, "DTSTART") == event.starts_at.replace(microsecond=0)
    for private in ("ATTENDEE", "ORGANIZER", "meet.example", "visitor", "bookings"):
        assert private not in text


@pytest.mark.parametrize(
    ("state", "status"), [("booking", "CONFIRMED"), ("postponed", "CANCELLED"), ("cancelled", "CANCELLED")]
)
def test_the_file_of_an_event_that_is_called_off_says_so(client, state, status):
    event = EventFactory(state=state, state_reason="The hall is closed.")
    answer = client.get(f"/events/{event.slug}/event.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert read(answer.content.decode())[1].one("STATUS") == status


def test_an_empty_feed_is_still_a_calendar():
    assert icalreader.read(calendars.feed([]).encode()).of("VEVENT") == []


def test_the_link_to_join_is_for_people_with_a_place_and_from_two_days_before(client, time_machine):
    event = EventFactory(
        starts_at=datetime(2027, 3, 29, 9, tzinfo=UTC),
        ends_at=datetime(2027, 3, 29, 11, tzinfo=UTC),
        joining_link="https://meet.example/private",
        mode=Event.Mode.ONLINE,
    )
    place, waiting = RegistrationFactory(event=event), RegistrationFactory(event=event, state="waiting")
    # Across the change of the clocks: midnight of the 27th is still winter time.
    for now, is_shown in (
        (datetime(2027, 3, 26, 23, 59, tzinfo=UTC), False),
        (datetime(2027, 3, 27, 0, 0, tzinfo=UTC), True),
        (datetime(2027, 3, 29, 11, 0, tzinfo=UTC), False),
    ):
        time_machine.move_to(now, tick=False)
        assert ("meet.example" in calendars.of_place(place)[0].replace("\r\n ", "")) is is_shown
        assert ("meet.example" in client.get(queries.booking_url(place)).text) is is_shown
        for public in (queries.booking_url(waiting), f"/events/{event.slug}/", f"/events/{event.slug}/event.ics"):
            assert "meet.example" not in client.get(public).text


def test_the_link_comes_with_the_confirmation_of_somebody_who_books_at_the_last_moment():
    soon = EventFactory(joining_link="https://meet.example/private", mode=Event.Mode.ONLINE)
    Event.objects.filter(pk=soon.pk).update(starts_at=SUMMER.now(UTC) + timedelta(hours=20))
    later = EventFactory(joining_link="https://meet.example/private", mode=Event.Mode.ONLINE)
    lifecycle.register(soon.pk, name="Ada", email="ada@partner.example")
    lifecycle.register(later.pk, name="Bea", email="bea@partner.example")
    ada, bea = (OutgoingMessage.objects.get(to_email=f"{name}@partner.example") for name in ("ada", "bea"))
    assert "meet.example" in ada.text_body
    assert "meet.example" in ada.html_body
    assert "meet.example" not in bea.text_body + bea.html_body + bea.calendar
    assert "the link is on your page from" in bea.text_body


def test_a_message_holds_the_file_as_a_part_and_as_an_attachment():
    event = EventFactory(title="Tafodau’r Dŵr")
    lifecycle.register(event.pk, name="Zoë", email="zoe@partner.example")
    whole = build(OutgoingMessage.objects.get()).message()

    assert whole.get_content_type() == "multipart/mixed"
    alternative, attached, code = whole.get_payload()
    assert code.get_content_type() == "image/png"
    assert alternative.get_content_type() == "multipart/alternative"
    text, html, invitation = alternative.get_payload()
    assert [part.get_content_type() for part in (text, html, invitation)] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    calendar, _ = read(invitation.get_payload(decode=True).decode().replace("\r\n", "\n").replace("\n", "\r\n"))
    assert invitation.get_param("method") == calendar.one("METHOD") == "REQUEST"
    assert invitation.get_param("charset") == "utf-8"
    assert (attached.get_filename(), attached.get_content_disposition()) == ("invite.ics", "attachment")
    assert read(attached.get_payload(decode=True).decode())[1].one("SUMMARY") == event.title
    assert b"\n" not in whole.as_bytes(linesep="\r\n").replace(b"\r\n", b"")


def test_nothing_is_cancelled_that_no_calendar_was_told(outbox):
    place = lifecycle.register(EventFactory().pk, name="Ada", email="ada@partner.example")
    lifecycle.cancel(place.pk)
    delivery.drain()
    assert [message for message in outbox.messages if "METHOD:" in str(message.message())] == []


def test_a_cancel_follows_a_request_of_which_nobody_knows_whether_it_arrived(outbox):
    place = lifecycle.register(EventFactory().pk, name="Ada", email="ada@partner.example")
    OutgoingMessage.objects.update(state="uncertain")
    lifecycle.cancel(place.pk)
    delivery.drain()
    assert "METHOD:CANCEL" in str(outbox.only().message())
