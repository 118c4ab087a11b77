"""What the holder of a mailbox decides."""

from __future__ import annotations

from django.db import transaction

from engagement.messaging.models import OutgoingMessage, Suppression


def unsubscribe(category: str, address_key: str) -> None:
    """Stop one category for one mailbox; doing it again changes nothing."""
    Suppression.objects.bulk_create(
        [Suppression(address_key=address_key, category=category, cause=Suppression.Cause.UNSUBSCRIBED)],
        ignore_conflicts=True,
    )


def subscribe_again(category: str, address_key: str) -> None:
    """Take back an unsubscription; what staff or the mail server stopped stays stopped."""
    Suppression.objects.filter(
        address_key=address_key, category=category, cause=Suppression.Cause.UNSUBSCRIBED
    ).delete()


@transaction.atomic
def choose(address_key: str, wanted: set[str]) -> None:
    """Send a mailbox the categories in `wanted` and none of the others that can be stopped."""
    for category in OutgoingMessage.Category.values:
        if category in wanted:
            subscribe_again(category, address_key)
        elif category != OutgoingMessage.Category.TRANSACTIONAL:
            unsubscribe(category, address_key)


def has_unsubscribed(message: OutgoingMessage) -> bool:
    """Whether the mailbox of this message has stopped messages of its category."""
    return Suppression.objects.filter(address_key=message.address_key, category=message.category).exists()
