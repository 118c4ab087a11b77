"""The first draft of a summary: figures, what was raised with counts by sector, quotations with their sources.

A draft is put together by fixed rules from what people coded; the same coding gives the same draft. It claims nothing
that a figure does not show, and every statement is marked as drafted until somebody edited it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from consultations.analysis import figures
from consultations.analysis import queries as analysis
from consultations.analysis.instrument import asked_questions
from consultations.analysis.models import Code, Excerpt
from consultations.analysis.tables import Table, for_publication
from consultations.programme.models import Consultation, Theme
from consultations.submissions import queries as submissions
from consultations.summaries import queries
from consultations.summaries.models import Finding
from consultations.surveys import kinds
from engagement.core.templatetags.ui import day, joined

# How many codes of a theme get a sentence of their own, and how many quotations stand under one.
MOST_CODES, MOST_QUOTES = 4, 2
# Characters of a quotation that reads well.
SHORTEST, LONGEST = 40, 320
# Two quotations that share more of their characters than this are one.
ALIKE = 0.75
# Figures that make a statement: shares of a list of choices.
CHARTED = {"choices", "several"}


@dataclass
class Drafted:
    """A statement before it is a row."""

    kind: str
    text: str = ""
    theme: Theme | None = None
    excerpts: list[Excerpt] = field(default_factory=list)
    query: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)


def parts(consultation: Consultation) -> list[tuple[str, Any]]:
    """The parts of the draft in order, each a step of the progress: who answered, each theme, each survey."""
    themes: list[tuple[str, Any]] = [("theme", theme) for theme in consultation.themes.all()]
    surveys: list[tuple[str, Any]] = [
        ("survey", survey) for survey in consultation.surveys.exclude(current_version=None)
    ]
    return [("who", None), *themes, ("beyond", None), *surveys]


def draft(consultation: Consultation, part: tuple[str, Any]) -> Iterator[Drafted]:
    """The statements of one part."""
    kind, subject = part
    if kind == "who":
        yield from _who_answered(consultation)
    elif kind == "theme":
        yield from _theme(consultation, subject)
    elif kind == "beyond":
        yield from _beyond_themes(consultation)
    else:
        yield from _survey(consultation, subject)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _figure(consultation: Consultation, query: dict[str, Any]) -> tuple[dict[str, Any], Table]:
    table = figures.compute(consultation, query)
    return {"query": query, "result": table.as_json()}, table


def _who_answered(consultation: Consultation) -> Iterator[Drafted]:
    yield Drafted(Finding.Kind.HEADING, "Who was heard")
    voices = figures.voices(consultation)
    opened = f"between {day(consultation.opens_at)} and {day(consultation.closes_at)}" if consultation.opens_at else ""
    heard = (
        f"We heard from {_count(voices.organisations, 'organisation')} and {_count(voices.individuals, 'individual')}, "
        f"who sent {_count(voices.submissions, 'submission')} {opened}".rstrip()
    )
    met = (
        f"{_count(voices.events, 'event was', 'events were')} held, to which people came "
        f"{_count(voices.attendances, 'time')} in all; {_count(voices.notes, 'point was', 'points were')} agreed as "
        "evidence from their tables"
    )
    late = submissions.lateness(consultation).words
    sentences = [f"{heard}.", f"{met}." if voices.events else "", late]
    yield Drafted(Finding.Kind.CONTEXT, " ".join(one for one in sentences if one))
    for by in ("sector", "area", "channel"):
        stored, _ = _figure(consultation, {"figure": "who_answered", "by": by})
        yield Drafted(Finding.Kind.FIGURE, **stored)


def _theme(consultation: Consultation, theme: Theme) -> Iterator[Drafted]:
    yield Drafted(Finding.Kind.HEADING, theme.name, theme)
    frame = analysis.frame_of(consultation)
    first = frame.codes.filter(code=theme.code, parent=None).first() if frame else None
    if first is None:
        yield Drafted(Finding.Kind.CONTEXT, "Nothing was coded under this theme.", theme)
        return
    yield from _code_section(consultation, first, theme)


def _beyond_themes(consultation: Consultation) -> Iterator[Drafted]:
    """Codes of the first level that are no theme: what partners said without being asked."""
    frame = analysis.frame_of(consultation)
    if frame is None:
        return
    themes = set(consultation.themes.values_list("code", flat=True))
    for code in frame.codes.filter(parent=None, retired_at=None).exclude(code__in=themes).order_by("order", "pk"):
        yield Drafted(Finding.Kind.HEADING, f"Beyond the themes: {code.label}")
        yield from _code_section(consultation, code, None)


def _code_section(consultation: Consultation, first: Code, theme: Theme | None) -> Iterator[Drafted]:
    query = {"figure": "codes", "parent": first.code}
    stored, table = _figure(consultation, query)
    raised = sorted((row for row in table.rows if row.total), key=lambda row: (-(row.total or 0), row.label))
    if not raised:
        yield Drafted(Finding.Kind.CONTEXT, "Nothing was coded under this theme.", theme)
        return
    yield Drafted(Finding.Kind.FIGURE, theme=theme, **stored)
    children = {code.label: code for code in first.children.filter(retired_at=None)}
    for row in raised[:MOST_CODES]:
        code = children.get(row.label, first)
        passages = [
            excerpt
            for excerpt in analysis.excerpts(consultation).filter(codings__code=code)
            if queries.still_counts(excerpt)
        ]
        claim = {"query": {**query, "row": row.label}, "result": stored["result"]}
        yield Drafted(Finding.Kind.FINDING, sentence_of(claim["query"], table) or "", theme, passages[:6], **claim)
        for excerpt in _quotations(passages):
            yield Drafted(Finding.Kind.QUOTATION, excerpt.text, theme, excerpts=[excerpt])


def sentence_of(query: dict[str, Any], table: Table) -> str | None:
    """The drafted sentence about one row of a figure, with the numbers it has now; None when nobody raised it.

    The sentence will be published, so it says no number that a published table would hide.
    """
    if not any(row.label == query.get("row") and row.total for row in table.rows):
        return None
    shown = for_publication(table)
    row = next(row for row in shown.rows if row.label == query["row"])
    if row.total is None:
        return f"“{row.label}” was raised by a few sources."
    by_column = sorted(
        ((cell, heading) for cell, heading in zip(row.cells, table.columns, strict=True) if cell),
        key=lambda found: (-found[0], found[1]),
    )
    most = [f"{heading.lower()} ({count})" for count, heading in by_column[:2]]
    often = f", most often from {joined(most)}" if most else ""
    return f"“{row.label}” was raised by {row.total} of {shown.base} sources{often}."


def _quotations(passages: list[Excerpt]) -> list[Excerpt]:
    """A few passages that may be published and read well, from different sources and sectors where possible."""
    fit = [one for one in passages if SHORTEST <= len(one.text) <= LONGEST and queries.may_quote(one)]
    fit.sort(key=lambda one: (abs(len(one.text) - 140), one.pk))
    chosen: list[Excerpt] = []
    seen: set[Any] = set()
    for one in fit:
        submission = one.answer.submission if one.answer else None
        voice = submission.kind.sector_id if submission and submission.kind else "event"
        if voice not in seen and not any(_is_alike(one.text, other.text) for other in chosen):
            seen.add(voice)
            chosen.append(one)
        if len(chosen) == MOST_QUOTES:
            break
    return chosen


def _is_alike(text: str, other: str) -> bool:
    """Whether two quotations say nearly the same, word for word: one of them is enough."""
    return SequenceMatcher(None, text.casefold(), other.casefold(), autojunk=False).ratio() > ALIKE


def _survey(consultation: Consultation, survey: Any) -> Iterator[Drafted]:
    asked = [one for one in asked_questions(survey) if kinds.of(one.question).figure in CHARTED]
    if not asked:
        return
    yield Drafted(Finding.Kind.HEADING, f"Answers: {survey.title}")
    for one in asked:
        query = {"figure": "question", "survey": survey.code, "question": one.question.code}
        stored, table = _figure(consultation, query)
        if table.base:
            yield Drafted(Finding.Kind.FIGURE, **stored)
