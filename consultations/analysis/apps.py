from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    name = "consultations.analysis"
    label = "analysis"
