from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "consultations.surveys"
    label = "surveys"
