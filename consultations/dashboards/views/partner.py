"""What a partner finds when they sign in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from consultations.dashboards import forms, leaving, mydata, partner
from consultations.dashboards.partner import own_sent
from engagement.accounts.rules import is_staff_member
from engagement.audit import trail
from engagement.core.access import signed_in
from engagement.core.views import ActionView, PageView
from engagement.messaging.building import preferences_url
from engagement.messaging.models import address_hash


class MyPage(PageView):
    access = signed_in
    template_name = "dashboards/my_page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        return super().get_context_data(
            page=partner.page_of(user, timezone.now()),
            # In a message it needs the name of the site, here it does not.
            preferences=preferences_url(address_hash(user.email)).removeprefix(settings.SITE_URL),
            may_close=not is_staff_member(user),
            **kwargs,
        )


class MyData(PageView):
    """Everything that the site holds on oneself; fetching it is a POST, because it is written down."""

    access = signed_in
    template_name = "dashboards/my_data_page.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user: Any = request.user
        packed = mydata.as_zip(user)
        trail.record("user.data_fetched", subject=user, actor=user)
        response = FileResponse(packed, as_attachment=True, filename="my-data.zip", content_type="application/zip")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store, private"
        return response


class CloseAccount(ActionView):
    """Says what goes and what stays, asks, and closes the account for good."""

    access = signed_in & ~is_staff_member
    form_class = forms.CloseAccountForm
    template_name = "dashboards/close_account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sent=own_sent(self.request.user), **kwargs)

    def act(self, form: Any) -> None:
        leaving.close(self.request.user)  # type: ignore[arg-type]
        logout(self.request)
        messages.success(self.request, gettext("Your account is closed, and who you were is forgotten here."))

    def get_success_url(self) -> str:
        return reverse("dashboards:front")
