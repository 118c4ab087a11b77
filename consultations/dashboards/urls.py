"""Home pages, the overview of a consultation, search, and the two statements of the foot."""

from django.urls import path

from consultations.dashboards.views import partner, public, record, staff, style

app_name = "dashboards"
urlpatterns = [
    path("", public.Front.as_view(), name="front"),
    path("accessibility/", public.Accessibility.as_view(), name="accessibility"),
    path("privacy/", public.Privacy.as_view(), name="privacy"),
    path("home/", staff.Home.as_view(), name="home"),
    path("my/", partner.MyPage.as_view(), name="my_page"),
    path("my/data/", partner.MyData.as_view(), name="my_data"),
    path("my/close/", partner.CloseAccount.as_view(), name="close_account"),
    path("search/", staff.Search.as_view(), name="search"),
    path("style/", style.Style.as_view(), name="style"),
    path("record/", record.Record.as_view(), name="record"),
    path("manage/<slug:reference>/", staff.Overview.as_view(), name="overview"),
    path("manage/<slug:reference>/record/", record.ConsultationRecord.as_view(), name="consultation_record"),
]
