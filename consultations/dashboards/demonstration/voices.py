"""What somebody says, put together from sentences, with the place and the code of each passage."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from consultations.dashboards.demonstration import sentences
from consultations.dashboards.demonstration.register import AREA_NAMES, TOWNS

COUNTS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "eleven", "twelve"]
# A capital that stays when an opening comes before the sentence.
PROPER = ("East Coast", "English", "Manchester", "Metro ")
# First-level code -> the codes under it.
CODES = {code: [child for child, _, _ in children] for code, _, _, children in sentences.FRAME}
# What people of a kind (or sector) come back to, whatever they were asked.
CONCERNS: dict[str, tuple[str, ...]] = {
    "advanced-manufacturing": (
        "technical-skills",
        "innovation-adoption",
        "older-workers",
        "energy-networks",
        "exports",
    ),
    "digital": ("digital-technology", "technical-skills", "broadband", "access-to-finance", "university-links"),
    "energy": ("energy-networks", "technical-skills", "exports", "university-links"),
    "health-life-sciences": ("university-links", "access-to-finance", "technical-skills", "procurement"),
    "professional-services": ("business-support", "town-centres", "access-to-finance", "rail-and-metro"),
    "construction": ("technical-skills", "procurement", "housing"),
    "transport-logistics": ("roads", "technical-skills", "energy-networks", "exports"),
    "creative-tourism": ("culture-and-heritage", "broadband", "rail-and-metro", "access-to-finance"),
    "rural-food": ("rural", "broadband", "funding", "roads"),
    "other-business": ("business-support", "roads", "procurement", "basic-skills"),
    "business": ("business-support", "technical-skills", "procurement", "roads", "governance"),
    "education": ("careers-advice", "basic-skills", "university-links", "technical-skills", "buses"),
    "public": ("housing", "health-and-work", "governance", "buses", "evidence-and-data", "town-centres"),
    "voluntary": ("health-and-work", "basic-skills", "buses", "funding", "governance", "older-workers"),
    "individual": ("buses", "town-centres", "housing", "careers-advice", "rail-and-metro"),
}
# What an area adds.
LOCAL: dict[str, tuple[str, ...]] = {
    "county-durham": ("buses", "town-centres", "rural"),
    "gateshead": ("energy-networks", "culture-and-heritage"),
    "newcastle": ("university-links", "digital-technology", "housing"),
    "north-tyneside": ("rail-and-metro", "energy-networks"),
    "northumberland": ("rural", "broadband", "roads", "culture-and-heritage"),
    "south-tyneside": ("older-workers", "health-and-work", "exports"),
    "sunderland": ("technical-skills", "roads", "digital-technology"),
}


@dataclass(frozen=True)
class Said:
    """A text, and its passages as (start, end, code)."""

    text: str
    passages: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True)
class Voice:
    """Who speaks: what kind of partner, from which area."""

    kind: str
    sector: str
    area: str

    @property
    def concerns(self) -> tuple[str, ...]:
        own = CONCERNS.get(self.kind, CONCERNS.get(self.sector, CONCERNS["public"]))
        return (*own, *LOCAL.get(self.area, ()))


@dataclass
class Speech:
    """Says things. Every sentence comes round before one is said again; `said` remembers each text by its words."""

    rng: random.Random
    decks: dict[str, list[str]] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)

    def say(self, voice: Voice, *, about: str = "", least: int = 2, most: int = 4, before: str = "") -> Said:
        """Some sentences by this voice, on what lies near to it; `about` is a code of the first level to keep to.

        `before` opens the text and carries no code.
        """
        wanted = self.rng.randint(least, most)
        parts, passages, length = [before] if before else [], [], len(before)
        openings = self.rng.sample(sentences.OPENINGS, len(sentences.OPENINGS))
        for code in self._codes(voice, about, wanted):
            sentence = self._sentence(code, voice, openings)
            start = length + (1 if parts else 0)
            parts.append(sentence)
            length = start + len(sentence)
            passages.append((start, length, code))
        said = Said(" ".join(parts), tuple(passages))
        return self.said.setdefault(said.text, said)

    def _codes(self, voice: Voice, about: str, wanted: int) -> list[str]:
        near = list(voice.concerns)
        if about:
            near = [code for code in near if code in CODES[about]] * 2 + CODES[about]
        found: list[str] = []
        while len(found) < wanted:
            code = self.rng.choice(near)
            # Two sentences on one thing often follow each other.
            found += [code, code] if self.rng.random() < 0.2 and len(found) + 1 < wanted else [code]
        return found

    def _sentence(self, code: str, voice: Voice, openings: list[str]) -> str:
        """The next sentence with this code; now and then with an opening, which is then used up for this text."""
        deck = self.decks.get(code)
        if not deck:
            deck = self.decks[code] = self.rng.sample(sentences.SENTENCES[code], len(sentences.SENTENCES[code]))
        count = self.rng.choice(COUNTS)
        text = deck.pop().format(
            area=AREA_NAMES[voice.area],
            town=self.rng.choice(TOWNS[voice.area]),
            count=count,
            Count=count.capitalize(),
        )
        opening = openings.pop() if openings and self.rng.random() < 0.12 else ""
        keeps = not opening or text.startswith((*PROPER, *AREA_NAMES.values()))
        return opening + (text if keeps else text[0].lower() + text[1:])

    def extend(self, text: str, longer: str) -> None:
        """The same passages in a text to which words were added at the end."""
        if text in self.said:
            self.said[longer] = Said(longer, self.said[text].passages)
