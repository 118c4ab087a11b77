"""Feedback and the write-up: said once for each person, published by hand and taken back with one press."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events import afterwards
from engagement.events.lifecycle.locking import lock
from engagement.events.models import Feedback, Registration, WriteUp


@transaction.atomic
def give_feedback(registration: Registration, *, usefulness: int, words: str) -> Feedback:
    """Keep what somebody who came thought; said again, the new words take the place of the old ones.

    The record of acts does not name them, and no row leads to them.
    """
    feedback, _ = Feedback.objects.update_or_create(
        answer_key=afterwards.answer_key(registration),
        defaults={"event_id": registration.event_id, "usefulness": usefulness, "words": words.strip()},
    )
    return feedback


@transaction.atomic
def save_write_up(event_id: int, *, introduction: str, next_steps: str, actor: Any) -> WriteUp:
    """Keep the texts. Raises Refused for an empty introduction while the write-up is public."""
    event = lock(event_id)
    written, _ = WriteUp.objects.get_or_create(event=event)
    if written.published_at and not introduction.strip():
        raise Refused("The write-up is public, so it needs an introduction. Take it back first.", field="introduction")
    written.introduction, written.next_steps = introduction.strip(), next_steps.strip()
    written.save(update_fields=["introduction", "next_steps", "updated_at"])
    trail.record("write_up.saved", subject=event, actor=actor, scope=event.context_reference)
    return written


@transaction.atomic
def publish_write_up(event_id: int, *, actor: Any) -> WriteUp:
    """Let everybody read it. Raises Refused before the event was held, and without an introduction."""
    event = lock(event_id)
    written, _ = WriteUp.objects.get_or_create(event=event)
    if not event.is_over:
        raise Refused("The event is not marked as held, so there is nothing to publish.")
    if not written.introduction:
        raise Refused("Write an introduction first: what the event was about, and what was heard.")
    if written.published_at is None:
        written.published_at, written.published_by = timezone.now(), actor
        written.save(update_fields=["published_at", "published_by", "updated_at"])
        trail.record("write_up.published", subject=event, actor=actor, scope=event.context_reference)
    return written


@transaction.atomic
def withdraw_write_up(event_id: int, *, actor: Any) -> None:
    """Take it back; doing so twice changes nothing."""
    event = lock(event_id)
    changed = WriteUp.objects.filter(event=event, published_at__isnull=False).update(
        published_at=None, published_by=None, updated_at=timezone.now()
    )
    if changed:
        trail.record("write_up.withdrawn", subject=event, actor=actor, scope=event.context_reference)
