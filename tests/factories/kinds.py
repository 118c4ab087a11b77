"""One question of every kind, with what a browser would post for it and what must come of that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from consultations.surveys.definition import Choice, Page, Question
from tests.factories.surveys import BARRIERS, YES_NO

AREAS = (Choice("durham", "Durham"), Choice("gateshead", "Gateshead"))
PORTS = (Choice("tyne", "Port of Tyne"), Choice("blyth", "Port of Blyth"))
YEARS = (Choice("y18", "2018"), Choice("y19", "2019"))


@dataclass(frozen=True)
class Case:
    """A question, what is posted, the stored answer, how it is said, its cells by column name, what it counts."""

    question: Question
    posted: dict[str, Any]
    answer: Any
    said: str
    cells: dict[str, Any]
    counted: set[tuple[str, str]] = field(default_factory=set)
    # What is posted when a required question is left blank leaves this sentence; "" where it cannot be left blank.
    lacks: str = ""

    def __str__(self) -> str:
        return self.question.kind


def _q(kind: str, **facts: Any) -> Question:
    return Question("q", kind, f"A question of the kind {kind}", **facts)


CASES = [
    Case(_q("short_text"), {"q": " Amina "}, "Amina", "Amina", {"q": "Amina"}, lacks="Write an answer to"),
    Case(_q("long_text"), {"q": "One\r\ntwo"}, "One\ntwo", "One\ntwo", {"q": "One\ntwo"}, lacks="Write an answer to"),
    Case(
        _q("email"), {"q": "a.b@example.org"}, "a.b@example.org", "a.b@example.org", {"q": "a.b@example.org"},
        lacks="Write an e-mail address",
    ),
    Case(_q("phone"), {"q": "(01632)  960 000"}, "(01632) 960 000", "(01632) 960 000", {"q": "(01632) 960 000"},
         lacks="Write a telephone number"),
    Case(_q("url"), {"q": "example.org/a"}, "https://example.org/a", "https://example.org/a",
         {"q": "https://example.org/a"}, lacks="Write a web address"),
    Case(_q("integer"), {"q": "1,200"}, 1200, "1200", {"q": 1200}, lacks="Write a number"),
    Case(_q("decimal"), {"q": "12.50"}, 12.5, "12.5", {"q": 12.5}, lacks="Write a number"),
    Case(_q("time"), {"q": "2.05 pm"}, "14:05", "14:05", {"q": "14:05"}, lacks="Write a time"),
    Case(
        _q("single", choices=BARRIERS, has_other=True, settings={"comment": True}),
        {"q": "other", "q__other": "Rent", "q__comment": "It doubled."},
        "other", "Rent; It doubled.",
        {"q": "other", "q__other_text": "Rent", "q__comment": "It doubled."}, {("", "other")}, "Choose an answer",
    ),
    Case(
        _q("yes_no", choices=YES_NO), {"q": "no"}, "no", "No", {"q": "no"}, {("", "no")}, "Choose an answer",
    ),
    Case(_q("scale", choices=YES_NO), {"q": "yes"}, "yes", "Yes", {"q": "yes"}, {("", "yes")}, "Choose an answer"),
    Case(
        _q("consent", choices=(Choice("ok", "I confirm this"),)), {"q": "on"}, "ok", "I confirm this", {"q": "ok"},
        {("", "ok")}, "Tick the box if you agree",
    ),
    Case(
        _q("multiple", choices=BARRIERS), {"q": ["transport", "skills"]}, ["skills", "transport"],
        "Finding people with the right skills, Transport",
        {"q": "skills; transport", "q__skills": 1, "q__finance": 0, "q__transport": 1, "q__none": 0},
        {("", "skills"), ("", "transport")}, "Choose at least one answer",
    ),
    Case(
        _q("ranking", choices=BARRIERS[:3]), {"q--transport": "1", "q--skills": "2"}, ["transport", "skills"],
        "1. Transport; 2. Finding people with the right skills",
        {"q__skills": 2, "q__finance": None, "q__transport": 1},
        {("transport", "1"), ("skills", "2")}, "Put these in order",
    ),
    Case(
        _q("matrix", choices=YES_NO, rows=PORTS), {"q--tyne": "yes", "q--blyth": "no"},
        {"tyne": "yes", "blyth": "no"}, "Port of Tyne: Yes; Port of Blyth: No",
        {"q__tyne": "yes", "q__blyth": "no"}, {("tyne", "yes"), ("blyth", "no")}, "Choose an answer for “Port of Tyne”",
    ),
    Case(
        _q("matrix_several", choices=AREAS, rows=PORTS),
        {"q--tyne": ["gateshead", "durham"], "q--blyth": ["durham"]},
        {"tyne": ["durham", "gateshead"], "blyth": ["durham"]},
        "Port of Tyne: Durham, Gateshead; Port of Blyth: Durham",
        {"q__tyne": "durham; gateshead", "q__tyne__durham": 1, "q__tyne__gateshead": 1, "q__blyth": "durham",
         "q__blyth__durham": 1, "q__blyth__gateshead": 0},
        {("tyne", "durham"), ("tyne", "gateshead"), ("blyth", "durham")}, "Choose an answer for “Port of Tyne”",
    ),
    Case(
        _q("matrix_numbers", choices=YEARS, rows=PORTS),
        {"q--tyne--y18": "1", "q--tyne--y19": "2.5", "q--blyth--y18": "3", "q--blyth--y19": "0"},
        {"tyne": {"y18": 1, "y19": 2.5}, "blyth": {"y18": 3, "y19": 0}},
        "Port of Tyne: 2018 1, 2019 2.5; Port of Blyth: 2018 3, 2019 0",
        {"q__tyne__y18": 1, "q__tyne__y19": 2.5, "q__blyth__y18": 3, "q__blyth__y19": 0},
        set(), "Write a number for “Port of Tyne: 2018”",
    ),
    Case(
        _q("constant_sum", rows=PORTS), {"q--tyne": "60", "q--blyth": "40"}, {"tyne": 60, "blyth": 40},
        "Port of Tyne: 60; Port of Blyth: 40", {"q__tyne": 60, "q__blyth": 40}, set(), "Divide the points",
    ),
    Case(
        _q("address"), {"q--line1": "1 Quay", "q--town": "Blyth", "q--postcode": "ZZ1 1ZZ"},
        {"line1": "1 Quay", "town": "Blyth", "postcode": "ZZ1 1ZZ"}, "1 Quay, Blyth, ZZ1 1ZZ",
        {"q__line1": "1 Quay", "q__line2": None, "q__town": "Blyth", "q__postcode": "ZZ1 1ZZ"},
        set(), "Fill in “Address line 1”",
    ),
    Case(
        _q("organisation"), {"q--name": "Hexmere Tools", "q--website": "hexmere.example"},
        {"name": "Hexmere Tools", "website": "https://hexmere.example"}, "Hexmere Tools, https://hexmere.example",
        {"q__name": "Hexmere Tools", "q__number": None, "q__website": "https://hexmere.example"},
        set(), "Fill in “Name of the organisation”",
    ),
    Case(
        _q("location", choices=AREAS, settings={"coordinates": True}),
        {"q--area": "durham", "q--place": "The quay", "q--point": "54.97, -1.61"},
        {"area": "durham", "place": "The quay", "lat": 54.97, "lon": -1.61}, "Durham, The quay, 54.97, -1.61",
        {"q__area": "durham", "q__place": "The quay", "q__lat": 54.97, "q__lon": -1.61},
        {("", "durham")}, "Say where",
    ),
]  # fmt: skip


def sites_page(*questions: Question, **facts: Any) -> Page:
    """A page that is filled in once for each site."""
    asked = questions or (
        Question("town", "short_text", "In which town?", required=True),
        Question("jobs", "integer", "How many work there?"),
        Question("grows", "single", "Will it grow?", choices=YES_NO),
        Question("why", "long_text", "Why?", relevance="${grows} = 'yes'"),
    )
    return Page("sites", "Your sites", questions=tuple(asked), repeats=True, entry_name="site", **facts)
