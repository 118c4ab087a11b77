from django.urls import path

from consultations.exports import views
from consultations.exports.views import register

app_name = "exports"
MANAGE = "manage/<slug:reference>/exports"
urlpatterns = [
    path("evidence/export/", register.ExportEvidence.as_view(), name="evidence"),
    path(f"{MANAGE}/", views.ExportList.as_view(), name="list"),
    path(f"{MANAGE}/new/", views.RequestExport.as_view(), name="request"),
    path(f"{MANAGE}/<uuid:job>/", views.Job.as_view(), name="job"),
    path(f"{MANAGE}/<uuid:job>/approve/", views.Approve.as_view(), name="approve"),
    path(f"{MANAGE}/<uuid:job>/cancel/", views.Cancel.as_view(), name="cancel"),
    path(f"{MANAGE}/<uuid:job>/try-again/", views.TryAgain.as_view(), name="try_again"),
    path(f"{MANAGE}/<uuid:job>/file/", views.FetchFile.as_view(), name="download"),
]
