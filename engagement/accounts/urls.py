from django.urls import path

from engagement.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.ProfilePage.as_view(), name="profile"),
    path("language/<slug:code>/", views.LanguageView.as_view(), name="language"),
    path("sessions/", views.EndSessionsView.as_view(), name="end_sessions"),
    path("people/", views.PeoplePage.as_view(), name="people"),
    path("people/new/", views.InviteStaffView.as_view(), name="invite"),
    path("people/<uuid:public_id>/", views.PersonView.as_view(), name="person"),
    path("people/<uuid:public_id>/close/", views.CloseAccountView.as_view(), name="close"),
    path("people/<uuid:public_id>/reopen/", views.ReopenAccountView.as_view(), name="reopen"),
    path("people/<uuid:public_id>/second-step/", views.RemoveSecondStepView.as_view(), name="remove_second_step"),
]
