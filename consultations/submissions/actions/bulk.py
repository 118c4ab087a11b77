"""Making submissions of many papers at once: all of them or none."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction

from consultations.programme.models import Consultation
from consultations.submissions import lifecycle
from consultations.submissions.actions.beside import choose_confidentiality, save_statement
from consultations.submissions.actions.starting import begin_intake, refuse_intake
from consultations.submissions.actions.writing import fill
from consultations.submissions.bulk.planned import Planned
from consultations.submissions.models import BulkEntry, Submission
from consultations.surveys.models import Survey
from engagement.audit import trail
from engagement.core import jobs
from engagement.core.errors import Refused
from engagement.core.tasks import work
from engagement.stakeholders.models import Area, Kind, Organisation

# The name of this work in settings.LONG_WORK.
WORK = "submissions.bulk"


@transaction.atomic
def request_papers(
    survey: Survey, planned: list[Planned], *, version: int, actor: Any, file_name: str, sha256: str
) -> BulkEntry:
    """Ask for the responses of a checked file to be typed in behind the page. The same file asked for again while it
    is being typed in is the same import. Raises Refused when nothing can be typed in now.
    """
    survey = Survey.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=survey.pk)
    refuse_intake(survey.consultation)
    same = BulkEntry.objects.filter(survey=survey, sha256=sha256, state__in=BulkEntry.RUNNING).first()
    if same is not None:
        return same
    job = BulkEntry.objects.create(
        survey=survey,
        version=version,
        file_name=file_name[:200],
        sha256=sha256,
        rows=[asdict(one) for one in planned],
        total=len(planned),
        requested_by=actor,
    )
    work.delay_on_commit(WORK, job.pk)
    return job


@transaction.atomic
def call_off_papers(job_id: int) -> BulkEntry:
    """Stop typing in; what has been typed in stays, each response whole."""
    job = BulkEntry.objects.select_for_update(of=("self",)).get(pk=job_id)
    jobs.call_off(job)
    return job


@transaction.atomic
def try_papers_again(job_id: int) -> BulkEntry:
    """Go on with an import that failed. Raises Refused for any other, and once its rows have been let go of."""
    job = BulkEntry.objects.select_for_update(of=("self",)).get(pk=job_id)
    if job.state == BulkEntry.State.FAILED and not job.rows:
        raise Refused("The rows of this file are not kept any more. Choose the file again.")
    jobs.try_again(job)
    work.delay_on_commit(WORK, job.pk)
    return job


@transaction.atomic
def import_papers(
    survey: Survey, planned: list[Planned], *, version: int, actor: Any, file_name: str = "", sha256: str = ""
) -> tuple[int, int]:
    """Type in every response of a file and hand it over, as one would by hand: somebody else checks each before it
    counts. One whose reference is here already is left as it is. Returns how many were made, and how many were here.

    Raises Refused with the row for anything that cannot be made, and then nothing is; also when another version than
    the one that was checked has been published meanwhile.
    """
    survey = (
        Survey.objects.select_for_update(of=("self",))
        .select_related("consultation", "current_version")
        .get(pk=survey.pk)
    )
    consultation = survey.consultation
    refuse_intake(consultation)
    if survey.current_version is None or survey.current_version.number != version:
        raise Refused("A new version of the survey was published since the file was checked. Check it once more.")
    here = set(
        Submission.objects.filter(
            consultation=consultation, reference__in=[one.reference for one in planned]
        ).values_list("reference", flat=True)
    )
    made = 0
    for one in planned:
        if one.reference in here:
            continue
        try:
            _make(consultation, survey, one, actor)
        except Refused as refused:
            raise Refused(f"Row {one.row} ({one.reference}): {refused.message} Nothing was imported.") from refused
        made += 1
    if made:
        trail.record(
            "submissions.imported",
            subject=consultation,
            actor=actor,
            scope=consultation.reference,
            survey=survey.code,
            version=version,
            number=made,
            already_here=len(planned) - made,
            file_name=file_name[:200],
            sha256=sha256,
        )
    return made, len(planned) - made


def _make(consultation: Consultation, survey: Survey, one: Planned, actor: Any) -> None:
    submission = begin_intake(
        consultation,
        channel=one.channel,
        received_on=date.fromisoformat(one.received_on),
        actor=actor,
        organisation=Organisation.objects.get(pk=one.organisation) if one.organisation else None,
        name=one.name,
        email=one.email,
        kind=Kind.objects.filter(code=one.kind).first() if one.kind else None,
        areas=list(Area.objects.filter(code__in=one.areas)) if one.areas else None,
        reference=one.reference,
        capacity=one.capacity,
    )
    if one.answers:
        fill(submission, survey, one.answers, actor=actor)
    if one.statement.strip():
        save_statement(submission.pk, one.statement, actor=actor)
    choose_confidentiality(
        submission.pk,
        one.confidentiality,
        reason=one.confidentiality_reason,
        may_contact=one.may_contact,
        actor=actor,
    )
    lifecycle.hand_over(submission.pk, actor=actor)
