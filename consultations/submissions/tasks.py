"""Celery's way in."""

from celery import shared_task

from consultations.submissions import files, forgetting


@shared_task(name="submissions.sweep")
def sweep() -> None:
    forgetting.forget_links()
    forgetting.forget_drafts()
    files.scan_waiting()
