"""Celery's way in."""

from celery import shared_task

from consultations.dashboards import forgetting


@shared_task(name="dashboards.forget")
def forget() -> None:
    forgetting.run()
