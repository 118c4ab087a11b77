"""The words of the messages of one consultation, where they are to differ from those of the site."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from consultations.notices import rules
from consultations.programme.views.base import OfConsultation
from engagement.plans.views import words as pages


class OfConsultationWords(OfConsultation, pages.OfWords):
    addresses = "notices"

    def scope(self) -> str:
        return self.consultation.reference

    def place(self) -> list[Any]:
        return [self.consultation.reference]

    def crumbs(self) -> list[tuple[str, str]]:
        plan = reverse("notices:plan", args=self.place())
        return [("Messages", plan), ("Planned messages", plan), ("Words", self.address("words"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(nav_current="notices:plan", **kwargs)


class Words(OfConsultationWords, pages.WordsList):
    access = rules.can_plan


class EditWords(OfConsultationWords, pages.EditWords):
    access = rules.can_plan


class ResetWords(OfConsultationWords, pages.ResetWords):
    access = rules.can_plan
