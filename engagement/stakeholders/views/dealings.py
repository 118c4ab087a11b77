"""What passed between us and one organisation."""

from __future__ import annotations

from typing import Any

from engagement.core.views import ListPage
from engagement.stakeholders import rules
from engagement.stakeholders.dealings import DAYS, Dealing, asked_lately, dealings_with, too_often
from engagement.stakeholders.views.organisations import OfOrganisation

SIDES = (("", "Everything"), ("asked", "What we asked them"), ("told", "What they told us"))


class Dealings(OfOrganisation, ListPage):
    """Across consultations, events and conversations, the latest first; `show` in the address narrows it."""

    access = rules.can_read_register
    template_name = "stakeholders/dealings.html"

    def get_queryset(self) -> Any:
        self.everything = dealings_with(self.subject, self.request.user)
        self.side = self.request.GET.get("show", "")
        return [one for one in self.everything if self.side in ("", one.side)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = asked_lately([self.subject.pk])[self.subject.pk]
        return super().get_context_data(
            sides=[(side, label, self.number(side), side == self.side) for side, label in SIDES],
            asked=asked,
            days=DAYS,
            is_often=too_often(asked),
            **kwargs,
        )

    def number(self, side: str) -> int:
        found: list[Dealing] = self.everything
        return sum(side in ("", one.side) for one in found)
