"""The evidence register as a table, for the exports of a consultation and for the list by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from consultations.evidence import policy, queries
from consultations.evidence.models import EvidenceItem
from consultations.exports.models import ExportJob
from consultations.exports.who import Row, pseudonym
from consultations.programme.models import Consultation

Profile = ExportJob.Profile
# For members of staff: every entry that they see, with the names of those who agreed to be named.
TEAM = "team"
CHUNK = 500

_CELLS: dict[str, Callable[[EvidenceItem], Any]] = {
    "evidence": lambda item: item.reference,
    "title": lambda item: item.title,
    "author": lambda item: item.author,
    "date": lambda item: item.dated,
    "year": lambda item: item.year,
    "areas": lambda item: "; ".join(sorted(area.name for area in item.areas.all())),
    "geography": lambda item: item.geography,
    "method": lambda item: item.get_method_display() if item.method else "",
    "strength": lambda item: item.strength,
    "licence": lambda item: item.get_licence_display(),
    "sensitivity": lambda item: item.get_sensitivity_display(),
    "state": lambda item: item.get_state_display(),
    "file_name": lambda item: item.file_name,
    "bytes": lambda item: item.size,
    "sha256": lambda item: item.sha256,
}
_PUBLIC = ["evidence", "title", "author", "date", "year", "areas", "geography", "method", "strength", "licence"]
# Titles and authors are names, and so may be the name of a file.
_BARE = ["evidence", "year", "areas", "method", "licence", "sensitivity", "state", "bytes", "sha256"]
COLUMNS: dict[str, list[str]] = {
    Profile.PUBLIC: _PUBLIC,
    TEAM: [*_PUBLIC, "sensitivity", "state", "bytes", "sha256"],
    Profile.PSEUDONYMOUS: _BARE,
    Profile.FULL: list(_CELLS),
}


def header(profile: str) -> list[str]:
    """The names of the columns; the last one says who sent it."""
    return [*COLUMNS[profile], "sent_by"]


def chosen(consultation: Consultation) -> QuerySet[EvidenceItem]:
    """The register of one consultation in the order of its numbers."""
    return queries.with_sources(queries.of_consultation(consultation).order_by("pk"))


def rows(items: Iterable[EvidenceItem], profile: str) -> Iterable[Row]:
    """A row for each piece that this profile may carry; needs `live` and areas at hand."""
    for item in items:
        if profile == Profile.PUBLIC and not policy.may_be_described(item, item.live):  # type: ignore[attr-defined]
            continue
        yield [*(_CELLS[name](item) for name in COLUMNS[profile]), "; ".join(_senders(item, profile))]


def _senders(item: Any, profile: str) -> list[str]:
    submissions = [source.document.submission for source in item.live]
    if profile == Profile.FULL:
        return [f"{one.reference} {one.from_whom}" for one in submissions]
    if profile == Profile.PSEUDONYMOUS:
        return [pseudonym(one.public_id) for one in submissions]
    return policy.submitters(item.live, is_public=True)
