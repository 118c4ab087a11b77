from django.urls import path

from consultations.invitations.views import inviting, ledger, many, moretime, public

app_name = "invitations"
PEOPLE = "manage/<slug:reference>/people/"

urlpatterns = [
    path("i/<str:token>/", public.Follow.as_view(), name="follow"),
    path("i/<str:token>/no-view/", public.Decline.as_view(), name="decline"),
    path("i/<str:token>/after-all/", public.ChangeMind.as_view(), name="change_mind"),
    path("i/<str:token>/pass-on/", public.PassOn.as_view(), name="pass_on"),
    path("i/<str:token>/take-back/", public.TakeBack.as_view(), name="take_back"),
    path(PEOPLE, ledger.Ledger.as_view(), name="ledger"),
    path(f"{PEOPLE}invite/", inviting.Invite.as_view(), name="invite"),
    path(f"{PEOPLE}invite/list/", inviting.InviteList.as_view(), name="invite_list"),
    path(f"{PEOPLE}invite/check/", inviting.InviteCheck.as_view(), name="invite_check"),
    path(f"{PEOPLE}send-again/", many.SendManyAgain.as_view(), name="send_many_again"),
    path(f"{PEOPLE}cancel/", many.CancelMany.as_view(), name="cancel_many"),
    path(f"{PEOPLE}more-time/", moretime.MoreTime.as_view(), name="more_time"),
    path(f"{PEOPLE}more-time/new/", moretime.GiveMoreTime.as_view(), name="give_more_time"),
    path(f"{PEOPLE}more-time/<uuid:public_id>/end/", moretime.EndMoreTime.as_view(), name="end_more_time"),
    path(f"{PEOPLE}<uuid:public_id>/", ledger.InvitationPage.as_view(), name="invitation"),
    path(f"{PEOPLE}<uuid:public_id>/note/", ledger.AddNote.as_view(), name="note"),
    path(f"{PEOPLE}<uuid:public_id>/send-again/", ledger.SendAgain.as_view(), name="send_again"),
    path(f"{PEOPLE}<uuid:public_id>/cancel/", ledger.Cancel.as_view(), name="cancel"),
]
