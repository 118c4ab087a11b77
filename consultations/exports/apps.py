from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "consultations.exports"
    label = "exports"
