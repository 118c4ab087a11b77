"""What the booking form of an event asks, and the words that people agree to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events.lifecycle.locking import lock
from engagement.events.models import Consent, ConsentText, Event, Question, Registration


@transaction.atomic
def set_questions(
    event_id: int, questions: Iterable[Mapping[str, Any]], consents: Mapping[str, str], *, actor: Any
) -> None:
    """Set the questions in this order and the consent texts by code; an empty text takes either away.

    A question that was answered stays: its answers would mean nothing without it. A changed consent is a new version.
    """
    event = lock(event_id)
    there = event.questions.in_bulk()
    answered = {key for one in event.registrations.exclude(answers={}) for key in one.answers}
    number = 0
    for row in questions:
        question = there.get(row["pk"]) or Question(event=event)
        values = {name: value for name, value in row.items() if name != "pk"}
        is_answered = str(question.public_id) in answered
        if not values["text"].strip():
            if is_answered:
                raise Refused(f"“{question.text}” has answers, so it stays.")
            if question.pk:
                question.delete()
            continue
        if is_answered and values["type"] != question.type:
            raise Refused(f"“{question.text}” has answers, so its kind stays.")
        number += 1
        for name, value in values.items():
            setattr(question, name, value)
        question.order = number
        question.save()
    for code, text in consents.items():
        _set_consent(event, code, text.strip())
    trail.record("event.questions_set", subject=event, actor=actor, scope=event.context_reference, number=number)


def _set_consent(event: Event, code: str, text: str) -> None:
    current = event.consent_texts.filter(code=code, retired_at=None).first()
    if (current.text if current else "") == text:
        return
    last = event.consent_texts.filter(code=code).order_by("version").last()
    if current:
        current.retired_at = timezone.now()
        current.save(update_fields=["retired_at", "updated_at"])
    if text:
        ConsentText.objects.create(event=event, code=code, text=text, version=(last.version if last else 0) + 1)


def keep_consents(registration: Registration, texts: Iterable[ConsentText]) -> None:
    now = timezone.now()
    Consent.objects.bulk_create([Consent(registration=registration, text=text, at=now) for text in texts])
