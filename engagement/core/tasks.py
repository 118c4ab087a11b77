"""The clock’s own sign of life, and the little that this floor has to tidy."""

from importlib import import_module

from celery import shared_task
from django.conf import settings

from engagement.core import sentforms, ticking


@shared_task(name="core.tick")
def tick() -> None:
    ticking.tick()
    sentforms.forget()


@shared_task(name="core.work")
def work(name: str, job_id: int) -> None:
    """Do one piece of long work, by its name in settings.LONG_WORK."""
    import_module(settings.LONG_WORK[name]).run(job_id)


@shared_task(name="core.sweep_work")
def sweep_work() -> None:
    """Do what nobody works on: work whose bell was not heard, and work of processes that are gone."""
    for name, module in settings.LONG_WORK.items():
        for job_id in import_module(module).waiting():
            work(name, job_id)
