"""An event with too few places: booked by a crowd, held, written up."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import icalendar
from django.utils import timezone

from consultations.dashboards.demonstration.staff import ENGAGEMENT, SECOND_ENGAGEMENT
from consultations.dashboards.rehearsal.play import Play, Step, demand
from consultations.dashboards.rehearsal.visitor import Page, Unexpected, Visitor, accepted, wait_for
from engagement.events.models import Event

PLACES, CROWD = 5, 12
SAID = "Employers in Sunderland would share a training workshop if somebody else kept its keys."


def create(play: Play) -> str:
    priya = play.staff(ENGAGEMENT)
    page = priya.get(f"{play.manage}/events/new/")
    form = page.form("title", "capacity")
    day = timezone.localdate() + timedelta(days=3)
    done = accepted(
        priya.send(
            form,
            {
                "title": f"Round table {play.tag}",
                "type": "round_table",
                "mode": "in_person",
                "day": f"{day:%Y-%m-%d}",
                "starts": "10:00",
                "ends": "12:00",
                "venue_name": "Training Hall",
                "venue_address": "Station Road, Gateshead",
                "access_information": "Step-free, lift, hearing loop.",
                "capacity": str(PLACES),
                "themes": form.choices("themes"),
            },
        )
    )
    found = re.search(r"/events/manage/[0-9a-f-]{36}/", done.path + " ".join(done.links("/events/manage/")))
    if found is None:
        raise Unexpected(f"{done.path} leads to no event: {done.said}")
    play.notes["event"] = found[0]
    priya.press(f"{found[0]}do/open/")
    play.notes["public event"] = f"/events/round-table-{play.tag}/"
    page = Visitor(play.base_url).get(play.notes["public event"])
    demand(str(PLACES) in page.text, f"{page.path} does not say how many places there are.")
    return f"{PLACES} places, on two themes"


def crowd(play: Play) -> str:
    """Twelve people press the button at once."""
    visitors = [Visitor(play.base_url) for _ in range(CROWD)]
    pages = [visitor.get(f"{play.notes['public event']}book/") for visitor in visitors]

    def book(number: int) -> Page:
        form = pages[number].form("name", "email")
        values = {
            "name": f"Guest {number + 1}",
            "email": play.address(f"guest{number + 1}"),
            "organisation_name": "Self",
            "consent": "on",
        }
        if "kind" in form.names:
            values["kind"] = form.choices("kind")[0]
        return accepted(visitors[number].send(form, values))

    with ThreadPoolExecutor(CROWD) as everybody:
        list(everybody.map(book, range(CROWD)))
    page = play.staff(ENGAGEMENT).get(f"{play.notes['event']}people/")
    confirmed = len(set(re.findall(r"Guest \d+", page.text)))
    demand(confirmed == PLACES, f"{confirmed} people are expected, and there are {PLACES} places.")
    waiting = play.staff(ENGAGEMENT).get(f"{play.notes['event']}people/?state=waiting")
    queue = len(set(re.findall(r"Guest \d+", waiting.text)))
    demand(queue == CROWD - PLACES, f"{queue} people are waiting and not {CROWD - PLACES}.")
    play.notes["guests"] = sorted(set(re.findall(r"Guest \d+", page.text)))
    return f"{CROWD} at once: {confirmed} confirmed, {queue} waiting, nobody over"


def confirmations(play: Play) -> str:
    """Each of the five gets the calendar file; it is read back."""
    number = play.notes["guests"][0].split()[1]
    message = play.wait_for_mail(play.address(f"guest{number}"), f"Round table {play.tag}")
    links = [link for link in message.links("/mail/") if re.search(r"/mail/[^/]+/\d+/$", link)]
    if not links:
        raise Unexpected(f"{message.path} has no attachment.")
    content = Visitor(play.base_url).get(links[0]).body
    entry = next(one for one in icalendar.Calendar.from_ical(content).walk("VEVENT"))
    demand(f"Round table {play.tag}" in str(entry["SUMMARY"]), "The calendar file is about something else.")
    local = timezone.localtime(entry.decoded("DTSTART"))
    demand((local.hour, local.minute) == (10, 0), f"The calendar file begins at {local:%H:%M} and not at 10:00.")
    play.keep("place.ics", content)
    return "with a calendar file, at 10:00 local time"


def promotion(play: Play) -> str:
    """One gives the place up; the first who waits gets it, and hears of it."""
    number = play.notes["guests"][0].split()[1]
    message = play.wait_for_mail(play.address(f"guest{number}"), f"Round table {play.tag}")
    links = re.findall(
        r"https?://\S+/events/bookings/[^/\s\"]+/", " ".join(message.tree.xpath("//a/@href")) + message.text
    )
    visitor = Visitor(play.base_url)
    visitor.press(f"{urlsplit(links[0]).path}give-up/")
    page = play.staff(ENGAGEMENT).get(f"{play.notes['event']}people/")
    now = set(re.findall(r"Guest \d+", page.text))
    new = now - set(play.notes["guests"])
    demand(len(now) == PLACES, f"{len(now)} people are expected after one gave up.")
    demand(len(new) == 1, f"{new or 'Nobody'} moved up.")
    moved = new.pop()
    play.wait_for_mail(play.address(f"guest{moved.split()[1]}"), "place")
    play.notes["guests"] = sorted(now)
    return f"{moved} moved up from the waiting list"


def attendance(play: Play) -> str:
    """The day comes, and four of five."""
    public_id = play.notes["event"].rstrip("/").rpartition("/")[2]
    now = timezone.now()
    # Nobody can wait for three days here.
    moved = Event.objects.filter(public_id=public_id).update(
        starts_at=now - timedelta(hours=1), ends_at=now - timedelta(minutes=5)
    )
    demand(moved, "The rehearsal needs the database of the platform for this step.")
    priya = play.staff(ENGAGEMENT)
    roster = f"{play.notes['event']}people/"
    for _ in range(PLACES - 1):
        page = priya.get(f"{roster}?attendance=unmarked")
        accepted(priya.send(page.form_to("/attendance/"), button="status=attended"))
    priya.press(f"{roster}absent/")
    priya.press(f"{play.notes['event']}do/held/")
    page = priya.get(play.notes["event"])
    demand("Held" in page.text, f"{page.path} does not say that it was held.")
    return "4 came, 1 did not"


def notes(play: Play) -> str:
    """Two points are written down by one of the staff, circulated, and agreed by the other."""
    priya, owen = play.staff(ENGAGEMENT), play.staff(SECOND_ENGAGEMENT)
    address = f"{play.notes['event']}notes/"
    for text in (SAID, "A single ticket for bus and Metro would help apprentices more than another course."):
        form = priya.get(f"{address}write/").form("text")
        values = {"text": text, "point": "proposal", "topic": form.choices("topic")[0]}
        accepted(priya.send(form, values))
    priya.press(f"{address}circulate/")
    guests = [play.address(f"guest{name.split()[1]}") for name in play.notes["guests"]]
    wait_for(lambda: any(play.mail_with(guest, "notes") for guest in guests), "The message about the notes")
    owen.press(f"{address}agree/")
    page = owen.get(address)
    demand("Agreed" in page.text, f"{page.path} shows no agreed note.")
    return "2 written, circulated to those who came, agreed by somebody else"


STEPS: list[Step] = [
    ("Engagement staff make an event", create),
    ("A crowd books", crowd),
    ("The confirmation arrives", confirmations),
    ("One cannot come", promotion),
    ("The event is held", attendance),
    ("Notes are written and agreed", notes),
]
