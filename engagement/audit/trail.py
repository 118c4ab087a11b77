"""The one way to write into the record of acts."""

from __future__ import annotations

from typing import Any

from django.db import models

from engagement.audit.models import Entry


def record(verb: str, *, subject: models.Model, actor: Any = None, scope: str = "", **facts: Any) -> Entry:
    """Append one entry. `scope` is the reference of the consultation the act belongs to, where there is one.

    `actor` None means the site itself (a clock, a task). Call it in the transaction of the act, so that one
    never stands without the other.
    """
    return Entry.objects.create(
        verb=verb,
        actor=actor if actor is not None and actor.is_authenticated else None,
        subject_kind=subject._meta.label_lower,
        subject_key=str(subject.pk),
        subject_label=str(subject)[:200],
        scope=scope,
        facts=facts,
    )
