from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "engagement.messaging"
    label = "messaging"
