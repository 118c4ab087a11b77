"""Evidence in summaries: a statement names a piece by its number, and the summary lists what it names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from consultations.evidence import policy
from consultations.evidence import queries as register
from consultations.evidence.models import EvidenceItem, numbers_in
from consultations.summaries.models import Finding, Summary


def cites(item: EvidenceItem) -> list[register.Citing]:
    """The summaries that name this piece (`settings.EVIDENCE_CITED`), each once."""
    rows = Finding.objects.filter(text__contains=item.reference).select_related("summary__consultation")
    found: dict[int, register.Citing] = {}
    for finding in rows.order_by("summary__consultation", "-summary__version", "pk"):
        if item.pk not in named_by(finding):
            continue
        summary = finding.summary
        is_public = summary.state == Summary.State.PUBLISHED
        reference = summary.consultation.reference
        url = (
            reverse("summaries:published", args=[reference])
            if is_public
            else reverse("summaries:edit", args=[reference, summary.version])
        )
        title = f"{summary.title}, version {summary.version}"
        found.setdefault(summary.pk, register.Citing(title, summary.consultation, url, is_public))
    return list(found.values())


def named_by(statement: Any) -> list[int]:
    """The pieces that a statement names. A quotation names none: its words are somebody else's."""
    return [] if statement.kind == Finding.Kind.QUOTATION else numbers_in(statement.text)


def listed(summary: Summary, statements: Iterable[Any]) -> list[str]:
    """What these statements of a summary name, as everybody may read it, in the order of the numbers."""
    numbers = sorted({number for statement in statements for number in named_by(statement)})
    known = register.by_numbers(summary.consultation, numbers) if numbers else {}
    return [
        policy.description(known[number], known[number].live)  # type: ignore[attr-defined]
        if number in known
        else f"EV-{number:04}: {policy.IN_CONFIDENCE}"
        for number in numbers
    ]


def unknown(summary: Summary, statements: Iterable[Any]) -> dict[int, str]:
    """Number -> what is wrong with it, for those that these name and that cannot be cited (any more)."""
    numbers = {number for statement in statements for number in named_by(statement)}
    known = register.by_numbers(summary.consultation, numbers) if numbers else {}
    wrong = {}
    for number in numbers:
        if number not in known:
            wrong[number] = f"EV-{number:04}, which is not in the evidence register any more"
        elif not known[number].is_citable:
            item = known[number]
            wrong[number] = f"{item.reference}, which is “{item.get_state_display().lower()}”"
    return wrong
