from django.urls import path, re_path

from engagement.messaging.views import public, reports, staff, status

app_name = "messaging"
urlpatterns = [
    path("", staff.MessageList.as_view(), name="list"),
    path("status/", status.StatusPage.as_view(), name="status"),
    path("stop/", status.StopView.as_view(), name="stop"),
    path("start/", status.StartView.as_view(), name="start"),
    path("<uuid:public_id>/release-mailing/", status.ReleaseAllView.as_view(), name="release_all"),
    path("<uuid:public_id>/drop-mailing/", status.DropAllView.as_view(), name="drop_all"),
    path("addresses/", status.AddressList.as_view(), name="addresses"),
    path("addresses/<int:pk>/", status.PutRightView.as_view(), name="put_right"),
    path("preferences/<str:token>/", public.PreferencesView.as_view(), name="preferences"),
    path("reports/", reports.ReportsView.as_view(), name="reports"),
    path("unsubscribe/<str:token>/", public.UnsubscribeView.as_view(), name="unsubscribe"),
    path("<uuid:public_id>/", staff.MessagePage.as_view(), name="message"),
    re_path(
        rf"^(?P<public_id>[0-9a-f-]{{36}})/(?P<act>{staff.DecideView.names})/$",
        staff.DecideView.as_view(),
        name="decide",
    ),
]
