"""Deletes the answers of archived consultations when the time is over for which partners were told they are kept.

Here, above every app, because a passage may go only when nothing cites it, and a response when no passage stands on it.
In batches, each a transaction of its own: what is interrupted goes on with the next sweep, and what was done is done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from consultations.analysis.models import Excerpt
from consultations.evidence import lifecycle as register
from consultations.evidence.models import EvidenceItem
from consultations.exports.models import ExportJob
from consultations.invitations.models import Invitation
from consultations.programme import retention
from consultations.programme.models import Consultation
from consultations.submissions import files
from consultations.submissions.models import ReceivedMail, Submission
from consultations.summaries.models import Citation, Finding, Summary
from engagement.audit import trail
from engagement.core.stored import delete_when_certain
from engagement.messaging.models import OutgoingMessage

BATCH = 200
OUT = (Summary.State.PUBLISHED, Summary.State.SUPERSEDED)


def run(now: datetime | None = None) -> int:
    """Delete what is due; returns of how many consultations. Late, early or twice: the same result."""
    now = now or timezone.now()
    return sum(_forget(consultation, now) for consultation in retention.due(now))


def _forget(consultation: Consultation, now: datetime) -> bool:
    numbers = {name: _in_batches(delete, consultation) for name, delete in STEPS.items()}
    with transaction.atomic():
        rows = Consultation.objects.filter(pk=consultation.pk, answers_deleted_at=None)
        if not rows.update(answers_deleted_at=now, updated_at=now):
            return False  # another worker was faster
        trail.record(
            "consultation.answers_deleted",
            subject=consultation,
            scope=consultation.reference,
            submissions=numbers["submissions"],
            passages=numbers["passages"],
            invitations=numbers["invitations"],
            messages=numbers["messages"],
            files=numbers["files"],
        )
    return True


def _in_batches(delete: Callable[[Consultation], int], consultation: Consultation) -> int:
    total = 0
    while True:
        with transaction.atomic():
            number = delete(consultation)
        total += number
        if number < BATCH:
            return total


def _some(rows: QuerySet) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _citations(consultation: Consultation) -> int:
    pks = _some(Citation.objects.filter(excerpt__consultation=consultation, excerpt__answer__isnull=False))
    Citation.objects.filter(pk__in=pks).delete()
    return len(pks)


def _quotations(consultation: Consultation) -> int:
    """Quoted words in summaries that never came out; what was published stays as it was."""
    pks = _some(
        Finding.objects.filter(summary__consultation=consultation, kind=Finding.Kind.QUOTATION).exclude(
            summary__state__in=OUT
        )
    )
    Finding.objects.filter(pk__in=pks).delete()
    return len(pks)


def _passages(consultation: Consultation) -> int:
    pks = _some(Excerpt.objects.filter(consultation=consultation, answer__isnull=False))
    Excerpt.objects.filter(pk__in=pks).delete()
    return len(pks)


def _submissions(consultation: Consultation) -> int:
    pks = _some(Submission.objects.filter(consultation=consultation))
    chosen = Submission.objects.filter(pk__in=pks)
    pieces = list(EvidenceItem.objects.filter(sources__document__submission__in=pks).distinct())
    files.delete_with(chosen)
    chosen.delete()
    # An entry of the evidence register whose last file has gone goes too, unless a summary names it.
    register.forget(pieces)
    return len(pks)


def _mails(consultation: Consultation) -> int:
    """E-mails that were brought in and never entered; the others went with their responses."""
    rows = list(ReceivedMail.objects.filter(consultation=consultation).order_by("pk")[:BATCH])
    files.delete(rows)
    return len(rows)


def _invitations(consultation: Consultation) -> int:
    pks = _some(Invitation.objects.filter(consultation=consultation))
    Invitation.objects.filter(pk__in=pks).delete()
    return len(pks)


def _messages(consultation: Consultation) -> int:
    pks = _some(OutgoingMessage.objects.filter(scope=consultation.reference))
    OutgoingMessage.objects.filter(pk__in=pks).delete()
    return len(pks)


def _files(consultation: Consultation) -> int:
    """Files of exports; who asked for them, and who fetched them, stays."""
    rows = ExportJob.objects.select_for_update(of=("self",)).filter(consultation=consultation)
    jobs = list(rows.exclude(Q(file="") | Q(file=None)).order_by("pk")[:BATCH])
    for job in jobs:
        delete_when_certain(job.file)
        job.file = ""
        if job.state == ExportJob.State.READY:
            job.move_to(ExportJob.State.EXPIRED)
        job.save(update_fields=["state", "file", "updated_at"])
    return len(jobs)


# What stands on something goes before it.
STEPS: dict[str, Callable[[Consultation], int]] = {
    "files": _files,
    "citations": _citations,
    "quotations": _quotations,
    "passages": _passages,
    "submissions": _submissions,
    "mails": _mails,
    "invitations": _invitations,
    "messages": _messages,
}
