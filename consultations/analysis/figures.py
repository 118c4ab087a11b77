"""Every number about a consultation. Pages, summaries, the report and exports ask here, so that they cannot disagree.

Each figure says what it counts (`unit`) and out of how many (`base`). Counted are submissions that were sent and not
set aside; tests never. A figure can be asked for again by its *query*, a small JSON object such as
`{"figure": "question", "survey": "skills", "question": "barriers", "split": "sector"}`, which is what a summary keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from consultations.analysis import queries
from consultations.analysis.instrument import AskedQuestion, asked_questions
from consultations.analysis.models import Coding
from consultations.analysis.questiontables import tables_of
from consultations.analysis.splits import NOT_KNOWN, Census, Group, Split, UnitCounter, census, split_by
from consultations.analysis.tables import Table
from consultations.programme.models import Consultation
from consultations.submissions import tallies
from consultations.submissions.models import Submission
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
    # Of the individuals, those who answered without an account or anonymously: one may have answered several times.
    unchecked: int = 0


def voices(consultation: Consultation) -> Voices:
    """Submissions, the organisations and individuals behind them, and what came from events; each counted once."""
    heard = counted(consultation).aggregate(
        submissions=Count("pk"),
        organisations=Count("organisation", distinct=True),
        individuals=Count("pk", filter=Q(organisation=None)),
        unchecked=Count("pk", filter=Q(organisation=None, respondent=None, channel=Submission.Channel.ONLINE)),
    )
    agreed = queries.notes(consultation)
    events = consultation.events.filter(state__in=["held", "circulated", "written_up"])
    return Voices(
        **heard,
        events=events.count(),
        attendances=Attendance.objects.filter(registration__event__in=events, status="attended").count(),
        notes=agreed.count(),
    )


def who_answered(consultation: Consultation, by: str, *, split: str = "", known: Census | None = None) -> Table:
    """Submissions by sector, area, channel, timing, capacity or confidentiality.

    `known` is the census of the consultation, for a caller who asks for several tables.
    """
    named = {
        "timing": ("timing", Submission.Timing, "By when they came"),
        "capacity": ("capacity", Submission.Capacity, "By capacity"),
        "confidentiality": ("confidentiality", Submission.Confidentiality, "By what may be published"),
    }
    columns = split_by(split)
    known = known or census(consultation)
    if by in named:
        attribute, choices, title = named[by]
        counter = _counted(known, columns, lambda group: [getattr(group, attribute)])
        return counter.table(
            [(key, str(label)) for key, label in choices.choices if key], title=title, unit="submissions"
        )
    rows = split_by(by)
    if rows is None:
        raise Refused("Say by what the submissions are to be counted.")
    if rows.name == split and not rows.disjoint:
        raise Refused("Areas are not split by areas. Choose another split.")
    counter = _counted(known, columns, rows.keys, rows_overlap=not rows.disjoint)
    labels = [*rows.headings.items(), *([(None, NOT_KNOWN)] if counter.totals[None] else [])]
    note = "" if rows.disjoint else "A submission may speak for several areas, so rows add up to more than the base."
    return counter.table(
        labels, title=f"Submissions by {rows.label}", unit="submissions", disjoint_rows=rows.disjoint, note=note
    )


def _counted(known: Census, split: Split | None, rows: Any, *, rows_overlap: bool = False) -> UnitCounter:
    """Everybody counted by row and column. Groups by area name a submission once for each area, so only what is told
    apart by area is taken from them: a submission from two areas is one in every base."""
    counter = UnitCounter(split)
    if rows_overlap:
        for group in known.once:
            counter.add(group, ())
        for group in known.by_area:
            counter.add_rows(group, list(rows(group)))
    elif split is not None and not split.disjoint:
        for group in known.once:
            counter.add_whole(group, list(rows(group)))
        for group in known.by_area:
            counter.add_columns(group, list(rows(group)))
    else:
        for group in known.once:
            counter.add(group, list(rows(group)))
    return counter


# --- questions ------------------------------------------------------------------------------------------


def survey_figures(
    consultation: Consultation, survey: Survey, *, split: str = ""
) -> list[tuple[AskedQuestion, list[Table]]]:
    """Every question of a survey with its tables, in the order of the form; a fixed number of queries."""
    counts = tallies.counts(survey, split=split)
    columns = split_by(split)
    return [(asked, tables_of(asked, counts, columns)) for asked in asked_questions(survey)]


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
    if frame is None:
        return Table(title="What was raised", unit="sources", base=0, rows=[])
    codes = list(frame.codes.order_by("order", "pk"))
    above = {code.pk: code.parent_id for code in codes}
    over = next((code for code in codes if code.code == parent), None) if parent else None
    if parent and over is None:
        raise Refused(f"The code frame has no code “{parent}”.")
    shown = [code for code in codes if code.parent_id == (over.pk if over else None)]
    sources: dict[tuple[Any, int], set[int]] = {}
    # A code of the second level counts for the one above it as well.
    codings = Coding.objects.filter(code__frame=frame)
    heard = codings.filter(excerpt__answer__submission__in=counted(consultation))
    submission = "excerpt__answer__submission"
    for code_id, pk, sector_id in heard.values_list("code_id", submission, f"{submission}__kind__sector_id"):
        sources.setdefault((sector_id, pk), set()).update({code_id, above[code_id] or code_id})
    agreed = codings.filter(excerpt__note__state=Note.State.AGREED)
    for code_id, pk in agreed.values_list("code_id", "excerpt__note_id"):
        sources.setdefault((EVENTS, pk), set()).update({code_id, above[code_id] or code_id})
    sectors = split_by("sector")
    assert sectors is not None
    headings = {**sectors.headings, EVENTS: EVENTS}
    counter = UnitCounter(Split("source", "source", headings, lambda group: [group.sector_id]))
    for (column, _), found in sources.items():
        counter.add(Group(column), list(found))
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
