"""The clock’s own sign of life."""

from celery import shared_task

from engagement.core import health


@shared_task(name="core.tick")
def tick() -> None:
    health.tick()
