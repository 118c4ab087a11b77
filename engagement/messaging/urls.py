from django.urls import path, re_path

from engagement.messaging.views import public, staff

app_name = "messaging"
urlpatterns = [
    path("", staff.MessageList.as_view(), name="list"),
    path("unsubscribe/<str:token>/", public.UnsubscribeView.as_view(), name="unsubscribe"),
    path("<uuid:public_id>/", staff.MessagePage.as_view(), name="message"),
    re_path(
        rf"^(?P<public_id>[0-9a-f-]{{36}})/(?P<act>{staff.DecideView.names})/$",
        staff.DecideView.as_view(),
        name="decide",
    ),
]
