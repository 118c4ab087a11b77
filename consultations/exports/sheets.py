"""What an export holds: tables of rows, made one after another from the database, each row as it is needed.

What a profile may carry is decided here, with `submissions.confidentiality` for every answer:

- *public*: submissions whose text may be published; a name only where the partner agreed to it, otherwise no more than
  the sector; answers that may be published; no reference.
- *pseudonymous*: every counted submission under a pseudonym that stays the same in every export; no names, addresses
  or answers that hold personal data.
- *full*: everything that staff may read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from consultations.analysis import queries as analysis
from consultations.analysis.instrument import AskedQuestion, asked_questions
from consultations.exports import evidence
from consultations.exports.layout import AnswerColumn, Cells, answer_columns
from consultations.exports.who import WHO, WHO_WORDS, Profile, Row, Who, local, pseudonym
from consultations.programme.models import Consultation
from consultations.submissions import confidentiality
from consultations.submissions.files import named_in
from consultations.submissions.models import AnswerFile, Response, Submission
from consultations.submissions.queries import counted
from consultations.surveys.conditions import asked_when
from consultations.surveys.definition import entry_key, load
from consultations.surveys.entries import entry_numbers, plain_answers
from consultations.surveys.models import Survey
from engagement.events import queries as events

CHUNK = 500


@dataclass(frozen=True)
class Sheet:
    """One table: its name, its header, and a function that yields its rows."""

    name: str
    title: str
    header: list[str]
    rows: Callable[[], Iterator[Row]]
    # How many rows the database says there must be; None where nothing is counted apart.
    expected: int | None = None


def sheets(consultation: Consultation, *, profile: str, labels: bool) -> list[Sheet]:
    """Every table of an export in order: responses by survey, submissions, notes, coded passages,
    evidence, codebook, notes."""
    surveys = list(consultation.surveys.exclude(current_version=None).prefetch_related("versions"))
    found: list[Sheet] = []
    books: _Books = []
    for survey in surveys:
        columns = _columns(survey, profile=profile, labels=labels)
        once = [column for column in columns if not column.asked.repeats]
        tables = [_Filled(_responses(consultation, survey, once, profile=profile, labels=labels), once)]
        for page in dict.fromkeys(column.asked.repeats for column in columns):
            if page:
                several = [column for column in columns if column.asked.repeats == page]
                entries = _entries(consultation, survey, page, several, profile=profile, labels=labels)
                tables.append(_Filled(entries, several))
        books.append((survey, columns, tables))
        found += [table.counting for table in tables]
    found += [
        _submissions(consultation, profile),
        _event_notes(consultation, profile),
        _passages(consultation, profile),
        _evidence(consultation, profile),
        _codebook(books, profile),
        _versions(surveys),
        _about(consultation, profile, labels),
    ]
    return found


class _Filled:
    """A table of answers that counts, while its rows are written, in how many of them each column holds something."""

    def __init__(self, sheet: Sheet, columns: list[AnswerColumn]) -> None:
        self.sheet, self.columns = sheet, columns
        self.counts: list[int] | None = None
        self.counting = replace(sheet, rows=self.rows)

    def rows(self) -> Iterator[Row]:
        before = len(self.sheet.header) - len(self.columns)
        counts = [0] * len(self.columns)
        for row in self.sheet.rows():
            counts = [n + (cell is not None) for n, cell in zip(counts, row[before:], strict=True)]
            yield row
        self.counts = counts

    def answered(self) -> dict[str, int]:
        """Column name to the number of rows; reads the rows when nobody has read them to the end."""
        while self.counts is None:
            deque(self.rows(), maxlen=0)
        return {column.name: n for column, n in zip(self.columns, self.counts, strict=True)}


# A survey with all its columns and the tables that they stand in.
_Books = list[tuple[Survey, list[AnswerColumn], list[_Filled]]]


def included(consultation: Consultation, profile: str) -> Any:
    """The submissions that an export of this profile has rows for."""
    rows = counted(consultation)
    return rows.filter(confidentiality.publishable()) if profile == Profile.PUBLIC else rows


# --- responses ------------------------------------------------------------------------------------------


def _columns(survey: Survey, *, profile: str, labels: bool) -> list[AnswerColumn]:
    asked = [one for one in asked_questions(survey) if profile == Profile.FULL or not one.question.personal]
    columns = [column for one in asked for column in answer_columns(one, labels=labels)]
    # The name of a file may be that of its author.
    return [column for column in columns if profile == Profile.FULL or not column.is_telling]


def _responses(
    consultation: Consultation, survey: Survey, columns: list[AnswerColumn], *, profile: str, labels: bool
) -> Sheet:
    chosen = Response.objects.filter(survey=survey, submission__in=included(consultation, profile))

    def rows() -> Iterator[Row]:
        ordered = chosen.order_by("submission__submitted_at", "pk")
        cells, is_public = Cells(columns), profile == Profile.PUBLIC
        found = Who(profile).read(ordered, "version__number", "language", "data", prefix="submission__")
        for who, submission, (version, language, data) in found:
            answers = cells.of(data, _allowed(submission, survey))
            yield [*who, version, *answers] if is_public else [*who, version, language, *answers]

    headings = [column.heading if labels else column.name for column in columns]
    return Sheet(
        name=survey.code,
        title=f"Answers: {survey.title}",
        # In which version and which language the survey was answered.
        header=[*WHO[profile], "version", *([] if profile == Profile.PUBLIC else ["language"]), *headings],
        rows=rows,
        expected=chosen.count(),
    )


def _entries(
    consultation: Consultation,
    survey: Survey,
    page: str,
    columns: list[AnswerColumn],
    *,
    profile: str,
    labels: bool,
) -> Sheet:
    """One row for each entry of a page that can be filled in several times."""
    chosen = Response.objects.filter(survey=survey, submission__in=included(consultation, profile))

    def rows() -> Iterator[Row]:
        ordered = chosen.order_by("submission__submitted_at", "pk")
        cells = Cells(columns)
        for who, submission, (version, data) in Who(profile).read(
            ordered, "version__number", "data", prefix="submission__"
        ):
            allowed = _allowed(submission, survey)
            for place, entry in enumerate(entry_numbers(page, data), 1):
                answers = cells.of(plain_answers(data, entry_key(page, entry, ".")), allowed)
                yield [*who, version, place, *answers]

    headings = [column.heading if labels else column.name for column in columns]
    return Sheet(
        name=f"{survey.code}--{page}",
        title=f"Entries: {columns[0].asked.page_title or page}",
        header=[*WHO[profile], "version", "entry", *headings],
        rows=rows,
    )


def _allowed(submission: Submission | None, survey: Survey) -> Callable[[AskedQuestion], bool] | None:
    """Which answers the policy lets out; None where there is no submission to ask about: a profile that has all."""
    if submission is None:
        return None
    # An answer that goes without the name cannot stand in a row with it.
    has_name = confidentiality.may_name(submission)
    return lambda asked: (
        confidentiality.may_publish(submission, asked.question.code, survey_code=survey.code, question=asked.question)
        and (not has_name or confidentiality.may_name(submission, asked.question.code, survey_code=survey.code))
    )


def _submissions(consultation: Consultation, profile: str) -> Sheet:
    chosen = included(consultation, profile)
    more = ["statement"] if profile != Profile.PSEUDONYMOUS else []

    def rows() -> Iterator[Row]:
        for who, submission, texts in Who(profile).read(chosen.order_by("submitted_at", "pk"), *more):
            shown = submission is None or confidentiality.may_publish(submission)
            yield [*who, *(text if shown else "" for text in texts)]

    return Sheet("submissions", "Submissions", [*WHO[profile], *more], rows, expected=chosen.count())


def _event_notes(consultation: Consultation, profile: str) -> Sheet:
    chosen = analysis.notes(consultation)

    def rows() -> Iterator[Row]:
        for note in chosen.prefetch_related("organisations").iterator(chunk_size=CHUNK):
            yield [
                note.event.title,
                local(note.event.starts_at),
                note.topic.title if note.topic else "",
                note.table_name,
                note.get_point_display(),
                note.text,
                "" if profile == Profile.PSEUDONYMOUS else events.attribution(note),
                note.people_count,
                note.question,
                note.get_wording_display(),
            ]

    header = ["event", "held", "topic", "table", "point", "text", "said_by", "people", "question", "wording"]
    return Sheet("event-notes", "Agreed notes of events", header, rows, expected=chosen.count())


def _passages(consultation: Consultation, profile: str) -> Sheet:
    def rows() -> Iterator[Row]:
        number = 0
        for excerpt in analysis.excerpts(consultation).iterator(chunk_size=CHUNK):
            source, question, who = "event note", "", ""
            if excerpt.answer is not None:
                answer, submission = excerpt.answer, excerpt.answer.submission
                place: dict[str, Any] = {"question_code": answer.question_code, "survey_code": answer.survey_code}
                question = f"{answer.survey_code}/{answer.question_code}" if answer.response else "statement"
                source = "answer"
                if profile == Profile.PUBLIC:
                    if not confidentiality.may_publish(submission, **place):
                        continue
                    who = confidentiality.shown_as(submission, **place)
                elif profile == Profile.PSEUDONYMOUS:
                    who = pseudonym(submission.public_id)
                else:
                    who = submission.reference
            for coding in excerpt.codings.all():
                number += 1
                coder = str(coding.coder or "") if profile == Profile.FULL else ""
                yield [
                    number,
                    source,
                    who,
                    question,
                    coding.code.code,
                    coding.code.label,
                    coding.stance,
                    excerpt.text,
                    coder,
                ]

    header = ["number", "source", "who", "question", "code", "label", "stance", "passage", "coder"]
    return Sheet("passages", "Coded passages", header, rows)


def _evidence(consultation: Consultation, profile: str) -> Sheet:
    def rows() -> Iterator[Row]:
        yield from evidence.rows(evidence.chosen(consultation).iterator(chunk_size=CHUNK), profile)

    return Sheet("evidence", "Evidence", evidence.header(profile), rows)


# --- files of answers ------------------------------------------------------------------------------------


def attachments(consultation: Consultation, profile: str) -> Iterator[tuple[str, AnswerFile]]:
    """(path in the ZIP, file) of every file that was added to a question and is named by its answer.

    Only with names and addresses: what is in a file was read by nobody before it leaves the house. Files that the
    scanner has not cleared stay behind.
    """
    if profile != Profile.FULL:
        return
    rows = AnswerFile.objects.filter(response__submission__in=included(consultation, profile))
    rows = rows.filter(scan__in=[AnswerFile.Scan.OFF, AnswerFile.Scan.CLEAN])
    found = rows.select_related("response__submission", "response__survey").defer("response__survey__import_notes")
    for row in found.order_by("response__submission__submitted_at", "pk").iterator(chunk_size=CHUNK):
        if str(row.public_id) in named_in(row.response.data):
            folder = f"attachments/{row.response.submission.reference}"
            yield f"{folder}/{row.question_code}-{str(row.public_id)[:8]}-{row.file_name}", row


# --- what it all means ----------------------------------------------------------------------------------


def _codebook(books: _Books, profile: str) -> Sheet:
    header = [
        "table", "column", "question", "text", "type", "codes", "required", "asked_when", "first_version",
        "last_version", "answered",
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        for survey, columns, tables in books:
            for name in WHO[profile]:
                yield [survey.code, name, "", WHO_WORDS[name], "", "", "", "", None, None, None]
            answered = {name: n for table in tables for name, n in table.answered().items()}
            documents = {version.number: load(version) for version in survey.versions.all()}
            for column in columns:
                question = column.asked.question
                yield [
                    f"{survey.code}--{column.asked.repeats}" if column.asked.repeats else survey.code,
                    column.name,
                    question.code,
                    column.heading,
                    question.kind,
                    "\n".join(f"{code} = {label}" for code, label in column.codes),
                    int(question.required),
                    asked_when(documents[column.asked.last_version], question.code),
                    column.asked.first_version,
                    column.asked.last_version,
                    answered[column.name],
                ]

    return Sheet("codebook", "Codebook", header, rows)


def _versions(surveys: list[Survey]) -> Sheet:
    def rows() -> Iterator[Row]:
        for survey in surveys:
            for version in survey.versions.all():
                yield [survey.code, version.number, version.change, local(version.published_at), version.sha256]

    return Sheet("versions", "Versions", ["survey", "version", "change", "published", "sha256"], rows)


def _about(consultation: Consultation, profile: str, labels: bool) -> Sheet:
    def rows() -> Iterator[Row]:
        yield ["Consultation", f"{consultation.title} ({consultation.reference})"]
        yield ["Profile", str(Profile(profile).label)]
        yield ["Cells hold", "labels" if labels else "codes; see the codebook"]
        yield ["Made", datetime.now(tz=UTC).strftime("%Y-%m-%d %H:%M UTC")]
        yield ["Times", f"in {settings.TIME_ZONE}"]
        yield ["Left out", "drafts, withdrawn, duplicate, rejected and test submissions"]
        yield ["Several choices", "1 = ticked, 0 = asked and not ticked, empty = not asked"]
        if profile == Profile.FULL:
            yield ["Files of answers", "in the folder attachments of the ZIP; their addresses ask you to sign in"]
        if profile == Profile.PUBLIC:
            yield ["Not in here", "submissions and answers that partners asked not to publish"]

    return Sheet("notes", "Notes", ["what", "how"], rows)
