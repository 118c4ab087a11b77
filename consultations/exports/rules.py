"""Who may ask for which file, allow it, fetch it."""

from typing import Any

from consultations.exports.models import ExportJob
from consultations.programme.rules import analyses, works_on
from engagement.accounts.rules import is_administrator
from engagement.core.access import rule

__all__ = ["can_approve", "can_download", "can_list", "can_request_full"]

# Subject: the consultation.
can_list = works_on
can_request_full = analyses


@rule
def is_not_the_one_who_asked(user: Any, job: ExportJob) -> bool:
    return job.requested_by_id != user.pk


@rule
def may_have_this_profile(user: Any, job: ExportJob) -> bool:
    """A full export is for the one who asked and for administrators; the others for everybody on the consultation."""
    if job.profile == ExportJob.Profile.FULL:
        return is_administrator(user) or (job.requested_by_id == user.pk and analyses(user, job.consultation))
    return works_on(user, job.consultation)


# Subject: a job.
can_approve = is_administrator & is_not_the_one_who_asked
can_download = may_have_this_profile
