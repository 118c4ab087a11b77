"""The clock of notices."""

from celery import shared_task

from consultations.notices import digests, plan


@shared_task(name="notices.plan", ignore_result=True)
def plan_notices() -> None:
    plan.write_due()
    digests.write_due()
