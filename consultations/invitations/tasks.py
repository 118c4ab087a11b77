"""The clock of invitations."""

from celery import shared_task

from consultations.invitations import announcing, lifecycle


@shared_task(name="invitations.keep_time", ignore_result=True)
def keep_time() -> None:
    lifecycle.mark_sent()
    announcing.tell()
    lifecycle.expire()
