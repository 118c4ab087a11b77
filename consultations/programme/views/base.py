"""What every staff page of a consultation has in common."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404

from consultations.programme import queries
from consultations.programme.models import Consultation


class OfConsultation:
    """A staff page of one consultation, found by `reference` in the address among those the person works on.

    Put it before the page class: `class Ledger(OfConsultation, ListPage): access = rules.works_on`. `self.subject`
    and the context's `consultation` are the Consultation; `consultation` makes the layout show the rail.
    """

    request: Any
    kwargs: dict[str, Any]
    subject: Consultation

    def get_subject(self) -> Consultation:
        return get_object_or_404(queries.visible_to(self.request.user), reference=self.kwargs["reference"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(consultation=self.consultation, **kwargs)  # type: ignore[misc]

    @property
    def consultation(self) -> Consultation:
        """The page's consultation. A page about a thing inside of it overrides this beside `get_subject`."""
        return self.subject
