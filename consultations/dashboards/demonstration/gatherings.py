"""What events of today are made of: venues, agendas, tables, invitations, needs; and some that stand alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

from django.utils import timezone

from consultations.dashboards.demonstration.clock import Agenda, local
from consultations.dashboards.demonstration.staff import Staff
from engagement.events import actions, arranging, balancing, lifecycle, seating
from engagement.events.forms import CONSENT_VERSION
from engagement.events.models import AgendaItem, Event, Invitee, Need, Venue
from engagement.stakeholders.models import Area, Sector

HALL, DOCK = "Training Hall", "North Dock"
WANTED = {"business": 6, "education": 4, "public": 2, "voluntary": 4}
WORKSHOP_AGENDA = [
    (time(9), time(9, 20), "Welcome, and what is decided when", False),
    (time(9, 20), time(10, 5), "What is hard to find", True),
    (time(10, 5), time(10, 20), "Coffee", False),
    (time(10, 20), time(11), "Who could learn it, and what would help", True),
]
INVITATION = (
    "Few people know as well as you what employers and learners here need. Sixteen of us meet for breakfast, as many "
    "from each sector as we need to hear. We would be glad if you came."
)


def keep_venues(staff: Staff) -> None:
    """Two places that events use."""
    gateshead, blyth = (Area.objects.filter(code=code).first() for code in ("gateshead", "northumberland"))
    seen = dict.fromkeys(["step_free", "lift", "accessible_toilet", "hearing_loop", "quiet_room", "blue_badge"], "yes")
    arranging.keep_venue(
        None,
        {
            "name": HALL,
            "address": "Station Road, Gateshead",
            "area": gateshead,
            "features": {**seen, "prayer_room": "no", "public_transport": "yes"},
            "access_notes": "The door opens by itself. The reception lends a wheelchair.",
            "travel": "Metro: Gateshead, five minutes on foot. Buses stop at the door.",
            "remarks": "Ring two weeks before about tables.",
        },
        actor=staff.engagement,
    )
    arranging.keep_venue(
        None,
        {
            "name": DOCK,
            "address": "Quay Road, Blyth",
            "area": blyth,
            "features": {"step_free": "no", "accessible_toilet": "yes", "parking": "yes", "public_transport": "no"},
            "access_notes": "The quay is cobbled. There is a level way by the east gate; ask for it.",
            "travel": "A coach leaves Newcastle at 8:30am for those who book it.",
            "remarks": "",
        },
        actor=staff.engagement,
    )


def furnish_workshop(event: Event, staff: Staff) -> None:
    """An agenda, five tables with a theme each, and questions of its own."""
    actor = staff.engagement
    lifecycle.change(event.pk, {"venue": Venue.objects.get(name=HALL)}, actor=actor)
    items = [
        AgendaItem(begins=begins, ends=ends, title=title, is_session=at) for begins, ends, title, at in WORKSHOP_AGENDA
    ]
    arranging.set_agenda(event.pk, items, actor=actor)
    topics = list(event.topics.order_by("order", "pk"))
    arranging.set_tables(
        event.pk,
        [
            {
                "pk": None,
                "name": f"Table {number + 1}",
                "chairs": 8,
                "spare": 1,
                "topic_id": topics[number % len(topics)].pk,
                "facilitator_id": (staff.engagement if number % 2 else staff.second_engagement).pk,
                "note_taker_id": (staff.officer if number % 2 else staff.second_officer).pk,
            }
            for number in range(5)
        ],
        actor=actor,
    )
    question = {"pk": None, "is_required": False, "only_for_id": None}
    lifecycle.set_questions(
        event.pk,
        [
            {**question, "text": "How many apprentices have you now?", "type": "text", "choices": []},
            {
                **question,
                "text": "What would you most like to talk about?",
                "type": "choice",
                "choices": ["Finding people", "Training them", "Keeping them"],
            },
        ],
        {"photos": "I agree to be photographed, and that the pictures are published."},
        actor=actor,
    )


def furnish_breakfast(event: Event, staff: Staff) -> None:
    """Few places, wanted from every sector: offers that hold, a fair waiting list, people invited."""
    actor = staff.engagement
    lifecycle.set_rules(event.pk, {"promotion": Event.Promotion.SECTOR, "offer_hours": 48}, actor=actor)
    sectors = {sector.code: sector.pk for sector in Sector.objects.all()}
    rows = {
        sectors[code]: {"target": number, "reserved": 0, "most": None, "release_at": None}
        for code, number in WANTED.items()
        if code in sectors
    }
    lifecycle.allocate(event.pk, rows, actor=actor)
    missing = {line.sector_id: line.missing for line in balancing.against_target(event) if line.sector_id}
    people = balancing.balanced(balancing.candidates(event, {}), missing)
    lifecycle.invite(event.pk, people, audience="the whole register", text=INVITATION, actor=actor)


def answer_invitations(event: Event) -> None:
    """Some cannot come and say why; one names a colleague."""
    silent = list(Invitee.objects.filter(event=event, state=Invitee.State.PENDING).order_by("pk")[:3])
    for invitee, reason in zip(silent, ["We inspect that week.", "I am on leave.", ""], strict=False):
        instead = {"name": "Wren Hallington", "email": "wren.hallington@post.example"} if not reason else {}
        lifecycle.decline_invitation(invitee.pk, reason, **instead)


def needs_come_in(event: Event, staff: Staff) -> None:
    """Three people book and say what they need; one thing is arranged already."""
    for name, kinds, words in (
        ("Orla Fellside", ["sign_language"], ""),
        ("Dev Lanchester", ["large_print", "parking"], "Eighteen points or larger."),
        ("Nuala Byers", [], "A chair with arms, near the door."),
    ):
        address = f"{name.lower().replace(' ', '.')}@post.example"
        lifecycle.register(
            event.pk, name=name, email=address, needs=kinds, access_needs=words, consent_version=CONSENT_VERSION
        )
    need = Need.objects.filter(registration__event=event, type=Need.Type.PARKING).get()
    answer = "Bay 2 by the door is yours."
    lifecycle.take_up(
        need.pk, state="arranged", owner=staff.engagement, answer=answer, tell=True, actor=staff.engagement
    )
    seating.share_out(event.pk, actor=staff.engagement)


def standing_alone(agenda: Agenda, staff: Staff, today: date, working_day: Callable[[date, int], int]) -> None:
    """Events of no consultation: a site visit, a drop-in with times, a webinar that comes every four weeks."""

    def day(days: int) -> date:
        return today + timedelta(days=working_day(today, days))

    def create(values: dict[str, object], days: int, hour: int, hours: float) -> Event:
        starts = local(day(days), hour)
        return actions.create_event(
            {**values, "starts_at": starts, "ends_at": starts + timedelta(hours=hours)}, actor=staff.second_engagement
        )

    def visit() -> None:
        event = create(
            {
                "title": "See the dock where turbines are built",
                "type": Event.Type.SITE_VISIT,
                "summary": "Two hours on the quay with those who train the fitters.",
                "venue": Venue.objects.get(name=DOCK),
                "venue_name": DOCK,
                "venue_address": "Quay Road, Blyth",
                "access_information": "Cobbled quay; a level way by the east gate.",
                "safety_notes": "Sturdy shoes and long sleeves. We lend helmets, goggles and vests. No shorts.",
                "capacity": 12,
            },
            20,
            10,
            2,
        )
        lifecycle.set_rules(event.pk, {"organisation_cap": 2, "party_limit": 2}, actor=staff.second_engagement)
        lifecycle.open_booking(event.pk, actor=staff.second_engagement)

    def drop_in() -> None:
        event = create(
            {
                "title": "Drop in: help with answering",
                "type": Event.Type.DROP_IN,
                "summary": "Bring your questions about any consultation; we fill the form in with you.",
                "venue": Venue.objects.get(name=HALL),
                "venue_name": HALL,
                "venue_address": "Station Road, Gateshead",
                "capacity": 24,
                "party_limit": 1,
            },
            8,
            13,
            3,
        )
        half = timedelta(minutes=30)
        slots = {event.starts_at + half * n: (event.starts_at + half * (n + 1), 4) for n in range(6)}
        lifecycle.set_slots(event.pk, slots, actor=staff.second_engagement)
        lifecycle.open_booking(event.pk, actor=staff.second_engagement)
        first = event.slots.order_by("starts_at")[0]
        for name in ("Peg Ryhope", "Sol Hett"):
            address = f"{name.lower().replace(' ', '.')}@post.example"
            lifecycle.register(event.pk, name=name, email=address, slot=first, consent_version=CONSENT_VERSION)

    def webinars() -> None:
        event = create(
            {
                "title": "Evidence at lunchtime",
                "type": Event.Type.WEBINAR,
                "mode": Event.Mode.ONLINE,
                "summary": "Forty minutes on one figure, and what it means.",
                "joining_link": "https://meet.soundings.example/lunch",
                "capacity": 100,
            },
            14,
            12,
            1,
        )
        length = event.ends_at - event.starts_at
        own = timezone.localtime(event.starts_at).date()
        moments = [
            (local(own + timedelta(weeks=4 * n), 12), local(own + timedelta(weeks=4 * n), 12) + length) for n in (1, 2)
        ]
        for one in [event, *arranging.repeat(event.pk, "every 4 weeks", moments, actor=staff.second_engagement)]:
            lifecycle.open_booking(one.pk, actor=staff.second_engagement)

    for number, act in enumerate((visit, drop_in, webinars)):
        agenda.add(local(today - timedelta(days=8), 10, number), act)
