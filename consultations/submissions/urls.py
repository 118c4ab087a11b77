from django.urls import path

from consultations.submissions.views import beside, bulk, intake, links, sections, sending, staff, start, tasks, testing

app_name = "submissions"
OWN = "submissions/<uuid:public_id>/"
MANAGE = "manage/<slug:reference>/submissions/"

urlpatterns = [
    path("consultations/<slug:reference>/respond/", start.Respond.as_view(), name="respond"),
    path("consultations/<slug:reference>/respond/about-you/", start.AboutYou.as_view(), name="about_you"),
    path("consultations/<slug:reference>/respond/without-account/", links.StartOpen.as_view(), name="start_open"),
    path("consultations/<slug:reference>/respond/anonymously/", links.StartAnonymous.as_view(), name="start_anonymous"),
    path("return/", links.Return.as_view(), name="return"),
    path("return/<str:token>/", links.Return.as_view(), name="return_link"),
    path(OWN, tasks.Tasks.as_view(), name="tasks"),
    path(f"{OWN}surveys/<slug:survey>/<str:page>/", sections.Section.as_view(), name="section"),
    path(f"{OWN}surveys/<slug:survey>/conflicts/<int:number>/", sections.Conflict.as_view(), name="conflict"),
    path(f"{OWN}statement/", beside.Statement.as_view(), name="statement"),
    path(f"{OWN}documents/", beside.Documents.as_view(), name="documents"),
    path(f"{OWN}documents/<uuid:document>/", beside.OwnDocument.as_view(), name="own_document"),
    path(f"{OWN}files/<uuid:document>/", beside.OwnFile.as_view(), name="own_file"),
    path(f"{OWN}documents/<uuid:document>/remove/", beside.RemoveDocument.as_view(), name="remove_document"),
    path(f"{OWN}confidentiality/", beside.Confidentiality.as_view(), name="confidentiality"),
    path(f"{OWN}link/", links.Link.as_view(), name="link"),
    path(f"{OWN}leave/", links.Leave.as_view(), name="leave"),
    path(f"{OWN}claim/", links.Claim.as_view(), name="claim"),
    path(f"{OWN}check/", sending.Check.as_view(), name="check"),
    path(f"{OWN}send/", sending.Submit.as_view(), name="submit"),
    path(f"{OWN}receipt/", sending.Receipt.as_view(), name="receipt"),
    path(f"{OWN}reopen/", sending.Reopen.as_view(), name="reopen"),
    path(f"{OWN}withdraw/", sending.Withdraw.as_view(), name="withdraw"),
    path("manage/files/<uuid:file>/", staff.FindFile.as_view(), name="find_file"),
    path(MANAGE, staff.Submissions.as_view(), name="list"),
    path(f"{MANAGE}enter/", intake.Enter.as_view(), name="enter"),
    path(f"{MANAGE}bulk/", bulk.Bulk.as_view(), name="bulk"),
    path(f"{MANAGE}bulk/<slug:survey>/template/", bulk.BulkTemplate.as_view(), name="bulk_template"),
    path(f"{MANAGE}tests/", testing.TestList.as_view(), name="tests"),
    path(f"{MANAGE}tests/start/", testing.StartTest.as_view(), name="start_test"),
    path(f"{MANAGE}tests/clear/", testing.ClearTests.as_view(), name="clear_tests"),
    path(f"{MANAGE}tests/<str:submission>/", testing.TestDetail.as_view(), name="test"),
    path(f"{MANAGE}tests/<str:submission>/files/<uuid:document>/", testing.TestFile.as_view(), name="test_file"),
    path(f"{MANAGE}<str:submission>/", staff.Detail.as_view(), name="detail"),
    path(f"{MANAGE}<str:submission>/accept/", staff.Accept.as_view(), name="accept"),
    path(f"{MANAGE}<str:submission>/duplicate/", staff.MarkDuplicate.as_view(), name="mark_duplicate"),
    path(f"{MANAGE}<str:submission>/reject/", staff.Reject.as_view(), name="reject"),
    path(f"{MANAGE}<str:submission>/restore/", staff.Restore.as_view(), name="restore"),
    path(f"{MANAGE}<str:submission>/send-back/", intake.SendBack.as_view(), name="send_back"),
    path(f"{MANAGE}<str:submission>/documents/<uuid:document>/", staff.Document.as_view(), name="document"),
    path(f"{MANAGE}<str:submission>/files/<uuid:document>/", staff.File.as_view(), name="file"),
]
