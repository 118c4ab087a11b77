"""Takes the files that people send: checked, scanned, and with what they tell of their makers."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from consultations.submissions.actions.writing import refuse_sent, save_section
from consultations.submissions.files import place_of
from consultations.submissions.models import AnswerFile, EvidenceDocument, Response, Submission, Upload
from consultations.submissions.queries import account_of
from consultations.surveys.definition import Question
from consultations.surveys.kinds import files as kind
from engagement.audit import trail
from engagement.core import metadata, scanning, uploads
from engagement.core.errors import Refused

# How many files one answer may ever have had; those that were taken away count until the response is sent.
MOST_KEPT = 3 * kind.MOST_FILES


@dataclass(frozen=True)
class Taken:
    """A file that may be kept: `told` is what it tells of its makers, `scan` what the scanner says."""

    checked: uploads.Checked
    told: list[str]
    scan: str

    def facts(self, actor: Any) -> dict[str, Any]:
        """The columns of `models.Upload` without the file."""
        return {
            "file_name": self.checked.file_name,
            "content_type": self.checked.content_type,
            "size": len(self.checked.content),
            "sha256": self.checked.sha256,
            "tells": self.told,
            "scan": self.scan,
            "uploaded_by": account_of(actor),
        }


def take(
    upload: UploadedFile,
    *,
    most_megabytes: int,
    suffixes: Collection[str] = uploads.PAPERS,
    words: str = "",
) -> Taken:
    """The file as it may be kept; raises Refused with a sentence for one that is not taken."""
    checked = uploads.read(upload, most_megabytes=most_megabytes, suffixes=suffixes, words=words)
    verdict = scanning.scan(checked.content)
    if verdict == scanning.Verdict.FOUND:
        raise Refused(
            gettext("%(name)s was not taken: the virus scanner found something harmful in it.")
            % {"name": checked.file_name}
        )
    told = metadata.found_in(checked.content, checked.suffix)
    return Taken(checked, told, verdict.value)


def refuse_anonymous(submission: Submission) -> None:
    """No file comes with an anonymous response, whatever it says on the page."""
    if submission.is_anonymous:
        raise Refused(gettext("Files say who made them and when, so an anonymous response takes none."), field="file")


def keep(row: Upload, taken: Taken) -> bool:
    """Store the file and its row; False when the database has the same file in this place already."""
    row.file.save(taken.checked.file_name, ContentFile(taken.checked.content), save=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        row.file.delete(save=False)
        return False
    return True


def add_answer_file(response_id: int, key: str, question: Question, upload: UploadedFile, *, actor: Any) -> AnswerFile:
    """Keep a file that was added to a question, under its key in `Response.data`; the answer is saved by itself.

    The same file again is the row that is there. Raises Refused for a file that is not taken, when too many were added,
    and when the response was sent.
    """
    response = Response.objects.select_related("submission__consultation").get(pk=response_id)
    refuse_anonymous(response.submission)
    groups = kind.groups_of(question)
    taken = take(
        upload,
        most_megabytes=kind.most_megabytes(question),
        suffixes=uploads.suffixes_of(groups),
        words=uploads.words_of(groups),
    )
    with transaction.atomic():
        submission = Submission.objects.select_for_update(of=("self",)).get(pk=response.submission_id)
        refuse_sent(submission)
        code, entry = place_of(key)
        here = AnswerFile.objects.filter(response=response, question_code=code, entry=entry)
        if (same := here.filter(sha256=taken.checked.sha256).first()) is not None:
            return same
        if here.count() >= MOST_KEPT:
            raise Refused(
                gettext("So many files were added here that there is no more room. Put back one that you took away.")
            )
        row = AnswerFile(response=response, question_code=code, entry=entry, **taken.facts(actor))
        if not keep(row, taken):
            return here.get(sha256=taken.checked.sha256)
        trail.record(
            "answer_file.added",
            subject=row,
            actor=row.uploaded_by,
            scope=response.submission.consultation.reference,
            submission=submission.pk,
            size=row.size,
            sha256=row.sha256,
        )
    return row


def clean_files(submission_id: int, *, actor: Any) -> list[str]:
    """Take what they tell of their makers out of the files of a draft, where that can be done; their names.

    The file as it came is deleted. Raises Refused when the response was sent.
    """
    rows: list[Upload] = [*EvidenceDocument.objects.filter(submission=submission_id).exclude(tells=[]).order_by("pk")]
    rows += AnswerFile.objects.filter(response__submission=submission_id).exclude(tells=[]).order_by("pk")
    return [row.file_name for row in rows if _clean(row, submission_id, actor)]


@transaction.atomic
def _clean(row: Upload, submission_id: int, actor: Any) -> bool:
    refuse_sent(Submission.objects.select_for_update(of=("self",)).get(pk=submission_id))
    suffix = PurePath(row.file_name).suffix.lower()
    with row.file.open("rb") as content:
        before = content.read()
    clean = metadata.without(before, suffix)
    if clean == before:
        return False
    storage, old = row.file.storage, str(row.file.name)
    row.tells, row.size, row.sha256 = metadata.found_in(clean, suffix), len(clean), hashlib.sha256(clean).hexdigest()
    if not keep(row, Taken(uploads.Checked(row.file_name, suffix, row.content_type, clean, row.sha256), [], row.scan)):
        return False
    trail.record("file.cleaned", subject=row, actor=account_of(actor), sha256=row.sha256)
    transaction.on_commit(lambda: storage.delete(old))
    if isinstance(row, AnswerFile):
        _say_size(row, actor)
    return True


def _say_size(row: AnswerFile, actor: Any) -> None:
    """The answer says how large the file is now."""
    for key, value in row.response.data.items():
        if str(row.public_id) in kind.ids_in(value):
            items = [row.item if item["id"] == str(row.public_id) else item for item in value]
            save_section(row.response_id, page_code="", answers={key: items}, actor=actor)
