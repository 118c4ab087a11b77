"""The one way to write into the record of acts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from engagement.audit.models import Entry


def record(verb: str, *, subject: models.Model, actor: Any = None, scope: str = "", **facts: Any) -> Entry:
    """Append one entry. `scope` is the reference of the consultation the act belongs to, where there is one.

    `actor` None means the site itself (a clock, a task). Call it in the transaction of the act, so that one
    never stands without the other.
    """
    entry = _entry(verb, subject, actor, scope, facts)
    entry.save()
    return entry


def record_many(
    verb: str, acts: Iterable[tuple[models.Model, dict[str, Any]]], *, actor: Any = None, scope: str = ""
) -> int:
    """Append one entry for each (subject, facts), for an act on many things at once; the number of entries."""
    entries = [_entry(verb, subject, actor, scope, facts) for subject, facts in acts]
    return len(Entry.objects.bulk_create(entries, batch_size=500))


def _entry(verb: str, subject: models.Model, actor: Any, scope: str, facts: dict[str, Any]) -> Entry:
    return Entry(
        verb=verb,
        actor=actor if actor is not None and actor.is_authenticated else None,
        subject_kind=subject._meta.label_lower,
        subject_key=str(subject.pk),
        subject_label=str(subject)[:200],
        scope=scope,
        facts=facts,
    )
