"""Bells."""

from celery import shared_task

from consultations.summaries import build


@shared_task(name="summaries.draft")
def draft(summary_id: int) -> None:
    build.run(summary_id)


@shared_task(name="summaries.sweep")
def sweep() -> None:
    """Ring again for drafts whose bell was not heard."""
    for summary_id in build.waiting():
        build.run(summary_id)
