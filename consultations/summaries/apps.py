from django.apps import AppConfig


class SummariesConfig(AppConfig):
    name = "consultations.summaries"
    label = "summaries"
