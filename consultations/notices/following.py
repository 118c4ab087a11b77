"""Which mailboxes follow a consultation, and the links by which their holders say so."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from consultations.notices.models import Follower
from consultations.programme.models import Consultation
from engagement.core import tokens

CONFIRM, STOP = "notices.confirm", "notices.stop"
# A first message that was left lying longer than this confirms nothing.
CONFIRM_SECONDS = 14 * 24 * 3600


def present(consultation: Consultation) -> QuerySet[Follower]:
    """The mailboxes that follow it, each confirmed by its holder."""
    rows = Follower.objects.filter(consultation=consultation, confirmed_at__isnull=False, stopped_at=None)
    return rows.order_by("email", "pk")


def confirm_url(follower: Follower) -> str:
    """Where the holder of the mailbox says that they meant it."""
    return _address("notices:confirm", CONFIRM, follower)


def stop_url(follower: Follower) -> str:
    """Where the holder of the mailbox stops following, whenever they like."""
    return _address("notices:stop_following", STOP, follower)


def by_token(purpose: str, token: str) -> Follower | None:
    """The mailbox that a link of ours is about; None for a false or old one."""
    age = CONFIRM_SECONDS if purpose == CONFIRM else None
    public_id = tokens.read(purpose, token, max_age_seconds=age)
    if public_id is None:
        return None
    return Follower.objects.select_related("consultation").filter(public_id=public_id).first()


def _address(name: str, purpose: str, follower: Follower) -> str:
    return settings.SITE_URL + reverse(name, args=[tokens.sign(purpose, str(follower.public_id))])
