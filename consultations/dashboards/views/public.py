"""The front page and the two statements."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from consultations.programme import queries as programme
from engagement.core.access import anyone
from engagement.core.views import PageView
from engagement.events import queries as events


class Front(PageView):
    access = anyone
    open_to_all = True
    template_name = "dashboards/front.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        return super().get_context_data(
            open=programme.open_now(now)[:20],
            coming=programme.announced(now)[:5],
            events=events.upcoming(now)[:6],
            past=programme.came_of_it(now)[:5],
            **kwargs,
        )


class Accessibility(PageView):
    access = anyone
    open_to_all = True
    template_name = "dashboards/accessibility.html"


class Privacy(PageView):
    access = anyone
    open_to_all = True
    template_name = "dashboards/privacy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(open=programme.open_now(timezone.now())[:20], **kwargs)
