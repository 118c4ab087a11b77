from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "consultations.submissions"
    label = "submissions"
