"""The addresses in QR codes: as short as can be, and in capitals, which a QR holds in fewer modules.

They stand apart from the addresses of events because they begin at the root.
"""

from django.urls import path, re_path

from engagement.events.views import entrance

app_name = "entrance"

urlpatterns = [
    path("C/worker.js", entrance.Worker.as_view(), name="worker"),
    re_path(r"^[Cc]/(?P<code>[A-Za-z2-7]{16})/?$", entrance.Code.as_view(), name="code"),
]
