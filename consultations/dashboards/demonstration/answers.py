"""What an invented partner answers to the six questionnaires, true to its kind and its place."""

from __future__ import annotations

import random
from typing import Any

from consultations.dashboards.demonstration import sentences
from consultations.dashboards.demonstration.voices import Speech, Voice

# Choices of a question with their weights for everybody, and what a kind, sector or area adds to some of them.
Weights = dict[str, float]
STRENGTHS: Weights = {
    "manufacturing": 3, "digital": 2, "health": 1.5, "energy": 2, "universities": 2.5, "culture": 1.5, "ports": 1,
    "people": 3.5,
}  # fmt: skip
BARRIERS: Weights = {
    "skills": 5, "transport": 3.5, "finance": 2, "premises": 1, "housing": 1.2, "digital": 1.5, "health": 1.5,
    "leadership": 1.5, "procurement": 1.2,
}  # fmt: skip
CHALLENGES: Weights = {"ai": 1.5, "ageing": 2, "clean": 3, "mobility": 1.5, "none": 1.2}
HEARD: Weights = {"email": 5, "event": 2, "network": 3, "press": 1, "other": 0.5}
GAPS: Weights = {"engineering": 3, "digital": 3, "management": 2, "customer": 1, "basic": 2, "languages": 0.6}
NEEDS: Weights = {"bus": 3, "rail": 2, "road": 2, "broadband": 2, "grid": 1}
DIRECTIONS: Weights = {"better": 2, "same": 2, "worse": 2, "mixed": 3}
USED: Weights = {"hub": 4, "loan": 1, "grant": 3, "export": 1, "mentor": 1.5}
PARTNERS: Weights = {"university": 3, "catapult": 1.2, "customer": 3, "public": 1, "nobody": 0.6}
LEANING: dict[str, Weights] = {
    "advanced-manufacturing": {
        "manufacturing": 8,
        "skills": 4,
        "clean": 2,
        "engineering": 6,
        "road": 3,
        "leadership": 2,
    },
    "digital": {"digital": 7, "ai": 8, "finance": 2, "universities": 2},
    "energy": {"energy": 9, "clean": 9, "ports": 4, "grid": 6, "engineering": 4},
    "health-life-sciences": {"health": 8, "ageing": 6, "universities": 4, "finance": 3},
    "professional-services": {"people": 2, "rail": 3, "management": 3, "finance": 2},
    "construction": {"skills": 5, "procurement": 5, "housing": 3, "engineering": 5},
    "transport-logistics": {"ports": 5, "mobility": 9, "road": 9, "transport": 5},
    "creative-tourism": {"culture": 9, "none": 3, "finance": 2, "customer": 4},
    "rural-food": {"digital": 5, "transport": 4, "premises": 3, "clean": 3, "broadband": 7},
    "business": {"skills": 2, "finance": 2, "manufacturing": 1, "leadership": 1},
    "education": {"universities": 5, "skills": 4, "people": 3, "ageing": 1, "basic": 3, "bus": 3},
    "public": {"housing": 3, "health": 3, "ageing": 3, "transport": 2, "energy": 1},
    "voluntary": {"people": 5, "health": 5, "transport": 4, "ageing": 5, "bus": 5, "basic": 5, "procurement": 2},
    "individual": {"people": 3, "transport": 4, "none": 3, "culture": 3, "bus": 3, "press": 4},
    "county-durham": {"transport": 3, "bus": 3},
    "northumberland": {"digital": 4, "broadband": 4, "culture": 3, "rail": 3},
    "sunderland": {"manufacturing": 4, "mobility": 2, "skills": 1},
    "newcastle": {"universities": 3, "housing": 2, "health": 1},
    "south-tyneside": {"ports": 3, "health": 2},
    "north-tyneside": {"energy": 3, "rail": 3},
    "gateshead": {"culture": 2, "digital": 1},
}
# How well things serve people: from “very well” to “cannot say”, for everybody; some go worse in some places.
QUALITY = ["very_well", "fairly_well", "not_well", "not_at_all", "cannot_say"]
SERVED: dict[str, list[float]] = {
    "roads": [1, 5, 3, 1, 0.5],
    "buses": [0.5, 3, 4, 2.5, 1.5],
    "rail": [1, 4, 3, 1.5, 1],
    "broadband": [2, 4, 2.5, 1, 0.3],
    "advice": [1, 3, 2, 0.7, 3],
    "training": [0.8, 4, 3, 1, 1],
}
WORSE = {
    "northumberland": {"roads", "buses", "broadband"},
    "county-durham": {"buses", "rail"},
    "rural-food": {"broadband", "training"},
}


class Answers:
    """Answers of one partner. Every method gives what `submissions.actions.fill` takes for one survey."""

    def __init__(self, rng: random.Random, speech: Speech, voice: Voice) -> None:
        self.rng, self.speech, self.voice = rng, speech, voice

    def of(self, survey_code: str) -> dict[str, Any]:
        """The answers to the survey of this code."""
        made = {
            "call-for-evidence": self.call,
            "ideas": self.ideas,
            "people": self.people,
            "infrastructure": self.infrastructure,
            "business-environment": self.business,
            "places": self.places,
        }[survey_code]()
        return {code: value for code, value in made.items() if value is not None}

    def call(self) -> dict[str, Any]:
        strengths = self._several(STRENGTHS, 2, 4)
        other = self.rng.choice(sentences.STRENGTHS_OTHER) if self.rng.random() < 0.08 else None
        challenge = self._one(CHALLENGES)
        services = {row: self._served(row) for row in SERVED if self.rng.random() < 0.94}
        return {
            "strengths": [*strengths, *(["other"] if other else [])],
            "strengths__other": other,
            "strengths_why": self._text(0.75),
            "barriers": self._several(BARRIERS, 2, 3),
            "barriers_why": self._text(0.8),
            "services": services if self.rng.random() < 0.9 else None,
            "challenge": challenge,
            "challenge_how": self._text(0.6, least=1, most=3) if challenge != "none" else None,
            "confidence": self._confidence(),
            "actions": self._text(1, least=2, most=5),
            "heard": self._one(HEARD),
        }

    def ideas(self) -> dict[str, Any]:
        invested = self._one({"yes": 4, "no": 2, "not_applicable": 1})
        return {
            "invested": invested,
            "worked_with": self._several(PARTNERS, 1, 3) if invested == "yes" else None,
            "ideas_more": self._text(0.85, about="ideas"),
        }

    def people(self) -> dict[str, Any]:
        is_business = self.voice.sector == "business"
        apprentices = self._one({"yes": 4, "no": 3, "not_applicable": 0.5 if is_business else 2})
        return {
            "hard_to_fill": round(self.rng.lognormvariate(1.1, 1.1)) if self.rng.random() < 0.85 else None,
            "gaps": self._several(GAPS, 1, 3),
            "apprentices": apprentices,
            "apprentices_why": self.rng.choice(sentences.APPRENTICES_WHY) if apprentices == "no" else None,
            "people_more": self._text(0.9, about="people"),
        }

    def infrastructure(self) -> dict[str, Any]:
        since = f"{self.rng.randint(2009, 2018)}-{self.rng.randint(1, 12):02d}-{self.rng.randint(1, 28):02d}"
        return {
            "first_need": self._one(NEEDS),
            "waiting_since": since if self.rng.random() < 0.6 else None,
            "infrastructure_more": self._text(0.9, about="infrastructure"),
        }

    def business(self) -> dict[str, Any]:
        used = self._several(USED, 0, 3) or ["none_used"]
        return {
            "used": used,
            "grant_weeks": round(self.rng.uniform(0.5, 9), 1) if "grant" in used else None,
            "business_more": self._text(0.9, about="business-environment"),
        }

    def places(self) -> dict[str, Any]:
        return {
            "direction": self._one(DIRECTIONS),
            "best_of": self.rng.choice(sentences.BEST) if self.rng.random() < 0.8 else None,
            "places_more": self._text(0.9, about="places"),
        }

    def _weight(self, choice: str, base: float) -> float:
        named = (self.voice.kind, self.voice.sector, self.voice.area)
        return base + sum(LEANING.get(name, {}).get(choice, 0) for name in named)

    def _one(self, choices: Weights) -> str:
        return self.rng.choices(list(choices), [self._weight(*one) for one in choices.items()])[0]

    def _several(self, choices: Weights, least: int, most: int) -> list[str]:
        """Some of the choices in the order of the form, as the form would give them."""
        left, found = dict(choices), set[str]()
        for _ in range(self.rng.randint(least, most)):
            chosen = self._one(left)
            found.add(chosen)
            left.pop(chosen)
        return [choice for choice in choices if choice in found]

    def _served(self, row: str) -> str:
        weights = list(SERVED[row])
        if row in WORSE.get(self.voice.area, set()) | WORSE.get(self.voice.kind, set()):
            weights = [weights[0] * 0.2, weights[1] * 0.5, weights[2] * 1.5, weights[3] * 3, weights[4]]
        return self.rng.choices(QUALITY, weights)[0]

    def _confidence(self) -> str:
        lean = {"education": 0.5, "public": 0.4, "individual": -0.6, "voluntary": -0.3}.get(self.voice.sector, 0.0)
        return str(min(5, max(1, round(self.rng.gauss(3.1 + lean, 1)))))

    def _text(self, chance: float, *, about: str = "", least: int = 2, most: int = 4) -> str | None:
        if self.rng.random() >= chance:
            return None
        return self.speech.say(self.voice, about=about, least=least, most=most).text
