"""What people change about notices besides the plan: who follows, and who wants a digest."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from consultations.notices import emails
from consultations.notices.models import Digest, Follower
from consultations.programme.models import Consultation
from engagement.core.errors import Refused
from engagement.messaging.models import address_hash

# Nobody follows what says nothing any more.
FOLLOWABLE = ("scheduled", "open", "paused", "closed", "analysing")


@transaction.atomic
def ask_to_follow(consultation: Consultation, email: str, how: str) -> None:
    """Somebody wants this mailbox to follow: its holder is asked by a message, at most once a day.

    What is said on the page is the same for a mailbox that follows already, so that nobody learns who does.
    """
    if consultation.state not in FOLLOWABLE:
        raise Refused(gettext("There is no more news to come of this consultation."))
    follower, is_new = Follower.objects.get_or_create(
        consultation=consultation,
        address_key=address_hash(email),
        defaults={"email": email.strip(), "how": how, "language": translation.get_language() or ""},
    )
    if not is_new and (follower.confirmed_at is None or follower.stopped_at is not None):
        follower.how = how
        follower.save(update_fields=["how", "updated_at"])
    emails.confirm_following(follower)


@transaction.atomic
def confirm(follower_id: int, how: str) -> Follower:
    """The holder of the mailbox means it, or chooses otherwise how often to hear. Doing it again changes nothing."""
    follower = Follower.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=follower_id)
    if follower.confirmed_at is None or follower.stopped_at is not None:
        follower.confirmed_at, follower.stopped_at = timezone.now(), None
    follower.how = how
    follower.save(update_fields=["confirmed_at", "stopped_at", "how", "updated_at"])
    return follower


@transaction.atomic
def stop_following(follower_id: int) -> Follower:
    """The holder of the mailbox wants no more news of this consultation. Doing it again changes nothing."""
    follower = Follower.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=follower_id)
    if follower.stopped_at is None:
        follower.stopped_at = timezone.now()
        follower.save(update_fields=["stopped_at", "updated_at"])
    return follower


def choose_digest(user: Any, period: str) -> None:
    """How often a member of staff wants a digest; empty for not at all."""
    if period:
        Digest.objects.update_or_create(user=user, defaults={"period": period})
    else:
        Digest.objects.filter(user=user).delete()
