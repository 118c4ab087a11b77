"""The clock of invitations."""

from celery import shared_task

from consultations.invitations import lifecycle, reminders


@shared_task(name="invitations.plan_reminders", ignore_result=True)
def plan_reminders() -> None:
    lifecycle.mark_sent()
    lifecycle.expire()
    reminders.plan()
