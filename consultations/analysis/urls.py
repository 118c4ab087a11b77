from django.urls import path

from consultations.analysis.views import desk, figures, frame

app_name = "analysis"
urlpatterns = [
    path("manage/<slug:reference>/coding/", desk.Desk.as_view(), name="desk"),
    path("manage/<slug:reference>/coding/<slug:kind>/<int:pk>/", desk.Text.as_view(), name="text"),
    path("manage/<slug:reference>/coding/remove/<int:pk>", desk.RemoveCoding.as_view(), name="remove_coding"),
    path("manage/<slug:reference>/frame/", frame.Frame.as_view(), name="frame"),
    path("manage/<slug:reference>/frame/start/", frame.StartFrame.as_view(), name="start_frame"),
    path("manage/<slug:reference>/frame/freeze/", frame.FreezeFrame.as_view(), name="freeze_frame"),
    path("manage/<slug:reference>/frame/unfreeze/", frame.UnfreezeFrame.as_view(), name="unfreeze_frame"),
    path("manage/<slug:reference>/frame/add/", frame.AddCode.as_view(), name="add_code"),
    path("manage/<slug:reference>/frame/<slug:code>/", frame.ChangeCode.as_view(), name="change_code"),
    path("manage/<slug:reference>/frame/<slug:code>/retire/", frame.RetireCode.as_view(), name="retire_code"),
    path("manage/<slug:reference>/figures/", figures.Figures.as_view(), name="figures"),
]
