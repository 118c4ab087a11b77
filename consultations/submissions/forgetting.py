"""What is kept only as long as it is needed: the text of messages that carry a return link, and drafts that nobody
can open any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from consultations.programme.models import Consultation
from consultations.submissions import files
from consultations.submissions.emails import LINK_RULE
from consultations.submissions.models import Submission
from engagement.messaging.models import OutgoingMessage

LEFT = (OutgoingMessage.State.SENT, OutgoingMessage.State.SKIPPED, OutgoingMessage.State.EXPIRED)
# What could not be sent may be sent again for so long.
PATIENCE = timedelta(days=2)
FORGOTTEN = "The link was taken out of this copy when the message had left."


def forget_links(now: datetime | None = None) -> int:
    """Take the return link out of messages that have left, or that did not leave in two days. How many there were."""
    old = Q(state__in=LEFT) | Q(created_at__lt=(now or timezone.now()) - PATIENCE)
    waiting = OutgoingMessage.objects.filter(old, rule=LINK_RULE).exclude(text_body=FORGOTTEN)
    return waiting.update(text_body=FORGOTTEN, html_body="")


def forget_drafts() -> int:
    """Delete anonymous drafts of consultations whose results are out: their links have ended. How many there were."""
    over = [Consultation.State.REPORTED, Consultation.State.ARCHIVED]
    drafts = Submission.objects.filter(
        is_anonymous=True, state__in=Submission.DRAFTS, consultation__state__in=over, link_key__isnull=False
    )
    with transaction.atomic():
        number = drafts.count()
        if number:
            files.delete_with(drafts)
            drafts.delete()
    return number
