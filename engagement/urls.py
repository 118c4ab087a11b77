"""Every address of the site. Each app keeps its own; this file only says where they hang."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("account/", include("engagement.accounts.urls")),
    path("register/", include("engagement.stakeholders.urls")),
    path("events/", include("engagement.events.urls")),
    path("", include("engagement.events.entrance")),
    path("messages/", include("engagement.plans.urls")),
    path("messages/", include("engagement.messaging.urls")),
    path("", include("engagement.core.urls")),
    path("", include("consultations.dashboards.urls")),
    path("", include("consultations.programme.urls")),
    path("", include("consultations.notices.urls")),
    path("", include("consultations.surveys.urls")),
    path("", include("consultations.invitations.urls")),
    path("", include("consultations.submissions.urls")),
    path("", include("consultations.evidence.urls")),
    path("", include("consultations.analysis.urls")),
    path("", include("consultations.summaries.urls")),
    path("", include("consultations.exports.urls")),
]

handler400 = "engagement.core.errorpages.bad_request"
handler403 = "engagement.core.errorpages.forbidden"
handler404 = "engagement.core.errorpages.not_found"
handler500 = "engagement.core.errorpages.server_error"
