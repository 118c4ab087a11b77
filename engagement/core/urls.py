"""Addresses that belong to no part of the work: health, and the demonstration's mail."""

from django.urls import path

from engagement.core.health import HealthView
from engagement.core.mailcatcher import MailAttachmentView, MailListView, MailMessageView

app_name = "core"
urlpatterns = [
    path("healthz", HealthView.as_view(), name="health"),
    path("mail/", MailListView.as_view(), name="mail"),
    path("mail/<str:name>/", MailMessageView.as_view(), name="mail_message"),
    path("mail/<str:name>/<int:number>/", MailAttachmentView.as_view(), name="mail_attachment"),
]
