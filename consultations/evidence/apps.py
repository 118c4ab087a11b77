from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "consultations.evidence"
    label = "evidence"
