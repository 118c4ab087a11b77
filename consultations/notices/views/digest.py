"""How often a member of staff wants to read what happened."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone

from consultations.notices import actions, digests, rules
from consultations.notices.forms import DigestForm
from consultations.notices.models import Digest
from engagement.core.views import ActionView


class ChooseDigest(ActionView):
    access = rules.is_staff_member
    form_class = DigestForm
    template_name = "notices/digest.html"

    def get_initial(self) -> dict[str, Any]:
        chosen = Digest.objects.filter(user=self.request.user).first()
        return {"period": chosen.period if chosen else ""}

    def act(self, form: DigestForm) -> None:
        actions.choose_digest(self.request.user, form.cleaned_data["period"])
        messages.success(self.request, "Your choice is saved.")

    def get_success_url(self) -> str:
        return reverse("notices:digest")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        return super().get_context_data(
            shown=digests.staff_parts(self.request.user, now - digests.SPAN[Digest.Period.WEEKLY], now), **kwargs
        )
