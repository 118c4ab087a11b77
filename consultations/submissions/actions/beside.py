"""What stands beside the answers: the written statement, documents, and what may become of it all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from consultations.submissions import confidentiality, files, queries
from consultations.submissions.actions.files import keep, refuse_anonymous, take
from consultations.submissions.actions.writing import refuse_locked, refuse_sent
from consultations.submissions.models import EvidenceDocument, StatementRevision, Submission
from engagement.audit import trail
from engagement.core.errors import Refused

MOST_DOCUMENTS = 20
# From somebody whom we do not know.
MOST_WITHOUT_ACCOUNT = 3


class StatementConflict(Exception):
    """A colleague saved the statement meanwhile. Theirs stands; mine is kept in the log."""

    def __init__(self, mine: str, theirs: str, revision: int) -> None:
        super().__init__("The statement was saved by somebody else meanwhile")
        self.mine, self.theirs, self.revision = mine, theirs, revision


def _locked(submission_id: int) -> Submission:
    submission = Submission.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=submission_id)
    refuse_sent(submission)
    return submission


def _begun(submission: Submission) -> list[str]:
    """Whatever is written makes it “in progress”, also what waited to be checked; the fields to save."""
    if submission.state == Submission.State.IN_PROGRESS:
        return ["updated_at"]
    submission.move_to(Submission.State.IN_PROGRESS)
    return ["state", "updated_at"]


# --- the statement --------------------------------------------------------------------------------------


def save_statement(
    submission_id: int, text: str, *, revision: int | None = None, actor: Any = None, now: datetime | None = None
) -> Submission:
    """Save the written statement; `revision` as for `save_section`.

    Raises StatementConflict when a colleague saved another text meanwhile (both are kept).
    """
    with transaction.atomic():
        submission = _locked(submission_id)
        if submission.organisation_id is not None:
            lock = submission.assignments.filter(survey=None, is_locked=True).select_related("contact").first()
            refuse_locked(submission, lock, actor)
        theirs, seen = submission.statement, submission.statement_revision
        is_stale = revision is not None and revision < seen and text not in (theirs, _text_at(submission, revision))
        was_untouched = revision is not None and revision < seen and text == _text_at(submission, revision)
        if text != theirs and not was_untouched:
            submission.statement_revision += 1
            StatementRevision.objects.create(
                submission=submission,
                number=submission.statement_revision,
                at=now or timezone.now(),
                actor=queries.account_of(actor),
                text=text,
                is_applied=not is_stale,
            )
            if not is_stale:
                submission.statement = text
            submission.save(update_fields=["statement", "statement_revision", *_begun(submission)])
    if is_stale:
        raise StatementConflict(text, theirs, submission.statement_revision)
    return submission


def _text_at(submission: Submission, revision: int) -> str:
    rows = submission.statements.filter(number__lte=revision, is_applied=True).order_by("-number")
    return rows.values_list("text", flat=True).first() or ""


# --- documents ------------------------------------------------------------------------------------------


def add_document(submission_id: int, upload: UploadedFile, *, title: str = "", actor: Any = None) -> EvidenceDocument:
    """Keep a file beside the answers; raises Refused for a kind, size or number that is not taken."""
    found = Submission.objects.only("pk", "is_anonymous").get(pk=submission_id)
    refuse_anonymous(found)
    try:
        taken = take(upload, most_megabytes=settings.UPLOAD_MEGABYTES)
    except Refused as refused:
        raise Refused(refused.message, field="file") from refused
    with transaction.atomic():
        submission = _locked(submission_id)
        most = MOST_WITHOUT_ACCOUNT if submission.link_key else MOST_DOCUMENTS
        if submission.evidence.count() >= most:
            raise Refused(
                gettext("There is room for %(most_documents)s documents. Remove one to add another.")
                % {"most_documents": most},
                field="file",
            )
        name = taken.checked.file_name
        document = EvidenceDocument(submission=submission, title=title.strip() or name, **taken.facts(actor))
        if not keep(document, taken):
            raise Refused(gettext("%(file_name)s is here already.") % {"file_name": name}, field="file")
        submission.save(update_fields=_begun(submission))
        trail.record(
            "document.added", subject=document, actor=document.uploaded_by, scope=submission.consultation.reference,
            submission=submission.pk, size=document.size, sha256=document.sha256,
        )  # fmt: skip
    return document


@transaction.atomic
def remove_document(document_id: int, *, actor: Any = None) -> None:
    """Take a document away before the response is sent; the file is deleted with it."""
    document = EvidenceDocument.objects.select_related("submission__consultation").get(pk=document_id)
    submission = _locked(document.submission_id)
    trail.record(
        "document.removed", subject=document, actor=actor, scope=submission.consultation.reference,
        submission=submission.pk, sha256=document.sha256,
    )  # fmt: skip
    files.delete([document])


# --- confidentiality ------------------------------------------------------------------------------------


@transaction.atomic
def choose_for_answer(
    submission_id: int, survey_code: str, question_code: str, choice: str, *, actor: Any = None
) -> Submission:
    """Say of one answer that it is treated more strictly than the whole; “” lets it follow the whole again.

    Raises Refused for what would be laxer.
    """
    submission = _locked(submission_id)
    if choice and choice not in confidentiality.stricter_choices(submission):
        raise Refused(
            gettext("A single answer can only be kept back more than the whole response. Choose one of those below."),
            field="choice",
        )
    stricter = {survey: dict(questions) for survey, questions in submission.stricter.items()}
    before = stricter.get(survey_code, {}).pop(question_code, "")
    if choice:
        stricter.setdefault(survey_code, {})[question_code] = choice
    if before == choice:
        return submission
    submission.stricter = {survey: questions for survey, questions in stricter.items() if questions}
    submission.save(update_fields=["stricter", *_begun(submission)])
    return submission


@transaction.atomic
def choose_confidentiality(
    submission_id: int,
    choice: str,
    *,
    reason: str = "",
    stricter: dict[str, dict[str, str]] | None = None,
    may_contact: bool = False,
    seen: str | None = None,
    actor: Any = None,
) -> Submission:
    """Say what may be published, and take note of the privacy notice as it reads now.

    `seen` is the choice that the page showed; raises Refused when a colleague has chosen another one since.
    """
    submission = _locked(submission_id)
    if seen is not None and submission.confidentiality not in (seen, choice):
        raise Refused(
            gettext(
                "A colleague has chosen “%(confidentiality)s” since you opened this page. Speak with them, then "
                "choose again."
            )
            % {"confidentiality": submission.get_confidentiality_display()}
        )
    if submission.is_anonymous and (choice == Submission.Confidentiality.NAMED or may_contact):
        raise Refused(gettext("An anonymous response has no name that could be published, and nobody to be contacted."))
    if choice == Submission.Confidentiality.WITHHELD and not reason.strip():
        raise Refused(gettext("Write why we must not publish it."), field="reason")
    before = submission.confidentiality
    submission.confidentiality = choice
    submission.confidentiality_reason = reason.strip() if choice == Submission.Confidentiality.WITHHELD else ""
    submission.stricter = stricter or {}
    submission.may_contact = may_contact
    submission.privacy_version = submission.consultation.privacy_version
    submission.save(
        update_fields=[
            "confidentiality", "confidentiality_reason", "stricter", "may_contact", "privacy_version",
            *_begun(submission),
        ]
    )  # fmt: skip
    if before != choice and not submission.is_anonymous:
        trail.record(
            "submission.confidentiality_chosen", subject=submission, actor=actor,
            scope=submission.consultation.reference, before=before, after=choice,
        )  # fmt: skip
    return submission
