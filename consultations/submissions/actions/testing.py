"""Answering as a test: the real pages and the real sending, and nothing of it counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from consultations.programme.models import Consultation
from consultations.submissions import files, queries
from consultations.submissions.actions.starting import begin
from consultations.submissions.models import Submission
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.stakeholders.models import Area, Kind


def start_test(
    consultation: Consultation,
    user: Any,
    *,
    kind: Kind | None = None,
    areas: list[Area] | None = None,
    now: datetime | None = None,
) -> Submission:
    """Begin a test submission, in whatever state the consultation is: one that this person has not sent yet is gone on
    with, with the kind and areas that are chosen now.

    Raises Refused while no survey has a published version.
    """
    drafts = queries.tests(user).filter(consultation=consultation, respondent=user, state__in=Submission.DRAFTS)
    found = drafts.order_by("-pk").first()
    if found is None:
        found = begin(
            Submission(
                consultation=consultation,
                respondent=user,
                respondent_name=user.name,
                respondent_email=user.email,
                capacity=Submission.Capacity.SELF,
                kind=kind,
                is_test=True,
            ),
            areas=areas,
            actor=user,
            now=now,
        )
        if not queries.surveys_for(found):
            found.delete()
            raise Refused("No survey of this consultation has a published version. Publish one, then try it.")
        return found
    found.kind = kind
    found.save(update_fields=["kind", "updated_at"])
    found.areas.set(areas or [])
    return found


@transaction.atomic
def clear_tests(consultation: Consultation, *, actor: Any) -> int:
    """Delete every test submission of the consultation, with its files; returns how many there were."""
    rows = Submission.objects.filter(consultation=consultation, is_test=True)
    kept = list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    if not kept:
        return 0
    files.delete_with(Submission.objects.filter(pk__in=kept, is_test=True))
    Submission.objects.filter(pk__in=kept, is_test=True).delete()
    trail.record(
        "submission.tests_cleared", subject=consultation, actor=actor, scope=consultation.reference, number=len(kept)
    )
    return len(kept)
