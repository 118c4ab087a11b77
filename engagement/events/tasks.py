"""Bells of events."""

from celery import shared_task
from django.utils import timezone

from engagement.events import codes, lifecycle, plan, queries


@shared_task(name="events.sweep")
def sweep() -> None:
    for event in queries.booking_to_close(timezone.now()):
        lifecycle.close_booking(event.pk)
    lifecycle.release_due()
    lifecycle.expire_due()
    plan.write_due()
    codes.issue_missing()
    lifecycle.purge_due()
