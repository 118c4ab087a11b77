"""What may be said of a piece of evidence, and to whom its file may be given.

`submissions.confidentiality` decides for each submission that it came with; the documents of a submission stand under
the choice for the whole of it. What officers wrote into the register can only make it stricter.

| | staff of a consultation it came to | staff of one that uses it | everybody |
|---|---|---|---|
| entry in the register | yes | yes | as a reference with title and author |
| who sent it | yes | where one may be named | where one may be named |
| file | yes, unless quarantined | yes | no |
| needs | a source that was sent | open, and a source that may be published | the same, and catalogued |
"""

from __future__ import annotations

from collections.abc import Iterable

from consultations.evidence.models import EvidenceItem, Source
from consultations.submissions import confidentiality

IN_CONFIDENCE = "evidence given in confidence"


def may_leave(item: EvidenceItem, sources: Iterable[Source]) -> bool:
    """Whether it may be used outside of the consultation that it came to; every source with its submission at hand."""
    return (
        item.sensitivity == EvidenceItem.Sensitivity.OPEN
        and item.state not in {EvidenceItem.State.QUARANTINED, EvidenceItem.State.WITHDRAWN}
        and any(confidentiality.may_publish(source.document.submission) for source in sources)
    )


def may_be_described(item: EvidenceItem, sources: Iterable[Source]) -> bool:
    """Whether its title and author may stand in what everybody reads."""
    return item.is_citable and may_leave(item, sources)


def description(item: EvidenceItem, sources: Iterable[Source]) -> str:
    """How a publication may name it: “EV-0012: Skills survey (Tyneside Skills Board, 2018)”, or as confidential."""
    if not may_be_described(item, sources):
        return f"{item.reference}: {IN_CONFIDENCE}"
    return f"{item.reference}: {item.title}" + (f" ({item.by_whom})" if item.by_whom else "")


def submitters(sources: Iterable[Source], *, is_public: bool) -> list[str]:
    """Who sent it, each once: everybody for staff, for the public only those who agreed to be named."""
    names = [
        source.document.submission.from_whom
        for source in sources
        if not is_public or confidentiality.may_name(source.document.submission)
    ]
    return sorted(dict.fromkeys(names))
