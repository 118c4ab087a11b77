from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "engagement.core"
    label = "core"

    def ready(self) -> None:
        from engagement.core import checks  # noqa: F401, PLC0415 - registering checks needs the app registry
