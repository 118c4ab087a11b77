"""The bell of the outbox."""

from celery import shared_task

from engagement.messaging import delivery, mailbox, retention

# A bell that nobody heard for so long is silent: the next tick rings anyway.
BELL_SECONDS = 15


@shared_task(name="messaging.send_due", ignore_result=True, soft_time_limit=120)
def send_due() -> None:
    delivery.drain(seconds=12)


@shared_task(name="messaging.look_after", ignore_result=True, soft_time_limit=300)
def look_after() -> None:
    mailbox.read_when_due()
    retention.forget_when_due()
