"""What a partner finds when they sign in."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from consultations.dashboards import partner
from engagement.core.access import signed_in
from engagement.core.views import PageView


class MyPage(PageView):
    access = signed_in
    template_name = "dashboards/my_page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page=partner.page_of(self.request.user, timezone.now()), **kwargs)
