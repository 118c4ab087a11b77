"""What officers made of the documents that partners sent: described, some of them open, one kept in quarantine."""

from __future__ import annotations

from consultations.evidence import lifecycle
from consultations.evidence.models import EvidenceItem
from engagement.accounts.models import User

METHODS = ("survey", "plan", "statistics", "case_study", "opinion")
DATED = (("March 2018", 2018), ("2017", 2017), ("2017/18", 2017), ("September 2018", 2018), ("2016", 2016))
LICENCES = ("permission", "ogl", "unknown", "cc_by", "reserved")
SENSITIVITIES = ("open", "open", "commercial", "open", "restricted")
# How many are described; the others wait, as they would.
DESCRIBED = 10


def describe(officer: User) -> None:
    """Catalogue the first documents that came in, and quarantine one of them."""
    items = list(EvidenceItem.objects.filter(state=EvidenceItem.State.UPLOADED).order_by("pk")[:DESCRIBED])
    for place, item in enumerate(items):
        first = item.sources.select_related("document__submission__organisation").order_by("pk")[0]
        submission = first.document.submission
        dated, year = DATED[place % len(DATED)]
        lifecycle.catalogue(
            item.pk,
            actor=officer,
            title=item.title,
            author=submission.from_whom,
            dated=dated,
            year=year,
            method=METHODS[place % len(METHODS)],
            licence=LICENCES[place % len(LICENCES)],
            sensitivity=SENSITIVITIES[place % len(SENSITIVITIES)],
            areas=list(submission.areas.all()),
        )
    if items:
        reason = "It lists the home addresses of volunteers. The sender is asked for a copy without them."
        lifecycle.quarantine(items[-1].pk, actor=officer, reason=reason)
