from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "consultations.programme"
    label = "programme"
