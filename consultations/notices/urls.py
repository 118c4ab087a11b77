"""Addresses of the plan of a consultation, of following one, and of the digest."""

from django.urls import path

from consultations.notices.views import digest, plan, public, words

app_name = "notices"
PLAN = "manage/<slug:reference>/messages/"
STEP = f"{PLAN}<uuid:step>/"
WORD = f"{PLAN}words/<slug:code>/<slug:language>/"

urlpatterns = [
    path("consultations/<slug:reference>/follow/", public.Follow.as_view(), name="follow"),
    path("follow/<str:token>/", public.Confirm.as_view(), name="confirm"),
    path("follow/<str:token>/stop/", public.StopFollowing.as_view(), name="stop_following"),
    path("manage/digest/mine/", digest.ChooseDigest.as_view(), name="digest"),
    path(PLAN, plan.Plan.as_view(), name="plan"),
    path(f"{PLAN}usual/", plan.MakePlan.as_view(), name="make_plan"),
    path(f"{PLAN}new/", plan.NewStep.as_view(), name="new_step"),
    path(f"{PLAN}stop/", plan.StopAll.as_view(), name="stop_all"),
    path(f"{PLAN}words/", words.Words.as_view(), name="words"),
    path(WORD, words.EditWords.as_view(), name="word"),
    path(f"{WORD}usual/", words.ResetWords.as_view(), name="reset_words"),
    path(STEP, plan.EditStep.as_view(), name="step"),
    path(f"{STEP}stop/", plan.StopStep.as_view(), name="stop_step"),
    path(f"{STEP}restart/", plan.RestartStep.as_view(), name="restart_step"),
    path(f"{STEP}recipients/", plan.Preview.as_view(), name="preview"),
    path(f"{STEP}test/", plan.SendTest.as_view(), name="test_step"),
    path(f"{STEP}history/", plan.History.as_view(), name="history"),
]
