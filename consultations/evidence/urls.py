from django.urls import path

from consultations.evidence import views

app_name = "evidence"
urlpatterns = [
    path("evidence/", views.Register.as_view(), name="list"),
    path("evidence/<int:number>/", views.Item.as_view(), name="item"),
    path("evidence/<int:number>/edit/", views.Edit.as_view(), name="edit"),
    path("evidence/<int:number>/file/", views.Fetch.as_view(), name="fetch"),
    path("evidence/<int:number>/quarantine/", views.Quarantine.as_view(), name="quarantine"),
    path("evidence/<int:number>/release/", views.Release.as_view(), name="release"),
    path("evidence/<int:number>/use/", views.UseElsewhere.as_view(), name="use"),
    path("evidence/<int:number>/uses/<int:use>/end/", views.StopUsing.as_view(), name="stop_using"),
]
