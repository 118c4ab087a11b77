from anymail.signals import tracking
from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "engagement.messaging"
    label = "messaging"

    def ready(self) -> None:
        # Models can be imported only now.
        from engagement.messaging import providers  # noqa: PLC0415

        tracking.connect(providers.heard, dispatch_uid="messaging.heard")
