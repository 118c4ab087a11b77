"""Addresses of the pages on which staff work with surveys."""

from django.urls import path

from consultations.surveys.views import (
    conditions,
    library,
    paper,
    pictures,
    preview,
    publishing,
    questions,
    surveys,
    translations,
    workbooks,
)

app_name = "surveys"
BASE = "manage/<slug:reference>/surveys/"
ONE = f"{BASE}<slug:code>/"
PUBLIC = "consultations/<slug:reference>/surveys/<slug:code>/"

urlpatterns = [
    path("surveys/pictures/<uuid:picture>/", pictures.PictureFile.as_view(), name="picture"),
    path("consultations/<slug:reference>/paper/", paper.Papers.as_view(), name="papers"),
    path(f"{PUBLIC}paper/", paper.PaperVersion.as_view(), name="paper"),
    path(BASE, surveys.SurveyList.as_view(), name="list"),
    path(f"{BASE}new/", surveys.NewSurvey.as_view(), name="new"),
    path(f"{BASE}import/", workbooks.ImportWorkbook.as_view(), name="import"),
    path(ONE, surveys.EditSurvey.as_view(), name="edit"),
    path(f"{ONE}facts/", surveys.SurveyFacts.as_view(), name="facts"),
    path(f"{ONE}delete/", surveys.DeleteSurvey.as_view(), name="delete"),
    path(f"{ONE}copy/", library.CopySurvey.as_view(), name="copy"),
    path(f"{ONE}put-back/<int:pk>/", library.PutBack.as_view(), name="put_back"),
    path(f"{ONE}pages/<int:pk>/library/", library.TakeQuestion.as_view(), name="library"),
    path(
        f"{ONE}pages/<int:pk>/library/<int:item>/remove/",
        library.RemoveFromLibrary.as_view(),
        name="remove_from_library",
    ),
    path(f"{ONE}questions/<int:pk>/library/", library.SaveToLibrary.as_view(), name="save_to_library"),
    path(f"{ONE}preview/", preview.Preview.as_view(), name="preview"),
    path(f"{ONE}publish/", publishing.Publish.as_view(), name="publish"),
    path(f"{ONE}versions/", publishing.Versions.as_view(), name="versions"),
    path(f"{ONE}versions/<int:number>/move/", publishing.LetDraftsMove.as_view(), name="let_drafts_move"),
    path(f"{ONE}languages/", translations.Languages.as_view(), name="languages"),
    path(f"{ONE}languages/<slug:language>/", translations.Translate.as_view(), name="translate"),
    path(f"{ONE}languages/<slug:language>/read/", translations.ReadTranslations.as_view(), name="read_translations"),
    path(
        f"{ONE}languages/<slug:language>/<slug:kind>/",
        translations.TranslationFile.as_view(),
        name="translations_file",
    ),
    path(f"{ONE}workbook/", workbooks.ExportWorkbook.as_view(), name="export_xlsform"),
    path(f"{ONE}pages/new/", questions.NewPage.as_view(), name="new_page"),
    path(f"{ONE}pages/<int:pk>/", questions.EditPage.as_view(), name="page"),
    path(f"{ONE}pages/<int:pk>/delete/", questions.DeletePage.as_view(), name="delete_page"),
    path(f"{ONE}pages/<int:pk>/add/", questions.ChooseKind.as_view(), name="choose_kind"),
    path(f"{ONE}pages/<int:pk>/add/<slug:kind>/", questions.NewQuestion.as_view(), name="new_question"),
    path(f"{ONE}pages/<int:pk>/up/", questions.ShiftPage.as_view(), {"way": "up"}, name="page_up"),
    path(f"{ONE}pages/<int:pk>/down/", questions.ShiftPage.as_view(), {"way": "down"}, name="page_down"),
    path(f"{ONE}pages/<int:pk>/copy/", questions.ShiftPage.as_view(), {"way": "copy"}, name="copy_page"),
    path(f"{ONE}questions/<int:pk>/", questions.EditQuestion.as_view(), name="question"),
    path(f"{ONE}pages/<int:pk>/shown-when/", conditions.PageCondition.as_view(), name="page_condition"),
    path(f"{ONE}questions/<int:pk>/shown-when/", conditions.QuestionCondition.as_view(), name="question_condition"),
    path(f"{ONE}questions/<int:pk>/delete/", questions.DeleteQuestion.as_view(), name="delete_question"),
    path(f"{ONE}questions/<int:pk>/up/", questions.ShiftQuestion.as_view(), {"way": "up"}, name="question_up"),
    path(f"{ONE}questions/<int:pk>/down/", questions.ShiftQuestion.as_view(), {"way": "down"}, name="question_down"),
    path(f"{ONE}questions/<int:pk>/copy/", questions.ShiftQuestion.as_view(), {"way": "copy"}, name="copy_question"),
    path(f"{ONE}live/", surveys.MoveState.as_view(), {"move": "live"}, name="go_live"),
    path(f"{ONE}close/", surveys.MoveState.as_view(), {"move": "close"}, name="close"),
]
