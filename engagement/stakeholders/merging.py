"""Putting two entries of one organisation together, and taking them apart again within 30 days.

`moving` says how what hangs on them moves. What must not be put together is said by the functions that
`settings.MERGE_CHECKS` names.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.stakeholders.models import Distinct, Membership, Merge, Organisation
from engagement.stakeholders.moving import move_all, move_back

# What the kept organisation takes over where it knows nothing itself.
FILLED = ("website", "size", "members_represented", "represents", "remarks")


def why_not(kept: Organisation, merged: Organisation) -> list[str]:
    """What stands in the way of putting the two together, as sentences."""
    found = []
    if kept.pk == merged.pk:
        found.append("These are the same entry. Choose two different ones.")
    for one in (kept, merged):
        if Merge.objects.filter(merged=one, undone_at=None).exists():
            found.append(f"{one.name} was put together with another organisation already.")
    if not found:
        for path in settings.MERGE_CHECKS:
            found += import_string(path)(kept, merged)
    return found


@transaction.atomic
def merge(kept_id: int, merged_id: int, *, actor: Any = None) -> Merge:
    """Make two entries one: everything that hangs on the second goes to the first, and the second is closed.

    Nothing is deleted; where the first has the like already (both are members of the same person, both were invited to
    the same consultation) the row of the second stays with it and is listed. Raises Refused with every reason.
    """
    rows = Organisation.objects.select_for_update(of=("self",)).order_by("pk").in_bulk([kept_id, merged_id])
    kept, merged = rows[kept_id], rows[merged_id]
    if reasons := why_not(kept, merged):
        raise Refused(" ".join(reasons))
    before = {name: getattr(kept, name) for name in (*FILLED, "trading_names", "parent_id")}
    before["areas"] = sorted(kept.areas.values_list("pk", flat=True))
    before["closed_at"] = merged.closed_at.isoformat() if merged.closed_at else ""
    moved, left = move_all(merged, kept.pk)
    _take_over(kept, merged)
    merged.closed_at = merged.closed_at or timezone.now()
    merged.save(update_fields=["closed_at", "updated_at"])
    row = Merge.objects.create(kept=kept, merged=merged, merged_by=actor, moved=moved, left=left, before=before)
    trail.record("organisation.merged", subject=kept, actor=actor, merged=merged.pk, name=merged.name, rows=len(moved))
    return row


@transaction.atomic
def undo(merge_id: int, *, actor: Any = None) -> Merge:
    """Take the two apart again: what was moved goes back, what came since stays. Undoing twice changes nothing.

    Raises Refused when the 30 days are over.
    """
    row = Merge.objects.select_for_update(of=("self",)).select_related("kept", "merged").get(pk=merge_id)
    if row.undone_at is not None:
        return row
    if not row.may_be_undone:
        raise Refused(f"This was done more than {Merge.DAYS_TO_UNDO} days ago and can no longer be undone.")
    move_back(row.moved, row.kept_id, row.merged_id)
    kept, merged = row.kept, row.merged
    for name in (*FILLED, "trading_names", "parent_id"):
        if name in row.before:  # what was put together before a fact was known here says nothing of it
            setattr(kept, name, row.before[name])
    kept.save()
    kept.areas.set(row.before["areas"])
    merged.closed_at = datetime.fromisoformat(row.before["closed_at"]) if row.before["closed_at"] else None
    merged.save(update_fields=["closed_at", "updated_at"])
    row.undone_at = timezone.now()
    row.save(update_fields=["undone_at", "updated_at"])
    trail.record("organisation.merge_undone", subject=kept, actor=actor, merged=merged.pk, name=merged.name)
    return row


@transaction.atomic
def tell_apart(one: Organisation, other: Organisation, *, actor: Any = None) -> None:
    """Say that two organisations that look alike are two; saying it twice changes nothing."""
    first, second = sorted((one.pk, other.pk))
    _, is_new = Distinct.objects.get_or_create(first_id=first, second_id=second, defaults={"said_by": actor})
    if is_new:
        trail.record("organisation.told_apart", subject=one, actor=actor, other=other.pk, name=other.name)


def _take_over(kept: Organisation, merged: Organisation) -> None:
    for name in FILLED:
        if not getattr(kept, name) and getattr(merged, name):
            setattr(kept, name, getattr(merged, name))
    names = [name.strip() for name in (*kept.trading_names.split(","), merged.name, *merged.trading_names.split(","))]
    known = {kept.name.lower()}
    fresh = []
    for name in names:
        if name and name.lower() not in known:
            known.add(name.lower())
            fresh.append(name)
    joined = ", ".join(fresh)
    kept.trading_names = joined if len(joined) <= 300 else joined[:300].rpartition(",")[0]
    if kept.parent_id == merged.pk:
        kept.parent = None
    kept.save()
    kept.areas.add(*merged.areas.all())


def members_left(row: Merge) -> list[Membership]:
    """People who were members of both entries: their row of the merged one stayed with it."""
    keys = [key for label, _, key in row.left if label == Membership._meta.label_lower]
    return list(Membership.objects.filter(pk__in=keys).select_related("contact"))
