"""Addresses of consultations: public ones, and those of the people who work on them."""

from django.urls import path

from consultations.programme.views import events, lifecycle, parts, public, staff

app_name = "programme"
urlpatterns = [
    path("consultations/", public.ConsultationList.as_view(), name="list"),
    path("consultations/<slug:reference>/", public.ConsultationPage.as_view(), name="consultation"),
    path("consultations/<slug:reference>/closes.ics", public.ClosingCalendar.as_view(), name="calendar"),
    path("consultations/<slug:reference>/events.ics", public.EventsCalendar.as_view(), name="events_calendar"),
    path("consultations/<slug:reference>/documents/<uuid:public_id>/", public.DocumentFile.as_view(), name="document"),
    path("manage/", staff.StaffList.as_view(), name="staff_list"),
    path("manage/new/consultation/", staff.NewConsultation.as_view(), name="new"),
    path("manage/<slug:reference>/settings/", staff.Settings.as_view(), name="settings"),
    path("manage/<slug:reference>/settings/facts/<slug:group>/", staff.EditFacts.as_view(), name="edit"),
    path("manage/<slug:reference>/settings/themes/", parts.Themes.as_view(), name="themes"),
    path("manage/<slug:reference>/settings/themes/new/", parts.NewTheme.as_view(), name="new_theme"),
    path("manage/<slug:reference>/settings/themes/of/<slug:code>/", parts.EditTheme.as_view(), name="theme"),
    path(
        "manage/<slug:reference>/settings/themes/of/<slug:code>/remove/",
        parts.RemoveTheme.as_view(),
        name="remove_theme",
    ),
    path(
        "manage/<slug:reference>/settings/themes/of/<slug:code>/<slug:way>/",
        parts.MoveTheme.as_view(),
        name="move_theme",
    ),
    path("manage/<slug:reference>/settings/documents/", parts.Documents.as_view(), name="documents"),
    path(
        "manage/<slug:reference>/settings/documents/<uuid:public_id>/remove/",
        parts.RemoveDocument.as_view(),
        name="remove_document",
    ),
    path("manage/<slug:reference>/settings/team/", parts.Team.as_view(), name="team"),
    path("manage/<slug:reference>/settings/team/<int:pk>/end/", parts.EndAssignment.as_view(), name="end_assignment"),
    path("manage/<slug:reference>/settings/lifecycle/", lifecycle.Lifecycle.as_view(), name="lifecycle"),
    path("manage/<slug:reference>/settings/lifecycle/propose/", lifecycle.Propose.as_view(), name="propose"),
    path("manage/<slug:reference>/settings/lifecycle/<slug:move>/", lifecycle.MakeMove.as_view(), name="move"),
    path("manage/<slug:reference>/events/", events.Events.as_view(), name="events"),
    path("manage/<slug:reference>/events/new/", events.NewEvent.as_view(), name="new_event"),
    path("manage/<slug:reference>/events/<uuid:public_id>/themes/", events.EventThemes.as_view(), name="event_themes"),
]
