"""Celery's way in."""

from celery import shared_task

from consultations.submissions import files, forgetting, tallies


@shared_task(name="submissions.sweep")
def sweep() -> None:
    forgetting.forget_links()
    forgetting.forget_drafts()
    files.scan_waiting()


@shared_task(name="submissions.fold", ignore_result=True)
def fold() -> None:
    tallies.count_uncounted()
    for survey_id in tallies.waiting():
        tallies.fold(survey_id)
