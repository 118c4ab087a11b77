"""The clock’s own sign of life, and the little that this floor has to tidy."""

from celery import shared_task

from engagement.core import sentforms, ticking


@shared_task(name="core.tick")
def tick() -> None:
    ticking.tick()
    sentforms.forget()
