from django.urls import path

from engagement.stakeholders.views import imports, organisations, people

app_name = "stakeholders"
urlpatterns = [
    path("", organisations.OrganisationListPage.as_view(), name="list"),
    path("new/", organisations.AddOrganisationView.as_view(), name="new"),
    path("people/", people.PeoplePage.as_view(), name="people"),
    path("people/new/", people.AddContactView.as_view(), name="new_contact"),
    path("people/<uuid:contact>/", people.ContactPage.as_view(), name="contact"),
    path("people/<uuid:contact>/edit/", people.ChangeContactView.as_view(), name="edit_contact"),
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
    path("<uuid:public_id>/people/new/", organisations.AddMemberView.as_view(), name="add_member"),
    path("<uuid:public_id>/people/<uuid:contact>/", organisations.ChangeRoleView.as_view(), name="role"),
    path("<uuid:public_id>/people/<uuid:contact>/end/", organisations.EndMembershipView.as_view(), name="end"),
]
