from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "engagement.plans"
    verbose_name = "Plans and words of messages"
