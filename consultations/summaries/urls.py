from django.urls import path

from consultations.summaries.views import public, staff

app_name = "summaries"
MANAGE = "manage/<slug:reference>/summary"
ONE = f"{MANAGE}/<int:version>"
STATEMENT = f"{ONE}/<uuid:finding>"
urlpatterns = [
    path("consultations/<slug:reference>/summary/", public.Published.as_view(), name="published"),
    path("consultations/<slug:reference>/summary/word/", public.PublishedWord.as_view(), name="published_docx"),
    path(f"{MANAGE}/", staff.SummaryList.as_view(), name="list"),
    path(f"{MANAGE}/new/", staff.RequestDraft.as_view(), name="request"),
    path(f"{ONE}/", staff.EditSummary.as_view(), name="edit"),
    path(f"{ONE}/stop/", staff.CallOff.as_view(), name="call_off"),
    path(f"{ONE}/try-again/", staff.TryAgain.as_view(), name="try_again"),
    path(f"{ONE}/refresh/", staff.RefreshFigures.as_view(), name="refresh"),
    path(f"{ONE}/review/", staff.SendToReview.as_view(), name="send_to_review"),
    path(f"{ONE}/send-back/", staff.SendBack.as_view(), name="send_back"),
    path(f"{ONE}/approve/", staff.Approve.as_view(), name="approve"),
    path(f"{ONE}/publish/", staff.Publish.as_view(), name="publish"),
    path(f"{ONE}/add/", staff.AddFinding.as_view(), name="add_finding"),
    path(f"{STATEMENT}/add/", staff.AddFinding.as_view(), name="add_after"),
    path(f"{STATEMENT}/change/", staff.ChangeFinding.as_view(), name="change_finding"),
    path(f"{STATEMENT}/move/", staff.MoveFinding.as_view(), name="move_finding"),
    path(f"{STATEMENT}/remove/", staff.RemoveFinding.as_view(), name="remove_finding"),
    path(f"{STATEMENT}/passages/", staff.Passages.as_view(), name="passages"),
]
