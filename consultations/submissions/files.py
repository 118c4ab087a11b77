"""The files of answers: which there are, which are no longer named by an answer, what the scanner says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from consultations.submissions.models import AnswerFile, EvidenceDocument, ReceivedMail, Response, Submission, Upload
from consultations.surveys.definition import OF_ENTRY
from consultations.surveys.kinds import files as kind
from consultations.surveys.path import Step
from engagement.audit import trail
from engagement.core import metadata, scanning
from engagement.core.stored import delete_when_certain

# How many files one round of the scanner takes; the next round takes the others.
ROUND = 20
Item = dict[str, Any]


def place_of(key: str) -> tuple[str, int]:
    """(question code, number of the entry) of a key of `Response.data`."""
    before, _, code = key.rpartition(OF_ENTRY)
    number = before.rpartition(OF_ENTRY)[2] if before else ""
    return code, int(number) if number.isdecimal() else 0


def asks_for_files(step: Step) -> bool:
    """Whether there is a question for files among those of the step."""
    return any(question.kind == kind.File.name for question in step.questions)


def items_of(response: Response | None, step: Step) -> dict[str, list[Item]]:
    """Question code -> the files that were added to it here, those included that were taken away again."""
    if response is None or not asks_for_files(step):
        return {}
    rows = AnswerFile.objects.filter(response=response, entry=step.entry).order_by("pk")
    found: dict[str, list[Item]] = {}
    for row in rows:
        found.setdefault(row.question_code, []).append(row.item)
    return found


def named_in(data: Mapping[str, Any]) -> set[str]:
    """The ids of all files that the answers name."""
    return {one for value in data.values() for one in kind.ids_in(value)}


def of_submission(submission: Submission) -> dict[str, AnswerFile]:
    """Id -> file, for every file of its answers: one query."""
    rows = AnswerFile.objects.filter(response__submission=submission).order_by("pk")
    return {str(row.public_id): row for row in rows}


def telling(submission: Submission, parts: Iterable[Any]) -> list[tuple[str, str]]:
    """(name, what it tells) of every file that says more of its makers than the partner may want to be known.

    Asked before sending, where the response is not to be published or not with the name.
    """
    if submission.confidentiality not in {Submission.Confidentiality.UNNAMED, Submission.Confidentiality.WITHHELD}:
        return []
    named = {one for part in parts for one in named_in(part.path.answers)}
    rows: list[Upload] = [*submission.evidence.exclude(tells=[]).order_by("pk")]
    if named:
        rows += AnswerFile.objects.filter(public_id__in=named, response__submission=submission).exclude(tells=[])
    return [(row.file_name, tells_in_words(row)) for row in rows]


def locked(submission: Submission, parts: Iterable[Any]) -> list[str]:
    """The names of files of these answers in which the scanner found something."""
    named = {one for part in parts for one in named_in(part.path.answers)}
    rows = AnswerFile.objects.filter(response__submission=submission, public_id__in=named, scan=Upload.Scan.FOUND)
    return list(rows.order_by("pk").values_list("file_name", flat=True)) if named else []


def tells_in_words(row: Upload) -> str:
    """What the file tells of its makers, for people."""
    return ", ".join(str(metadata.WORDS[name]) for name in row.tells if name in metadata.WORDS)


def purge(responses: Iterable[Response]) -> None:
    """Delete the files that no answer of these responses names; what is on the disk goes once that is certain."""
    for response in responses:
        named = named_in(response.data)
        delete(row for row in AnswerFile.objects.filter(response=response) if str(row.public_id) not in named)


def delete(rows: Iterable[Upload]) -> None:
    """Delete these rows, and their files once that is certain."""
    for row in rows:
        delete_when_certain(row.file)
        row.delete()


def delete_with(submissions: QuerySet[Submission]) -> None:
    """Delete from the disk, once that is certain, what came with submissions that are about to be deleted."""
    rows: list[Upload] = [*EvidenceDocument.objects.filter(submission__in=submissions)]
    rows += AnswerFile.objects.filter(response__submission__in=submissions)
    rows += ReceivedMail.objects.filter(submission__in=submissions)
    for row in rows:
        delete_when_certain(row.file)


def without_gone(response: Response, data: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without files that were deleted since, as when an answer comes back that had been left out."""
    if not named_in(data):
        return dict(data)
    there = {str(one) for one in AnswerFile.objects.filter(response=response).values_list("public_id", flat=True)}
    found: dict[str, Any] = {}
    for key, value in data.items():
        if kind.ids_in(value):
            value = [item for item in value if item["id"] in there] or None
        found[key] = value
    return found


# --- the scanner ----------------------------------------------------------------------------------------


def scan_waiting() -> int:
    """Show the scanner what waits for it; how many it has looked at. It stops when the scanner does not answer."""
    looked = 0
    for table in (AnswerFile, EvidenceDocument, ReceivedMail):
        for row in table.objects.filter(scan=Upload.Scan.WAITING).order_by("pk")[:ROUND]:
            with row.file.open("rb") as content:
                verdict = scanning.scan(content.read())
            if verdict == scanning.Verdict.WAITING:
                return looked
            looked += 1
            if table.objects.filter(pk=row.pk, scan=Upload.Scan.WAITING).update(scan=verdict.value):
                _tell(row, verdict)
    return looked


def _tell(row: Upload, verdict: scanning.Verdict) -> None:
    if verdict == scanning.Verdict.FOUND:
        trail.record("file.locked", subject=row, actor=None, sha256=row.sha256)
