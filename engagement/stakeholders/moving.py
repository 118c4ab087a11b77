"""How everything that hangs on one entry of the register goes to another, and back again.

What hangs on it is found from the tables themselves, so that every app's rows move without this one knowing them.
Nothing is deleted: a row that the database does not let move, because the other entry has the like, stays and is
listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from engagement.stakeholders.models import Contact, ContactMerge, Distinct, DistinctContacts, Merge, Organisation

# What is no row hanging on an entry: the areas have a way of their own, and merges speak of the entries themselves.
APART = (Merge, Distinct, ContactMerge, DistinctContacts, Organisation.areas.through)
# [model, field, key] of a row.
Row = list[Any]


def pointing(model: type[models.Model]) -> list[Any]:
    """Every foreign key of any app to this table, those of tables between two others included."""
    fields = model._meta.get_fields(include_hidden=True)
    keys = [one for one in fields if one.auto_created and not one.concrete and (one.one_to_many or one.one_to_one)]
    return [one for one in keys if one.related_model not in APART]


def move_all(source: Organisation | Contact, to: int) -> tuple[list[Row], list[Row]]:
    """Point everything at the other entry; the rows that moved, and those that had to stay."""
    moved: list[Row] = []
    left: list[Row] = []
    for relation in pointing(type(source)):
        model: Any = relation.related_model
        field = relation.field.name
        for key in list(model._base_manager.filter(**{field: source.pk}).order_by("pk").values_list("pk", flat=True)):
            row = [model._meta.label_lower, field, key]
            (moved if _move(model, field, key, to) else left).append(row)
    return moved, left


def move_back(rows: Iterable[Row], kept: int, merged: int) -> None:
    """Return what was moved, as far as it still is where it was moved to."""
    for label, field, key in reversed(list(rows)):
        model: Any = apps.get_model(label)
        if model._base_manager.filter(pk=key, **{field: kept}).exists():
            _move(model, field, key, merged)


def _move(model: Any, field: str, key: Any, to: int) -> bool:
    """Point one row at another entry; whether the database lets it."""
    if model is Organisation and key == to:
        return False
    try:
        with transaction.atomic():
            return bool(model._base_manager.filter(pk=key).update(**{field: to}))
    except IntegrityError:
        return False
