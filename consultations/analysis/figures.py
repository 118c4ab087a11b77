"""Every number about a consultation. Pages, summaries, the report and exports ask here, so that they cannot disagree.

Each figure says what it counts (`unit`) and out of how many (`base`). Counted are submissions that were sent and not
set aside; tests never. A figure can be asked for again by its *query*, a small JSON object such as
`{"figure": "question", "survey": "skills", "question": "barriers", "split": "sector"}`, which is what a summary keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

from consultations.analysis import queries
from consultations.analysis.instrument import AskedQuestion, asked_questions
from consultations.analysis.models import Coding
from consultations.analysis.splits import NOT_KNOWN, Facts, Split, UnitCounter, facts, split_by
from consultations.analysis.tables import Table
from consultations.programme.models import Consultation
from consultations.submissions.models import Response, Submission
from consultations.submissions.queries import counted
from consultations.surveys.models import Survey
from engagement.core.errors import Refused
from engagement.events.models import Attendance, Note

EVENTS = "Event notes"


# --- who answered ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Voices:
    """How many of each unit were heard; the units are never added up."""

    submissions: int
    organisations: int
    individuals: int
    events: int
    attendances: int
    notes: int


def voices(consultation: Consultation) -> Voices:
    """Submissions, the organisations and individuals behind them, and what came from events; each counted once."""
    known = facts(consultation).values()
    agreed = queries.notes(consultation)
    events = consultation.events.filter(state__in=["held", "circulated", "written_up"])
    return Voices(
        submissions=len(known),
        organisations=len({fact.organisation_id for fact in known if fact.organisation_id}),
        individuals=sum(1 for fact in known if not fact.organisation_id),
        events=events.count(),
        attendances=Attendance.objects.filter(registration__event__in=events, status="attended").count(),
        notes=agreed.count(),
    )


def who_answered(consultation: Consultation, by: str, *, split: str = "") -> Table:
    """Submissions by sector, area, channel, timing, capacity or confidentiality."""
    named = {
        "timing": ("timing", Submission.Timing, "By when they came"),
        "capacity": ("capacity", Submission.Capacity, "By capacity"),
        "confidentiality": ("confidentiality", Submission.Confidentiality, "By what may be published"),
    }
    columns = split_by(split)
    counter = UnitCounter(columns)
    known = facts(consultation).values()
    if by in named:
        attribute, choices, title = named[by]
        for fact in known:
            counter.add(fact, [getattr(fact, attribute)])
        return counter.table(
            [(key, str(label)) for key, label in choices.choices if key], title=title, unit="submissions"
        )
    rows = split_by(by)
    if rows is None:
        raise Refused("Say by what the submissions are to be counted.")
    for fact in known:
        counter.add(fact, rows.keys(fact))
    labels = [*rows.headings.items(), *([(None, NOT_KNOWN)] if counter.totals[None] else [])]
    note = "" if rows.disjoint else "A submission may speak for several areas, so rows add up to more than the base."
    return counter.table(
        labels, title=f"Submissions by {rows.label}", unit="submissions", disjoint_rows=rows.disjoint, note=note
    )


# --- questions ------------------------------------------------------------------------------------------


def survey_figures(
    consultation: Consultation, survey: Survey, *, split: str = ""
) -> list[tuple[AskedQuestion, list[Table]]]:
    """Every question of a survey with its tables, in the order of the form; a fixed number of queries."""
    known = facts(consultation)
    responses = list(
        Response.objects.filter(survey=survey, submission__in=counted(consultation))
        .order_by("pk")
        .values_list("submission_id", "data")
    )
    columns = split_by(split)
    return [(asked, _tables(asked, known, responses, columns)) for asked in asked_questions(survey)]


def question_tables(consultation: Consultation, survey: Survey, code: str, *, split: str = "") -> list[Table]:
    """The tables of one question. Raises Refused when the survey never asked it."""
    for asked, tables in survey_figures(consultation, survey, split=split):
        if asked.question.code == code:
            return tables
    raise Refused(f"The survey “{survey.title}” has no question with the code “{code}”.")


def _tables(
    asked: AskedQuestion, known: dict[int, Facts], responses: list[tuple[int, dict[str, Any]]], split: Split | None
) -> list[Table]:
    question = asked.question
    blank: tuple[Any, ...] = (None, "", [], {})
    given = [(known[pk], data[question.code]) for pk, data in responses if data.get(question.code) not in blank]
    about = {"unit": "submissions", "base_note": "that answered this question"}
    if question.kind in {"single", "scale"}:
        return [_choice_table(asked, given, split, title=question.label, **about)]
    if question.kind == "multiple":
        note = "Several choices were possible, so the shares add up to more than 100%."
        return [_choice_table(asked, given, split, title=question.label, disjoint_rows=False, note=note, **about)]
    if question.kind == "matrix":
        tables = []
        for row in question.rows:
            chosen = [(fact, value.get(row.code)) for fact, value in given if value.get(row.code)]
            tables.append(_choice_table(asked, chosen, split, title=row.label, **about))
        return tables
    if question.kind in {"integer", "decimal"}:
        return [_number_table(question.label, given, split, **about)]
    if question.kind == "date":
        return [_date_table(question.label, given, split, **about)]
    if question.kind in {"short_text", "long_text"}:
        counter = UnitCounter(split)
        answered = {fact.submission_id for fact, _ in given}
        for pk, _ in responses:
            counter.add(known[pk], ["written" if pk in answered else "blank"])
        labels = [("written", "Wrote an answer"), ("blank", "Left it blank")]
        return [counter.table(labels, title=question.label, unit="submissions", base_note="that answered this survey")]
    return []


def _choice_table(asked: AskedQuestion, given: list[tuple[Facts, Any]], split: Split | None, **about: Any) -> Table:
    counter = UnitCounter(split)
    for fact, value in given:
        counter.add(fact, value if isinstance(value, list) else [value])
    labels: list[tuple[Any, str]] = [(choice.code, choice.label) for choice in asked.question.choices]
    if asked.question.has_other and not any(code == "other" for code, _ in labels):
        labels.append(("other", "Other"))
    notes = dict.fromkeys(asked.retired_choices, "No longer offered")
    return counter.table(labels, notes=notes, **about)


def _number_table(title: str, given: list[tuple[Facts, Any]], split: Split | None, **about: Any) -> Table:
    """Numbers in at most six ranges, with the median and the extremes in words."""
    numbers = sorted(float(value) for _, value in given)
    counter = UnitCounter(split)
    if not numbers:
        return counter.table([], title=title, **about)
    edges = _edges(numbers)
    for fact, value in given:
        counter.add(fact, [max(place for place, edge in enumerate(edges) if float(value) >= edge)])
    labels = [(place, _range_label(edges, place, numbers[-1])) for place in range(len(edges))]
    note = f"Median {median(numbers):g}; from {numbers[0]:g} to {numbers[-1]:g}."
    return counter.table(labels, title=title, note=note, **about)


def _edges(numbers: list[float]) -> list[float]:
    distinct = sorted(set(numbers))
    if len(distinct) <= 6:
        return distinct
    return sorted({distinct[len(distinct) * part // 6] for part in range(6)})


def _range_label(edges: list[float], place: int, highest: float) -> str:
    low = edges[place]
    if place + 1 < len(edges):
        following = edges[place + 1]
        if low.is_integer() and following.is_integer():
            return f"{low:g}" if following - low <= 1 else f"{low:g} to {following - 1:g}"
        return f"{low:g} to under {following:g}"
    return f"{low:g}" if low == highest else f"{low:g} to {highest:g}"


def _date_table(title: str, given: list[tuple[Facts, Any]], split: Split | None, **about: Any) -> Table:
    counter = UnitCounter(split)
    for fact, value in given:
        counter.add(fact, [str(value)[:4]])
    return counter.table([(year, year) for year in sorted(counter.totals)], title=title, **about)


# --- codes ----------------------------------------------------------------------------------------------


def codes_by_sector(consultation: Consultation, *, parent: str = "") -> Table:
    """How many sources raised each code, by sector, with event notes as a column of their own.

    A source is a submission or an agreed event note; it counts once for a code however many passages carry it, and
    once for a code of the first level however many of the codes under it. With `parent`, the codes under that one.
    """
    frame = queries.frame_of(consultation)
    known = facts(consultation)
    if frame is None:
        return Table(title="What was raised", unit="sources", base=0, rows=[])
    codes = list(frame.codes.order_by("order", "pk"))
    above = {code.pk: code.parent_id for code in codes}
    over = next((code for code in codes if code.code == parent), None) if parent else None
    if parent and over is None:
        raise Refused(f"The code frame has no code “{parent}”.")
    shown = [code for code in codes if code.parent_id == (over.pk if over else None)]
    sources: dict[tuple[str, int], set[int]] = {}
    codings = Coding.objects.filter(code__frame=frame).values_list(
        "code_id", "excerpt__note_id", "excerpt__answer__response__submission_id", "excerpt__note__state"
    )
    for code_id, note_id, submission_id, note_state in codings:
        if note_id and note_state == Note.State.AGREED:
            source = ("note", note_id)
        elif submission_id in known:
            source = ("submission", submission_id)
        else:
            continue
        # A code of the second level counts for the one above it as well.
        sources.setdefault(source, set()).update({code_id, above[code_id] or code_id})
    sectors = split_by("sector")
    assert sectors is not None
    headings = {**sectors.headings, EVENTS: EVENTS}
    nobody = Facts(0, None, "", (), None, "", "", "")
    counter = UnitCounter(
        Split("source", "source", headings, lambda fact: [EVENTS if fact is nobody else fact.sector_id])
    )
    for (kind, pk), found in sources.items():
        counter.add(known[pk] if kind == "submission" else nobody, found)
    return counter.table(
        [(code.pk, code.label) for code in shown],
        title=f"What was raised: {over.label}" if over else "What was raised",
        unit="sources",
        base_note="with at least one coded passage (a source is a submission or an agreed event note)",
        note="A source may raise several points, so the rows add up to more than the base.",
        disjoint_rows=False,
    )


# --- saved queries --------------------------------------------------------------------------------------


def compute(consultation: Consultation, query: dict[str, Any]) -> Table:
    """The figure that a saved query stands for, as it is now. Raises Refused for one that cannot be answered."""
    kind = query.get("figure")
    split = query.get("split", "")
    if kind == "who_answered":
        return who_answered(consultation, query.get("by", ""), split=split)
    if kind == "codes":
        return codes_by_sector(consultation, parent=query.get("parent", ""))
    if kind == "question":
        survey = Survey.objects.filter(consultation=consultation, code=query.get("survey", "")).first()
        if survey is None:
            raise Refused("The survey of this figure no longer exists.")
        tables = question_tables(consultation, survey, query.get("question", ""), split=split)
        place = int(query.get("table", 0))
        if place >= len(tables):
            raise Refused("This question has no such table.")
        return tables[place]
    raise Refused("There is no such figure.")


def is_stale(consultation: Consultation, query: dict[str, Any], result: dict[str, Any]) -> bool:
    """Whether the figure has changed since `result` was stored."""
    try:
        return compute(consultation, query).as_json() != result
    except Refused:
        return True
