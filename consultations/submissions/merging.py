"""What stands in the way of making two organisations one: each has a response to the same consultation."""

from __future__ import annotations

from consultations.submissions.models import Submission
from engagement.stakeholders.models import Organisation


def why_not(kept: Organisation, merged: Organisation) -> list[str]:
    """A sentence for each consultation to which both have a response that is not set aside."""
    rows = Submission.objects.filter(is_test=False).exclude(state__in=Submission.SET_ASIDE)
    both = rows.filter(organisation=kept, consultation__in=rows.filter(organisation=merged).values("consultation"))
    titles = both.order_by("consultation__title").values_list("consultation__title", flat=True)
    return [
        f"Both have a response to “{title}”, and an organisation has one. Mark one of the two as a duplicate first, or "
        "withdraw it."
        for title in titles
    ]
