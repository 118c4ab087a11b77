"""Every number about a consultation. Pages, summaries, the report and exports ask here, so that they cannot disagree.

Each figure says what it counts (`unit`) and out of how many (`base`). Counted are submissions that were sent and not
set aside; tests never. A figure can be asked for again by its *query*, a small JSON object such as
`{"figure": "question", "survey": "skills", "question": "barriers", "split": "sector"}`, which is what a summary keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from consultations.analysis import queries
from consultations.analysis.instrument import AskedQuestion, asked_questions
from consultations.analysis.models import Coding
from consultations.analysis.questiontables import tables_of
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
    return [(asked, tables_of(asked, known, responses, columns)) for asked in asked_questions(survey)]


def question_tables(consultation: Consultation, survey: Survey, code: str, *, split: str = "") -> list[Table]:
    """The tables of one question. Raises Refused when the survey never asked it."""
    for asked, tables in survey_figures(consultation, survey, split=split):
        if asked.question.code == code:
            return tables
    raise Refused(f"The survey “{survey.title}” has no question with the code “{code}”.")


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
