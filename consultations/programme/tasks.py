"""The clock of consultations."""

from celery import shared_task

from consultations.programme import lifecycle


@shared_task(name="programme.keep_time")
def keep_time() -> None:
    lifecycle.keep_time()
