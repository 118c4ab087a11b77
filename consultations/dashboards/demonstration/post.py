"""The post of the demonstration's past: what was due then counts as sent, and a little went wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from consultations.invitations import lifecycle as invitations
from consultations.invitations.models import Invitation
from engagement.messaging.models import OutgoingMessage, Step, Suppression

State = OutgoingMessage.State
UNKNOWN = "The mail server refused it: 550 5.1.1 there is no such mailbox here."
FULL = "The mail server refused it: 552 5.2.2 the mailbox is full."
LOST = "The process that was sending it ended before the mail server’s answer was written down."
# Every so many ordinary messages one goes wrong.
FULL_EVERY, LOST_EVERY = 317, 409


class Post:
    """Delivers on paper: no message leaves the machine, since all of this is past and the people are invented."""

    def __init__(self, unknown: set[str]) -> None:
        # Addresses that do not exist.
        self.unknown = unknown
        self.delivered = 0

    def deliver(self) -> None:
        """Settle what is due by now: sent, skipped with the product's own reason, or returned."""
        now = timezone.now()
        rows = OutgoingMessage.objects.filter(state=State.PLANNED, due_at__lte=now).order_by("due_at", "pk")
        waiting = list(rows.defer("text_body", "html_body", "calendar"))
        if not waiting:
            return
        asked = Invitation.objects.in_bulk([int(one.about_key) for one in waiting if self._is_reminder(one)])
        sent = []
        for message in waiting:
            self.delivered += 1
            if message.to_email in self.unknown:
                self._fail(message, UNKNOWN, now)
                Suppression.objects.get_or_create(
                    address_key=message.address_key,
                    category="",
                    defaults={"cause": Suppression.Cause.BOUNCED, "reason": UNKNOWN},
                )
            elif reason := self._why_not(message, asked):
                self._settle(message, now, state=State.SKIPPED, reason=reason[:300])
            elif self.delivered % FULL_EVERY == 0:
                self._fail(message, FULL, now)
            elif self.delivered % LOST_EVERY == 0:
                self._settle(message, now, state=State.UNCERTAIN, reason=LOST, attempts=1)
                Step.objects.create(message=message, text=LOST)
            else:
                sent.append(message.pk)
        at = F("due_at") + timedelta(seconds=12)
        OutgoingMessage.objects.filter(pk__in=sent).update(state=State.SENT, sent_at=at, updated_at=at, attempts=1)
        invitations.mark_sent(now)

    def _is_reminder(self, message: OutgoingMessage) -> bool:
        return message.rule.startswith("invitations.remind:")

    def _why_not(self, message: OutgoingMessage, asked: dict[int, Invitation]) -> str:
        # Only reminders can have become unwanted here: every other message leaves within the day it was asked for.
        if not self._is_reminder(message) or asked[int(message.about_key)].is_outstanding:
            return ""
        return str(import_string(settings.MESSAGE_CHECKS[message.check_name])(message))

    def _fail(self, message: OutgoingMessage, reason: str, now: datetime) -> None:
        self._settle(message, now, state=State.FAILED, reason=reason, attempts=1)
        Step.objects.create(message=message, text=reason)

    def _settle(self, message: OutgoingMessage, now: datetime, **fields: object) -> None:
        OutgoingMessage.objects.filter(pk=message.pk).update(updated_at=now, **fields)
