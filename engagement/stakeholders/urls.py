from django.urls import path

from engagement.stakeholders.views import duplicates, imports, interactions, organisations, people

app_name = "stakeholders"
urlpatterns = [
    path("", organisations.OrganisationListPage.as_view(), name="list"),
    path("new/", organisations.AddOrganisationView.as_view(), name="new"),
    path("people/", people.PeoplePage.as_view(), name="people"),
    path("people/new/", people.AddContactView.as_view(), name="new_contact"),
    path("people/<uuid:contact>/", people.ContactPage.as_view(), name="contact"),
    path("people/<uuid:contact>/edit/", people.ChangeContactView.as_view(), name="edit_contact"),
    path("follow-ups/", interactions.FollowUps.as_view(), name="follow_ups"),
    path("duplicates/", duplicates.Duplicates.as_view(), name="duplicates"),
    path("duplicates/<uuid:merge>/undo/", duplicates.UndoMerge.as_view(), name="undo_merge"),
    path("import/", imports.UploadView.as_view(), name="import"),
    path("import/template.csv", imports.CsvTemplateView.as_view(), name="template_csv"),
    path("import/template.xlsx", imports.WorkbookTemplateView.as_view(), name="template_xlsx"),
    path("import/<uuid:public_id>/", imports.PreviewView.as_view(), name="preview"),
    path("import/<uuid:public_id>/bad-rows.csv", imports.BadRowsView.as_view(), name="bad_rows"),
    path("import/<uuid:public_id>/discard/", imports.DiscardView.as_view(), name="discard"),
    path("<uuid:public_id>/", organisations.OrganisationPage.as_view(), name="organisation"),
    path("<uuid:public_id>/edit/", organisations.ChangeOrganisationView.as_view(), name="edit"),
    path("<uuid:public_id>/close/", organisations.CloseView.as_view(), name="close"),
    path("<uuid:public_id>/reopen/", organisations.ReopenView.as_view(), name="reopen"),
    path("<uuid:public_id>/notes/new/", interactions.RecordInteraction.as_view(), name="record"),
    path("<uuid:public_id>/notes/<uuid:note>/", interactions.ChangeInteraction.as_view(), name="change_note"),
    path("<uuid:public_id>/notes/<uuid:note>/done/", interactions.FollowUp.as_view(), name="follow_up"),
    path("<uuid:public_id>/same-as/", duplicates.FindOther.as_view(), name="same_as"),
    path("<uuid:public_id>/same-as/<uuid:other>/", duplicates.MergeTwo.as_view(), name="merge"),
    path("<uuid:public_id>/not/<uuid:other>/", duplicates.TellApart.as_view(), name="tell_apart"),
    path("<uuid:public_id>/people/new/", organisations.AddMemberView.as_view(), name="add_member"),
    path("<uuid:public_id>/people/<uuid:contact>/", organisations.ChangeRoleView.as_view(), name="role"),
    path("<uuid:public_id>/people/<uuid:contact>/end/", organisations.EndMembershipView.as_view(), name="end"),
]
