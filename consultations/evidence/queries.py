"""Which evidence exists for whom, and what its pages read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.module_loading import import_string

from consultations.evidence.models import EvidenceItem, Source, Use
from consultations.programme import queries as programme
from consultations.programme.models import Consultation
from consultations.submissions.models import Submission
from consultations.submissions.queries import received

# Submissions that were sent and not taken back; a duplicate or rejected one is still there.
THERE = (*Submission.COUNTED, Submission.State.DUPLICATE, Submission.State.REJECTED)


def live_sources() -> QuerySet[Source]:
    """Files that came with submissions that are there, no test among them, with all that the policy looks at."""
    return (
        Source.objects.filter(document__submission__state__in=THERE, document__submission__is_test=False)
        .select_related("document__submission__organisation", "document__submission__consultation")
        .order_by("pk")
    )


def sources_of(item: EvidenceItem) -> QuerySet[Source]:
    """The live sources of one piece, the first to come first."""
    return live_sources().filter(item=item)


def visible_sources(item: EvidenceItem, user: Any) -> QuerySet[Source]:
    """Those of them that came to consultations of this member of staff."""
    return sources_of(item).filter(document__submission__in=received(user))


def visible_to(user: Any) -> QuerySet[EvidenceItem]:
    """What came to the consultations that this member of staff works on, or is used there."""
    came = live_sources().filter(item=OuterRef("pk"), document__submission__consultation__in=programme.visible_to(user))
    used = Use.objects.filter(item=OuterRef("pk"), consultation__in=programme.visible_to(user))
    return EvidenceItem.objects.filter(Exists(came.order_by()) | Exists(used))


def of_consultation(consultation: Consultation) -> QuerySet[EvidenceItem]:
    """What came to one consultation or is used there."""
    came = live_sources().filter(item=OuterRef("pk"), document__submission__consultation=consultation)
    used = Use.objects.filter(item=OuterRef("pk"), consultation=consultation)
    return EvidenceItem.objects.filter(Exists(came.order_by()) | Exists(used))


def with_sources(rows: QuerySet[EvidenceItem], user: Any = None) -> QuerySet[EvidenceItem]:
    """With areas and `live`, its sources, at hand; `seen` are those of them that this member of staff may know of.

    No query per row.
    """
    rows = rows.prefetch_related("areas", Prefetch("sources", live_sources(), to_attr="live"))
    if user is None:
        return rows
    seen = live_sources().filter(document__submission__in=received(user))
    return rows.prefetch_related(Prefetch("sources", seen, to_attr="seen"))


# --- the list -------------------------------------------------------------------------------------------

# The filters of the list, and what each looks at; anything else in the address is ignored.
FILTERS = {
    "state": "state",
    "method": "method",
    "licence": "licence",
    "sensitivity": "sensitivity",
    "area": "areas__code",
}
ORDERS = {
    "": ("-pk",),
    "title": ("title", "pk"),
    "author": ("author", "title", "pk"),
    "year": ("-year", "title", "pk"),
}


def narrowed(rows: QuerySet[EvidenceItem], filters: Mapping[str, str], *, without: str = "") -> QuerySet[EvidenceItem]:
    """What the filters leave, that of the field `without` not applied."""
    for name, lookup in FILTERS.items():
        if name != without and filters.get(name):
            rows = rows.filter(**{lookup: filters[name]})
    if (reference := filters.get("consultation")) and without != "consultation":
        came = live_sources().filter(item=OuterRef("pk"), document__submission__consultation__reference=reference)
        used = Use.objects.filter(item=OuterRef("pk"), consultation__reference=reference)
        rows = rows.filter(Exists(came.order_by()) | Exists(used))
    if words := filters.get("q", "").strip()[:200].replace("\x00", ""):
        number = words.upper().removeprefix("EV-")
        by_number = Q(pk=int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else Q()
        found = Q(title__icontains=words) | Q(author__icontains=words) | Q(file_name__icontains=words)
        found |= Q(strength__icontains=words) | Q(geography__icontains=words)
        rows = rows.filter(found | by_number if by_number else found)
    return rows


def facets(rows: QuerySet[EvidenceItem], filters: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """How many pieces each value of a filter would leave, the others kept: one query each."""
    found = {}
    for name, lookup in FILTERS.items():
        counted = narrowed(rows, filters, without=name).order_by().values_list(lookup).annotate(n=Count("pk"))
        found[name] = {value: n for value, n in counted if value}
    return found


def ordered(rows: QuerySet[EvidenceItem], order: str) -> QuerySet[EvidenceItem]:
    """By one of ORDERS; the newest first for anything else."""
    return rows.order_by(*ORDERS.get(order, ORDERS[""]))


# --- citing ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Citing:
    """A text that names a piece of evidence: which, of which consultation, where it is found, and whether it is out."""

    title: str
    consultation: Consultation
    url: str
    is_public: bool


def cited_in(item: EvidenceItem) -> list[Citing]:
    """Every text that names it, as those who keep texts say (`settings.EVIDENCE_CITED`)."""
    return [one for path in settings.EVIDENCE_CITED for one in import_string(path)(item)]


def by_numbers(consultation: Consultation, numbers: Iterable[int]) -> dict[int, EvidenceItem]:
    """Key -> piece, of those that came to this consultation or are used there, with their sources."""
    rows = with_sources(of_consultation(consultation).filter(pk__in=[n for n in numbers if n < 2**31]))
    return {item.pk: item for item in rows}
