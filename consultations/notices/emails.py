"""What followers are told besides the steps of the plan."""

from __future__ import annotations

from django.utils import timezone

from consultations.notices import following
from consultations.notices.models import Follower
from engagement.messaging import outbox


def confirm_following(follower: Follower) -> None:
    """Asks the holder of a mailbox whether they meant it; at most once a day, so that nobody can fill it."""
    outbox.queue(
        "notices/email/confirm_following",
        to=follower.email,
        rule="notices.confirm_following",
        occurrence=f"{follower.consultation_id}:{timezone.localdate().isoformat()}",
        recipient=f"follower:{follower.pk}",
        context={"consultation": follower.consultation, "confirm_url": following.confirm_url(follower)},
        language=follower.language,
        about=follower,
        scope=follower.consultation.reference,
        priority=1,
    )
