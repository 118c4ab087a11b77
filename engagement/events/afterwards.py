"""After the event: who was invited, had a place and came; what they thought of it; what everybody may read.

Unit: people. *Invited* are those who were asked and not un-asked, *with a place* those whose booking was confirmed,
walk-ins aside, *came* those marked as having come, walk-ins among them. A sector is that of the kind given with the
booking, which is the register's where the organisation is known.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext, gettext_noop

from engagement.core import tokens
from engagement.core.charts import Bar, Figure
from engagement.core.suppression import suppress_list
from engagement.events import queries
from engagement.events.models import Attendance, Event, Feedback, Invitee, Note, Registration

FEEDBACK_TOKEN = "events.feedback"  # noqa: S105 - a purpose, no secret
COLUMNS = ("invited", "placed", "came")
HIDDEN = None
NO_SECTOR = gettext_noop("Sector not known")
Cell = int | None


# --- who was invited, had a place and came --------------------------------------------------------------


@dataclass(frozen=True)
class SectorLine:
    """One sector; None is a number that is not shown."""

    name: str
    invited: Cell
    placed: Cell
    came: Cell


@dataclass(frozen=True)
class SectorTable:
    lines: list[SectorLine]
    total: SectorLine
    is_suppressed: bool = False

    @property
    def has_invited(self) -> bool:
        """Whether anybody was invited; an event that everybody could book has no such column."""
        return self.total.invited != 0

    @property
    def columns(self) -> dict[str, list[Cell]]:
        return {name: [getattr(line, name) for line in self.lines] for name in COLUMNS}


def by_sector(event: Event) -> SectorTable:
    """The whole table, for staff; three queries."""
    people = Registration.objects.filter(event=event).confirmed()
    counted = {
        "invited": Invitee.objects.filter(event=event).exclude(state=Invitee.State.WITHDRAWN),
        "placed": people.exclude(source=Registration.Source.WALK_IN),
        "came": people.filter(attendance__status=Attendance.Status.ATTENDED),
    }
    order: dict[tuple[int, str], dict[str, int]] = {}
    for column, rows in counted.items():
        for name, place, number in _grouped(rows):
            order.setdefault((place, name), dict.fromkeys(COLUMNS, 0))[column] = number
    lines = [SectorLine(name or NO_SECTOR, **order[place, name]) for place, name in sorted(order)]
    return SectorTable(lines, _sum(lines))


def _grouped(rows: QuerySet[Any]) -> list[tuple[str, int, int]]:
    """(name of the sector, its place, how many); those without a sector come last."""
    sectors = rows.order_by().values_list("kind__sector__name", "kind__sector__order").annotate(number=Count("pk"))
    return [(name or "", 10_000 if place is None else place, number) for name, place, number in sectors]


def _sum(lines: list[SectorLine]) -> SectorLine:
    return SectorLine("", **{name: sum(getattr(line, name) for line in lines) for name in COLUMNS})


def for_publication(table: SectorTable, *, least: int | None = None) -> SectorTable:
    """The same as outsiders may see it: numbers under five are hidden, and as many others as it takes so that none
    of them can be worked out from its total. A total under five hides its whole column."""
    least = settings.SMALL_NUMBER if least is None else least
    shown: dict[str, list[Cell]] = {}
    totals: dict[str, Cell] = {}
    for name, counts in table.columns.items():
        numbers = [count or 0 for count in counts]
        total = sum(numbers)
        is_small = 0 < total < least
        shown[name] = (
            [HIDDEN] * len(numbers) if is_small else suppress_list(numbers, base=total, least=least, disjoint=True)
        )
        totals[name] = HIDDEN if is_small else total
    lines = [
        SectorLine(line.name, **{name: shown[name][at] for name in COLUMNS}) for at, line in enumerate(table.lines)
    ]
    total_line = SectorLine("", **totals)
    hidden = any(getattr(line, name) is None for line in (*lines, total_line) for name in COLUMNS)
    return SectorTable(lines, total_line, is_suppressed=hidden)


# --- what they thought of it ----------------------------------------------------------------------------


def feedback_token(registration: Registration) -> str:
    """What stands in the link to the two questions."""
    return tokens.sign(FEEDBACK_TOKEN, str(registration.public_id))


def answer_key(registration: Registration) -> str:
    """The key of this person's feedback: the same for each of their links, and nobody's without the site's secret."""
    text = f"{FEEDBACK_TOKEN}:{registration.public_id}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Opinions:
    """What people thought: nothing of it before five have said so, so that nobody can be recognised."""

    answers: int
    asked: int
    figure: Figure | None = None
    words: list[str] = field(default_factory=list)
    useful: Cell = None

    @property
    def are_shown(self) -> bool:
        return self.figure is not None


def opinions(event: Event) -> Opinions:
    """The answers of those who came, for staff; three queries."""
    rows = Feedback.objects.filter(event=event)
    counted = dict(rows.order_by().values_list("usefulness").annotate(number=Count("pk")))
    answers, asked = sum(counted.values()), queries.attendees(event).count()
    if answers < settings.SMALL_NUMBER:
        return Opinions(answers, asked)
    numbers = [counted.get(value, 0) for value in Feedback.Usefulness.values]
    bars = [Bar(str(label), n) for label, n in zip(Feedback.Usefulness.labels, numbers, strict=True)]
    figure = Figure("How useful was it?", "people", answers, bars, base_note="who answered")
    # In no order that says who was first.
    words = sorted(rows.exclude(words="").values_list("words", flat=True), key=str.casefold)
    return Opinions(answers, asked, figure, words, useful=numbers[0] + numbers[1])


def opinions_for_publication(found: Opinions) -> Opinions:
    """How many found it useful, where neither those who did nor the others are fewer than five; and no words."""
    least = settings.SMALL_NUMBER
    useful = found.useful
    others = found.answers - (useful or 0)
    is_safe = useful is not None and (useful == 0 or useful >= least) and (others == 0 or others >= least)
    return Opinions(found.answers, found.asked, useful=useful if is_safe else None)


# --- what everybody may read ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """An agreed note as outsiders may read it."""

    note: Note
    attribution: str


def agreed_by_topic(event: Event) -> list[tuple[str, list[Said]]]:
    """The agreed notes under their topics, with who may be said to have said so; two queries."""
    notes = Note.objects.filter(event=event, state=Note.State.AGREED).select_related("topic")
    ordered = notes.prefetch_related("organisations").order_by(F("topic__order").asc(nulls_last=True), "topic_id", "pk")
    groups: dict[str, list[Said]] = {}
    for note in ordered:
        said = queries.attribution(note)
        words = gettext(said) if said == queries.NOT_ATTRIBUTED else said
        groups.setdefault(note.topic.title if note.topic else "", []).append(Said(note, words))
    return list(groups.items())


@dataclass(frozen=True)
class PublicVersion:
    event: Event
    introduction: str
    next_steps: str
    topics: list[tuple[str, list[Said]]]
    sectors: SectorTable
    opinions: Opinions

    @property
    def note_count(self) -> int:
        return sum(len(notes) for _, notes in self.topics)


def public_version(event: Event) -> PublicVersion:
    """Exactly what outsiders get, for the preview and for the page; a fixed number of queries."""
    written = getattr(event, "write_up", None)
    return PublicVersion(
        event=event,
        introduction=written.introduction if written else "",
        next_steps=written.next_steps if written else "",
        topics=agreed_by_topic(event),
        sectors=for_publication(by_sector(event)),
        opinions=opinions_for_publication(opinions(event)),
    )


def is_published(event: Event) -> bool:
    written = getattr(event, "write_up", None)
    return written is not None and written.published_at is not None


# --- what is missing ------------------------------------------------------------------------------------


def missing(event: Event) -> list[tuple[str, str]]:
    """What stands between this event and its write-up: (sentence, name of the page where it is put right)."""
    counts, notes = queries.attendance_counts(event), queries.notes_progress(event)
    written = getattr(event, "write_up", None)
    found = [
        (not event.is_over, "The event is not marked as held.", "staff_event"),
        (counts["unmarked"] > 0, _many(counts["unmarked"], "person is", "people are") + " not marked.", "roster"),
        (notes["notes"] == 0, "Nothing that was said is written down.", "write_note"),
        (notes["draft"] > 0, _many(notes["draft"], "note is", "notes are") + " not circulated.", "notes"),
        (
            notes["proposed"] > 0,
            _many(notes["proposed"], "amendment waits", "amendments wait") + " for a decision.",
            "notes",
        ),
        (
            notes["circulated"] + notes["amended"] > 0,
            _many(notes["circulated"] + notes["amended"], "note is", "notes are") + " not agreed.",
            "notes",
        ),
        (not (written and written.introduction), "The write-up has no introduction.", "write_up"),
        (
            event.state != Event.State.WRITTEN_UP and event.is_over,
            "The event is not marked as written up.",
            "staff_event",
        ),
        (not is_published(event), "The write-up is not published.", "write_up"),
    ]
    return [(sentence, page) for is_missing, sentence, page in found if is_missing]


def _many(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def contributions(event: Event) -> list[Any]:
    """What the event adds to whatever it belongs to, as the app above tells it; see EVENT_CONTRIBUTIONS."""
    return [found for path in settings.EVENT_CONTRIBUTIONS for found in import_string(path)(event)]


def waiting_for_write_up() -> QuerySet[Event]:
    """Events that were held and are not written up, the oldest first: for those who chase."""
    return Event.objects.filter(Q(state=Event.State.HELD) | Q(state=Event.State.CIRCULATED)).order_by("ends_at", "pk")
