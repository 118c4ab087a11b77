"""An e-mail that somebody saved as a file: brought in once, looked at, then entered as a submission or discarded."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import IntegrityError, transaction

from consultations.programme.models import Consultation
from consultations.submissions import mail as reading
from consultations.submissions.actions.beside import MOST_DOCUMENTS, add_document, save_statement
from consultations.submissions.actions.starting import begin_intake, refuse_intake
from consultations.submissions.models import ReceivedMail, Submission
from consultations.submissions.queries import account_of
from engagement.audit import trail
from engagement.core import scanning, uploads
from engagement.core.errors import Refused
from engagement.core.stored import delete_when_certain
from engagement.core.uploading import CutFile
from engagement.stakeholders.models import Area, Kind, Organisation

SUFFIX = ".eml"


def bring_mail(consultation: Consultation, upload: UploadedFile, *, actor: Any) -> ReceivedMail:
    """Keep the mail and what was read out of it. One that was brought in before and not entered is given back.

    Raises Refused for what is no mail, for one that was entered already, and when nothing is typed in any more.
    """
    refuse_intake(consultation)
    content = _content(upload)
    read = reading.read(content)
    verdict = scanning.scan(content)
    if verdict == scanning.Verdict.FOUND:
        raise Refused("The virus scanner found something harmful in this e-mail.", field="file")
    sha256 = uploads.sha256_of(content)
    if (before := _before(consultation, sha256, read.message_id)) is not None:
        return before
    row = ReceivedMail(
        consultation=consultation,
        file_name=uploads.safe_name(upload.name or "")[-uploads.LONGEST_NAME :],
        content_type="message/rfc822",
        size=len(content),
        sha256=sha256,
        scan=verdict.value,
        uploaded_by=account_of(actor),
        message_id=read.message_id,
        sender_name=read.sender_name,
        sender_email=read.sender_email,
        sent_at=read.sent_at,
        subject=read.subject,
        text=read.text,
    )
    row.file.save(row.file_name, ContentFile(content), save=False)
    try:
        with transaction.atomic():
            row.save()
            trail.record(
                "mail.brought_in", subject=row, actor=actor, scope=consultation.reference, sha256=sha256, size=row.size
            )
    except IntegrityError:
        # Somebody else brought it in at this very moment.
        row.file.delete(save=False)
        if (before := _before(consultation, sha256, read.message_id)) is not None:
            return before
        raise
    return row


def _content(upload: UploadedFile) -> bytes:
    most = settings.UPLOAD_MEGABYTES
    name = uploads.safe_name(upload.name or "")
    if PurePath(name).suffix.lower() != SUFFIX:
        raise Refused(reading.NOT_A_MAIL, field="file")
    if isinstance(upload, CutFile) or (upload.size or 0) > most * 1024 * 1024:
        raise Refused(f"{name} is larger than {most} megabytes. Save the e-mail without its attachments.", field="file")
    upload.seek(0)
    content: bytes = upload.read()
    return content


def _before(consultation: Consultation, sha256: str, message_id: str) -> ReceivedMail | None:
    rows = ReceivedMail.objects.filter(consultation=consultation).select_related("submission")
    found = rows.filter(sha256=sha256).first()
    if found is None and message_id:
        found = rows.filter(message_id=message_id).first()
    if found is not None and found.submission is not None:
        raise Refused(f"This e-mail was entered before, as {found.submission.reference}.", field="file")
    return found


def read_again(row: ReceivedMail) -> reading.Mail:
    """What the kept file says, attachments among it."""
    with row.file.open("rb") as content:
        return reading.read(content.read())


def why_not_kept(attachment: reading.Attachment) -> str:
    """Why an attachment cannot become a document; empty when it can."""
    try:
        uploads.check(attachment.name, attachment.content, most_megabytes=settings.UPLOAD_MEGABYTES)
    except Refused as refused:
        return refused.message
    return ""


@transaction.atomic
def enter_mail(
    mail_id: int,
    *,
    received_on: date,
    actor: Any,
    organisation: Organisation | None = None,
    name: str = "",
    email: str = "",
    kind: Kind | None = None,
    areas: list[Area] | None = None,
    takes_text: bool = True,
    attachments: list[int] | None = None,
) -> Submission:
    """Begin a submission of it: its text as the written statement, the chosen attachments as documents.

    Entered twice, it is one submission. Raises Refused as `begin_intake` does; then nothing is begun.
    """
    row = ReceivedMail.objects.select_for_update(of=("self",)).get(pk=mail_id)
    if row.submission_id is not None:
        return Submission.objects.get(pk=row.submission_id)
    submission = begin_intake(
        row.consultation,
        channel=Submission.Channel.EMAIL,
        received_on=received_on,
        actor=actor,
        organisation=organisation,
        name=name,
        email=email,
        kind=kind,
        areas=areas,
    )
    if takes_text and row.text:
        save_statement(submission.pk, row.text, actor=actor)
    chosen = set(attachments or [])
    if len(chosen) > MOST_DOCUMENTS:
        raise Refused(f"There is room for {MOST_DOCUMENTS} documents. Choose fewer attachments.", field="attachments")
    seen: set[bytes] = set()
    for number, one in enumerate(read_again(row).attachments if chosen else []):
        if number in chosen and one.content not in seen:
            seen.add(one.content)
            add_document(submission.pk, SimpleUploadedFile(one.name, one.content), title=one.name, actor=actor)
    row.submission = submission
    row.save(update_fields=["submission", "updated_at"])
    trail.record("mail.entered", subject=submission, actor=actor, scope=row.consultation.reference, sha256=row.sha256)
    return Submission.objects.get(pk=submission.pk)


@transaction.atomic
def discard_mail(mail_id: int, *, actor: Any) -> None:
    """Delete a mail that was brought in by mistake, with its file; raises Refused for one that was entered."""
    row = ReceivedMail.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=mail_id)
    if row.submission_id is not None:
        raise Refused("This e-mail was entered, so it is kept with the response.")
    trail.record("mail.discarded", subject=row, actor=actor, scope=row.consultation.reference, sha256=row.sha256)
    delete_when_certain(row.file)
    row.delete()
