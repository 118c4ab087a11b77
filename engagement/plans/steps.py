"""What a step is made of: a date to count from, a kind of message, and the people whom that kind reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models

from engagement.core import languages, walltime
from engagement.messaging import outbox
from engagement.messaging.models import OutgoingMessage
from engagement.messaging.rendering import Stencil, mark, stencil
from engagement.plans.models import Step

# How late a step may still begin.
GRACE = timedelta(hours=12)


@dataclass(frozen=True)
class Anchor:
    """A date of the thing that days are counted from, as it is said after “before”, “after” and “the day of”."""

    code: str
    name: str
    # A moment before which nothing counted from it is sent, even on the day itself: an opening, an end.
    is_beginning: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody whom a step reaches. `shape` is what makes their text another one than that of others."""

    key: str
    email: str
    name: str
    organisation: str = ""
    language: str = ""
    shape: str = ""
    # What staff read beside the name, and the row that the message is about.
    note: str = ""
    about: models.Model | None = None


@dataclass(frozen=True)
class LeftOut:
    """Somebody who would fit and gets nothing, and why."""

    who: str
    reason: str


@dataclass(frozen=True)
class Kind:
    """One kind of message that a plan can hold. Apps make a class of it for each that they know."""

    code: str
    label: str
    # As in “14 days before the close, at 9:00am, to …”, and the rule that ends it, as a sentence.
    whom: str
    stops: str
    template: str
    anchors: tuple[str, ...]
    category: str = OutgoingMessage.Category.CONSULTATION
    priority: int = 7
    # How long a message that could not leave is still worth sending.
    life: timedelta = timedelta(days=2)
    # Whether somebody who comes late, such as who books the day before, still gets it.
    catches_up: bool = False
    again_when_moved: bool = True
    # Steps of a plan that nobody made: (anchor, days).
    usual: tuple[tuple[str, int], ...] = ()
    check: str = ""
    links: tuple[str, ...] = field(default=())

    def rule(self, step: Step) -> str:
        """The outbox's name for messages of this kind about this thing."""
        raise NotImplementedError

    def people(self, step: Step, due_at: datetime, *, changed_since: datetime | None = None) -> Iterable[Person]:
        """Whom it reaches as things stand now; with `changed_since`, at least those who came to fit since then."""
        raise NotImplementedError

    def left_out(self, step: Step, due_at: datetime) -> list[LeftOut]:
        """Whom one might look for in vain among `people`, and why."""
        return []

    def facts(self, step: Step, person: Person, due_at: datetime) -> dict[str, Any]:
        """What the text says besides name, organisation and links. It may depend on the person's shape, no more."""
        return {}

    def addresses(self, step: Step, person: Person) -> dict[str, str]:
        """The personal links in the text, by the names in `links`."""
        return {}

    def why_not(self, step: Step, message: OutgoingMessage) -> str:
        """Why this message is no longer wanted, as a sentence for staff; empty while it is."""
        return ""

    def last_moment(self, step: Step, due_at: datetime) -> datetime:
        """After this nobody gets it any more."""
        anchor_at = step.anchor_moment()
        return anchor_at if self.catches_up and anchor_at is not None else due_at + GRACE

    def expires_at(self, step: Step, due_at: datetime) -> datetime | None:
        return self.last_moment(step, due_at) if self.catches_up else due_at + self.life


@dataclass(frozen=True)
class Plan:
    """The kinds of messages and the dates that the plans of one sort of thing are made of."""

    kinds: Mapping[str, Kind]
    anchors: Mapping[str, Anchor]

    def kind(self, step: Step) -> Kind:
        return self.kinds[step.kind]

    def due_at(self, step: Step) -> datetime | None:
        """The instant of a step; None while its date is not known."""
        anchor_at = step.anchor_moment()
        if anchor_at is None:
            return None
        due = walltime.days_before(anchor_at, -step.days, step.local_time)
        return max(due, anchor_at) if self.anchors[step.anchor].is_beginning and step.days >= 0 else due

    def words(self, step: Step) -> str:
        """The step as one says it: “14 days before the close, at 9:00am, to everyone invited who has not answered”."""
        return f"{self.when(step)}, to {self.kind(step).whom}"

    def when(self, step: Step) -> str:
        """“14 days before the close, at 9:00am”."""
        name, days = self.anchors[step.anchor].name, step.days
        if days == 0:
            said = f"On the day of {name}"
        elif abs(days) == 1:
            said = f"The day {'before' if days < 0 else 'after'} {name}"
        elif days % 7 == 0 and abs(days) > 14:
            said = f"{abs(days) // 7} weeks {'before' if days < 0 else 'after'} {name}"
        else:
            said = f"{abs(days)} days {'before' if days < 0 else 'after'} {name}"
        return f"{said}, at {walltime.spoken(step.local_time)}"


class Writer:
    """Makes the messages of one step. The text is made once for each shape and language, and filled in per person."""

    def __init__(self, kind: Kind, step: Step, due_at: datetime) -> None:
        self.kind, self.step, self.due_at = kind, step, due_at
        self._stencils: dict[tuple[str, str, bool], Stencil] = {}

    def drafts(self, people: Iterable[Person]) -> Iterator[OutgoingMessage]:
        for person in people:
            yield self.draft(person)

    def draft(self, person: Person) -> OutgoingMessage:
        """The message to one person as it would leave."""
        return self._prepare(person, self.kind.addresses(self.step, person), self.kind.rule(self.step), person.key)

    def test(self, person: Person, user: Any, occurrence: str) -> OutgoingMessage:
        """The same text to a member of staff, whose links lead to the front page and do nothing for anybody."""
        me = replace(person, key=f"user:{user.pk}", email=user.email, name=str(user), about=None)
        message = self._prepare(me, dict.fromkeys(self.kind.links, settings.SITE_URL), "plans.test", me.key)
        message.occurrence, message.check_name, message.expires_at = occurrence, "", None
        message.category = OutgoingMessage.Category.TRANSACTIONAL
        message.subject = f"[Test] {message.subject}"[:250]
        return message

    def context(self, person: Person) -> dict[str, Any]:
        """What the text to one person is made from."""
        return {
            "added": self.step.message.strip(),
            **self.kind.facts(self.step, person, self.due_at),
            "name": person.name,
            "organisation": person.organisation,
            **self.kind.addresses(self.step, person),
        }

    def _prepare(self, person: Person, links: dict[str, str], rule: str, recipient: str) -> OutgoingMessage:
        return outbox.prepare(
            self.kind.template,
            to=person.email,
            to_name=person.name,
            rule=rule,
            occurrence=self.step.occurrence,
            recipient=recipient,
            context={},
            stencil=self._stencil(person),
            values={"name": person.name, "organisation": person.organisation, **links},
            category=self.kind.category,
            about=person.about,
            scope=self.step.scope,
            due_at=self.due_at,
            expires_at=self.kind.expires_at(self.step, self.due_at),
            reply_to=getattr(self.step.thing, "contact_email", ""),
            check=self.kind.check,
            priority=self.kind.priority,
            language=person.language,
        )

    def _stencil(self, person: Person) -> Stencil:
        language = languages.for_messages(person.language)
        key = (language, person.shape, bool(person.organisation))
        if key not in self._stencils:
            context = {
                "added": self.step.message.strip(),
                **self.kind.facts(self.step, person, self.due_at),
                "name": mark("name"),
                "organisation": mark("organisation") if person.organisation else "",
                **{name: mark(name) for name in self.kind.links},
            }
            self._stencils[key] = stencil(
                self.kind.template, context, language=language, scope=self.step.scope, category=self.kind.category
            )
        return self._stencils[key]
