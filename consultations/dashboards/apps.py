from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "consultations.dashboards"
    label = "dashboards"
