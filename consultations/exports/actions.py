"""Asking for a file, allowing it, calling it off, fetching it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from consultations.exports import rules, tasks
from consultations.exports.models import Download, ExportJob
from consultations.programme.models import Consultation
from engagement.accounts.rules import is_administrator
from engagement.audit import trail
from engagement.core import jobs
from engagement.core.errors import Refused

State = ExportJob.State


@transaction.atomic
def request_export(
    consultation: Consultation, *, profile: str, file_format: str, actor: Any, reason: str = "", labels: bool = False
) -> ExportJob:
    """Ask for a file. A full one needs a reason, and an administrator's word unless an administrator asks.

    The same file asked for again while it waits or is built is the same job.
    """
    full = profile == ExportJob.Profile.FULL
    if full and not reason.strip():
        raise Refused("Say what you need the names and addresses for. It goes into the record.", field="reason")
    if full and not rules.can_request_full(actor, consultation):
        raise Refused("Only officers of this consultation can ask for a full export.", field="profile")
    Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    same = ExportJob.objects.filter(
        consultation=consultation,
        profile=profile,
        format=file_format,
        labels=labels,
        requested_by=actor,
        state__in=[State.AWAITING, State.REQUESTED, State.BUILDING],
    ).first()
    if same is not None:
        return same
    job = ExportJob.objects.create(
        consultation=consultation,
        profile=profile,
        format=file_format,
        labels=labels,
        reason=reason.strip(),
        requested_by=actor,
        state=State.AWAITING if full and not is_administrator(actor) else State.REQUESTED,
    )
    trail.record(
        "export.requested",
        subject=job,
        actor=actor,
        scope=consultation.reference,
        profile=profile,
        format=file_format,
        reason=reason.strip(),
    )
    if job.state == State.REQUESTED:
        tasks.build_export.delay_on_commit(job.pk)
    return job


def _locked(job_id: int) -> ExportJob:
    return ExportJob.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=job_id)


@transaction.atomic
def approve(job_id: int, *, actor: Any) -> ExportJob:
    """Allow a full export; never one's own."""
    job = _locked(job_id)
    if not rules.can_approve(actor, job):
        raise Refused("A full export is allowed by an administrator other than the one who asked.")
    job.move_to(State.REQUESTED)
    job.approved_by = actor
    job.save(update_fields=["state", "approved_by", "updated_at"])
    trail.record("export.approved", subject=job, actor=actor, scope=job.consultation.reference)
    tasks.build_export.delay_on_commit(job.pk)
    return job


@transaction.atomic
def cancel(job_id: int, *, actor: Any) -> ExportJob:
    """Call it off while it waits or is built; the builder notices and stops."""
    job = _locked(job_id)
    jobs.call_off(job)
    trail.record("export.cancelled", subject=job, actor=actor, scope=job.consultation.reference)
    return job


@transaction.atomic
def try_again(job_id: int, *, actor: Any) -> ExportJob:
    """Ask once more for a file that could not be built. Raises Refused for any other, above all one not allowed yet."""
    job = _locked(job_id)
    jobs.try_again(job)
    trail.record("export.requested", subject=job, actor=actor, scope=job.consultation.reference, again=True)
    tasks.build_export.delay_on_commit(job.pk)
    return job


@transaction.atomic
def fetch(job_id: int, *, actor: Any) -> ExportJob:
    """Write down that the file is handed out; raises Refused when there is none (any more)."""
    job = ExportJob.objects.select_related("consultation").get(pk=job_id)
    if job.state == State.EXPIRED or (job.expires_at and job.expires_at < timezone.now()):
        raise Refused("This file is no longer kept. Ask for a new one.")
    if job.state != State.READY:
        raise Refused("This file is not ready yet.")
    Download.objects.create(job=job, user=actor)
    trail.record("export.downloaded", subject=job, actor=actor, scope=job.consultation.reference, sha256=job.sha256)
    return job
