"""What an export holds: tables of rows, made one after another from the database, each row as it is needed.

What a profile may carry is decided here, with `submissions.confidentiality` for every answer:

- *public*: submissions whose text may be published; a name only where the partner agreed to it, otherwise no more than
  the sector; answers that may be published; no reference.
- *pseudonymous*: every counted submission under a pseudonym that stays the same in every export; no names, addresses
  or answers that hold personal data.
- *full*: everything that staff may read.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from consultations.analysis import queries as analysis
from consultations.analysis.instrument import AskedQuestion, asked_questions
from consultations.exports.layout import AnswerColumn, Value, answer_columns
from consultations.exports.models import ExportJob
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
from engagement.stakeholders.models import Area

Row = list[Value | datetime]
Profile = ExportJob.Profile
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
    """Every table of an export in order: responses by survey, submissions, notes, coded passages, codebook, notes."""
    surveys = list(consultation.surveys.exclude(current_version=None).prefetch_related("versions"))
    found: list[Sheet] = []
    books: list[tuple[Survey, list[AnswerColumn]]] = []
    for survey in surveys:
        columns = _columns(survey, profile=profile, labels=labels)
        books.append((survey, columns))
        once = [column for column in columns if not column.asked.repeats]
        found.append(_responses(consultation, survey, once, profile=profile, labels=labels))
        for page in dict.fromkeys(column.asked.repeats for column in columns):
            if page:
                several = [column for column in columns if column.asked.repeats == page]
                found.append(_entries(consultation, survey, page, several, profile=profile, labels=labels))
    found += [
        _submissions(consultation, profile),
        _event_notes(consultation, profile),
        _passages(consultation, profile),
        _codebook(consultation, books, profile),
        _versions(surveys),
        _about(consultation, profile, labels),
    ]
    return found


def pseudonym(submission: Submission) -> str:
    """A name for a submission that says nothing, the same in every export and not to be traced without the secret."""
    return (
        "P"
        + hmac.new(settings.SECRET_KEY.encode(), submission.public_id.bytes, hashlib.sha256).hexdigest()[:12].upper()
    )


def included(consultation: Consultation, profile: str) -> Any:
    """The submissions that an export of this profile has rows for."""
    rows = counted(consultation)
    return rows.filter(confidentiality.publishable()) if profile == Profile.PUBLIC else rows


# --- who ------------------------------------------------------------------------------------------------

_WHO: dict[str, list[str]] = {
    Profile.PUBLIC: ["number", "name", "sector"],
    Profile.PSEUDONYMOUS: ["pseudonym", "sector", "kind", "areas", "channel", "capacity", "timing", "confidentiality"],
    Profile.FULL: [
        "reference", "name", "contact_name", "contact_email", "sector", "kind", "areas", "channel", "capacity",
        "timing", "confidentiality", "confidentiality_reason", "may_contact", "received", "state",
    ],
}  # fmt: skip


def _who(submission: Submission, number: int, profile: str) -> Row:
    sector = submission.kind.sector.name if submission.kind else ""
    if profile == Profile.PUBLIC:
        name = submission.from_whom if confidentiality.may_name(submission) else ""
        return [number, name, sector]
    kind = submission.kind.name if submission.kind else ""
    areas = "; ".join(sorted(area.name for area in submission.areas.all() if area.level != Area.Level.COMBINED))
    facts: Row = [
        sector,
        kind,
        areas,
        submission.channel,
        submission.capacity,
        submission.timing,
        submission.confidentiality,
    ]
    if profile == Profile.PSEUDONYMOUS:
        return [pseudonym(submission), *facts]
    name = submission.organisation.name if submission.organisation else ""
    return [
        submission.reference,
        name,
        submission.respondent_name,
        submission.respondent_email,
        *facts,
        submission.confidentiality_reason,
        int(submission.may_contact),
        _local(submission.submitted_at),
        submission.state,
    ]


def _local(moment: datetime | None) -> datetime | None:
    """The moment in the zone in which people read times, without the zone, as spreadsheets want it."""
    return timezone.localtime(moment).replace(tzinfo=None, microsecond=0) if moment else None


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
        found = (
            chosen.select_related("submission__organisation", "submission__kind__sector", "version")
            .prefetch_related("submission__areas")
            .order_by("submission__submitted_at", "pk")
        )
        for number, response in enumerate(found.iterator(chunk_size=CHUNK), 1):
            submission = response.submission
            allowed = _allowed(submission, survey, profile)
            answers: Row = [column.value(response.data) if allowed(column.asked) else None for column in columns]
            read: Row = [] if profile == Profile.PUBLIC else [response.language]
            yield [*_who(submission, number, profile), response.version.number, *read, *answers]

    headings = [column.heading if labels else column.name for column in columns]
    return Sheet(
        name=survey.code,
        title=f"Answers: {survey.title}",
        # In which version and which language the survey was answered.
        header=[*_WHO[profile], "version", *([] if profile == Profile.PUBLIC else ["language"]), *headings],
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
        found = chosen.select_related("submission__organisation", "submission__kind__sector", "version")
        ordered = found.prefetch_related("submission__areas").order_by("submission__submitted_at", "pk")
        for number, response in enumerate(ordered.iterator(chunk_size=CHUNK), 1):
            submission = response.submission
            allowed = _allowed(submission, survey, profile)
            who = _who(submission, number, profile)
            for place, entry in enumerate(entry_numbers(page, response.data), 1):
                answers = plain_answers(response.data, entry_key(page, entry, "."))
                cells: Row = [column.value(answers) if allowed(column.asked) else None for column in columns]
                yield [*who, response.version.number, place, *cells]

    headings = [column.heading if labels else column.name for column in columns]
    return Sheet(
        name=f"{survey.code}--{page}",
        title=f"Entries: {columns[0].asked.page_title or page}",
        header=[*_WHO[profile], "version", "entry", *headings],
        rows=rows,
    )


def _allowed(submission: Submission, survey: Survey, profile: str) -> Callable[[AskedQuestion], bool]:
    if profile != Profile.PUBLIC:
        return lambda asked: True
    return lambda asked: confidentiality.may_publish(
        submission, asked.question.code, survey_code=survey.code, question=asked.question
    )


def _submissions(consultation: Consultation, profile: str) -> Sheet:
    chosen = included(consultation, profile)
    more = ["statement"] if profile != Profile.PSEUDONYMOUS else []

    def rows() -> Iterator[Row]:
        found = (
            chosen.select_related("organisation", "kind__sector")
            .prefetch_related("areas")
            .order_by("submitted_at", "pk")
        )
        for number, submission in enumerate(found.iterator(chunk_size=CHUNK), 1):
            shown = profile == Profile.FULL or confidentiality.may_publish(submission)
            yield [*_who(submission, number, profile), *([submission.statement if shown else ""] if more else [])]

    return Sheet("submissions", "Submissions", [*_WHO[profile], *more], rows, expected=chosen.count())


def _event_notes(consultation: Consultation, profile: str) -> Sheet:
    chosen = analysis.notes(consultation)

    def rows() -> Iterator[Row]:
        for note in chosen.prefetch_related("organisations").iterator(chunk_size=CHUNK):
            yield [
                note.event.title,
                _local(note.event.starts_at),
                note.topic.title if note.topic else "",
                note.table_name,
                note.get_point_display(),
                note.text,
                "" if profile == Profile.PSEUDONYMOUS else events.attribution(note),
                note.people_count,
            ]

    header = ["event", "held", "topic", "table", "point", "text", "said_by", "people"]
    return Sheet("event-notes", "Agreed notes of events", header, rows, expected=chosen.count())


def _passages(consultation: Consultation, profile: str) -> Sheet:
    def rows() -> Iterator[Row]:
        number = 0
        for excerpt in analysis.excerpts(consultation).iterator(chunk_size=CHUNK):
            source, question, who = "event note", "", ""
            if excerpt.answer is not None:
                response = excerpt.answer.response
                question = f"{response.survey.code}/{excerpt.answer.question_code}"
                source = "answer"
                if profile == Profile.PUBLIC and not confidentiality.may_publish(
                    response.submission, excerpt.answer.question_code, survey_code=response.survey.code
                ):
                    continue
                if profile == Profile.PUBLIC:
                    who = confidentiality.shown_as(
                        response.submission, excerpt.answer.question_code, survey_code=response.survey.code
                    )
                else:
                    who = (
                        pseudonym(response.submission)
                        if profile == Profile.PSEUDONYMOUS
                        else response.submission.reference
                    )
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


def _codebook(consultation: Consultation, books: list[tuple[Survey, list[AnswerColumn]]], profile: str) -> Sheet:
    header = [
        "table", "column", "question", "text", "type", "codes", "required", "asked_when", "first_version",
        "last_version", "answered",
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        for survey, columns in books:
            for name in _WHO[profile]:
                yield [survey.code, name, "", _WHO_WORDS[name], "", "", "", "", None, None, None]
            answered = _answered(consultation, survey, columns, profile)
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


def _answered(consultation: Consultation, survey: Survey, columns: list[AnswerColumn], profile: str) -> dict[str, int]:
    """In how many rows of the export each column holds something."""
    counts = dict.fromkeys((column.name for column in columns), 0)
    found = Response.objects.filter(survey=survey, submission__in=included(consultation, profile)).select_related(
        "submission"
    )
    for response in found.order_by("pk").iterator(chunk_size=CHUNK):
        allowed = _allowed(response.submission, survey, profile)
        for column in columns:
            page = column.asked.repeats
            if not allowed(column.asked):
                continue
            entries = (
                [plain_answers(response.data, entry_key(page, n, ".")) for n in entry_numbers(page, response.data)]
                if page
                else [response.data]
            )
            counts[column.name] += sum(column.value(answers) is not None for answers in entries)
    return counts


_WHO_WORDS = {
    "number": "Number of the row",
    "name": "Name of the organisation or person",
    "sector": "Sector",
    "pseudonym": "Name of the submission that says nothing; the same in every export",
    "kind": "Kind of partner",
    "areas": "Areas it speaks for",
    "channel": "How it came: online, email, letter, telephone, meeting, import",
    "capacity": "self = for oneself, organisation, members = for the members of an organisation",
    "timing": "on_time, late or provisional",
    "confidentiality": "named, unnamed = publish without name, withheld = do not publish",
    "reference": "Reference of the submission",
    "contact_name": "Who sent it",
    "contact_email": "Their e-mail address",
    "confidentiality_reason": "Why it is not to be published",
    "may_contact": "1 = may be asked again",
    "received": "When it came, in the zone of the site",
    "state": "State of the submission",
}


def _versions(surveys: list[Survey]) -> Sheet:
    def rows() -> Iterator[Row]:
        for survey in surveys:
            for version in survey.versions.all():
                yield [survey.code, version.number, version.change, _local(version.published_at), version.sha256]

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
