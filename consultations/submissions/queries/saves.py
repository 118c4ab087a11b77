"""Who saved what, and when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from consultations.submissions.models import Response, ResponseRevision, Submission
from consultations.submissions.queries.scope import account_of
from engagement.core.prepared import Given, Prepared


def _newest_of_each_page() -> QuerySet[ResponseRevision]:
    newest = (
        ResponseRevision.objects.filter(response__submission=Given("submission"), kind__in=ResponseRevision.APPLIED)
        .order_by()
        .values("response", "page")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    return ResponseRevision.objects.filter(pk__in=newest).select_related("actor", "response").defer("patch")


_LAST_SAVES: Prepared[ResponseRevision] = Prepared(_newest_of_each_page)


def last_saves(submission: Submission) -> dict[tuple[int, str], ResponseRevision]:
    """(survey id, page code) -> the last save of that page, with its actor: one query."""
    return {(row.response.survey_id, row.page): row for row in _LAST_SAVES.all(submission=submission.pk)}


def conflicts_of(submission: Submission | Given, user: Any) -> QuerySet[ResponseRevision]:
    """This person's answers that met a colleague's at the same time."""
    rows = ResponseRevision.objects.filter(response__submission=submission, kind=ResponseRevision.Kind.CONFLICT)
    if not isinstance(user, Given) and user.pk is None:
        # By a return link: what conflicts there is what the same person wrote in another window.
        rows = rows.filter(actor=None)
    else:
        rows = rows.filter(actor=user)
    return rows.select_related("response__survey").order_by("pk")


def last_writer(response: Response, codes: Iterable[str], *, besides: Any) -> Any:
    """Who else saved one of these answers last; None when nobody did."""
    rows = response.revisions.filter(kind__in=ResponseRevision.APPLIED).exclude(actor=account_of(besides))
    wanted = set(codes)
    for row in rows.select_related("actor").order_by("-number"):
        if wanted & row.patch.keys():
            return row.actor
    return None


def open_conflicts(submission: Submission | Given, user: Any) -> QuerySet[ResponseRevision]:
    """Those of them that wait for a choice."""
    settled = ResponseRevision.objects.filter(response=OuterRef("response"), settles=OuterRef("number"))
    return conflicts_of(submission, user).exclude(Exists(settled))


_CONFLICTS: Prepared[ResponseRevision] = Prepared(lambda: open_conflicts(Given("submission"), Given("user")))


def conflicts_to_settle(submission: Submission, user: Any) -> list[ResponseRevision]:
    """The same, for the page that every respondent comes back to."""
    if user.pk is None:
        return list(open_conflicts(submission, user))
    return _CONFLICTS.all(submission=submission.pk, user=user.pk)
