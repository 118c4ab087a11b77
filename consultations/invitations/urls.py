from django.urls import path

from consultations.invitations.views import inviting, ledger, plan, public

app_name = "invitations"
PEOPLE = "manage/<slug:reference>/people/"

urlpatterns = [
    path("i/<str:token>/", public.Follow.as_view(), name="follow"),
    path("i/<str:token>/no-view/", public.Decline.as_view(), name="decline"),
    path(PEOPLE, ledger.Ledger.as_view(), name="ledger"),
    path(f"{PEOPLE}invite/", inviting.Invite.as_view(), name="invite"),
    path(f"{PEOPLE}invite/check/", inviting.InviteCheck.as_view(), name="invite_check"),
    path(f"{PEOPLE}reminders/", plan.Plan.as_view(), name="plan"),
    path(f"{PEOPLE}reminders/usual/", plan.MakePlan.as_view(), name="make_plan"),
    path(f"{PEOPLE}reminders/new/", plan.NewStep.as_view(), name="new_step"),
    path(f"{PEOPLE}reminders/<uuid:public_id>/", plan.EditStep.as_view(), name="step"),
    path(f"{PEOPLE}reminders/<uuid:public_id>/stop/", plan.StopStep.as_view(), name="stop_step"),
    path(f"{PEOPLE}reminders/<uuid:public_id>/restart/", plan.RestartStep.as_view(), name="restart_step"),
    path(f"{PEOPLE}<uuid:public_id>/", ledger.InvitationPage.as_view(), name="invitation"),
    path(f"{PEOPLE}<uuid:public_id>/send-again/", ledger.SendAgain.as_view(), name="send_again"),
    path(f"{PEOPLE}<uuid:public_id>/cancel/", ledger.Cancel.as_view(), name="cancel"),
]
