from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "consultations.notices"
    label = "notices"
