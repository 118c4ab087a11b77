from django.apps import AppConfig


class StakeholdersConfig(AppConfig):
    name = "engagement.stakeholders"
    label = "stakeholders"
