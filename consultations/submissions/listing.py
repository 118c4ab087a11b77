"""The staff's list of what came in: its filters, the number that each would leave, its rows."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from consultations.submissions import queries
from consultations.submissions.models import Submission, TextAnswer

# The filters of the list, and what each looks at; anything else in the address is ignored.
FILTERS = {
    "channel": "channel",
    "sector": "kind__sector__code",
    "area": "areas__code",
    "timing": "timing",
    "confidentiality": "confidentiality",
    "state": "state",
}


def narrowed(rows: QuerySet[Submission], filters: Mapping[str, str], *, without: str = "") -> QuerySet[Submission]:
    """What the filters leave, that of the field `without` not applied."""
    for name, lookup in FILTERS.items():
        if name != without and filters.get(name):
            rows = rows.filter(**{lookup: filters[name]})
    if words := filters.get("q", "").strip():
        rows = rows.filter(
            Q(reference__icontains=words)
            | Q(organisation__name__icontains=words)
            | Q(organisation=None, respondent_name__icontains=words)
        )
    return rows


def facets(rows: QuerySet[Submission], filters: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """How many submissions each value of a filter would leave, the others kept: one query each.

    A submission from two areas is counted in both.
    """
    found = {}
    for name, lookup in FILTERS.items():
        counted_rows = narrowed(rows, filters, without=name).order_by().values_list(lookup).annotate(n=Count("pk"))
        found[name] = {value: n for value, n in counted_rows if value}
    return found


def listed(rows: QuerySet[Submission]) -> QuerySet[Submission]:
    """Rows for the list, newest first, with areas, and with whether another one comes from the same person."""
    same = Submission.objects.filter(
        consultation=OuterRef("consultation"), state__in=Submission.COUNTED, is_test=False
    ).exclude(pk=OuterRef("pk"))
    by_address = same.exclude(respondent_email="").filter(respondent_email__iexact=OuterRef("respondent_email"))
    by_name = same.filter(organisation=None, respondent_name__iexact=OuterRef("respondent_name")).exclude(
        respondent_name=""
    )
    # Where nobody says who they are, the same words twice are all there is to go by.
    other_texts = TextAnswer.objects.filter(
        submission__consultation=OuterRef("submission__consultation"),
        submission__state__in=Submission.COUNTED,
        submission__is_test=False,
        question_code=OuterRef("question_code"),
        text=OuterRef("text"),
    ).exclude(submission=OuterRef("submission"))
    by_text = TextAnswer.objects.filter(Exists(other_texts), submission=OuterRef("pk"))
    is_unknown = Q(organisation=None, respondent=None, channel=Submission.Channel.ONLINE)
    looks_double = Q(state__in=Submission.COUNTED) & (
        Exists(by_address) | (Q(organisation=None) & Exists(by_name)) | (is_unknown & Exists(by_text))
    )
    return queries.newest_first(
        queries.with_people(rows)
        .annotate(looks_double=Case(When(looks_double, then=Value(True)), default=Value(False)))
        .prefetch_related("areas")
    )
