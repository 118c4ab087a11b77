"""Bells."""

from celery import shared_task

from consultations.exports import build


@shared_task(name="exports.build")
def build_export(job_id: int) -> None:
    build.run(job_id)


@shared_task(name="exports.sweep")
def sweep() -> None:
    """Ring again for jobs whose bell was not heard, and delete the files whose days are over."""
    for job_id in build.waiting():
        build.run(job_id)
    build.expire()
