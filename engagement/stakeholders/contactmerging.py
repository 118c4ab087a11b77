"""Putting two entries of one person together, and taking them apart again within 30 days: as with organisations.

The entry that is merged stays, closed, with its address: whoever signs in or is imported with it finds the kept entry.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.stakeholders.models import Contact, ContactMerge, DistinctContacts, Membership
from engagement.stakeholders.moving import Row, move_all, move_back

# What the kept entry takes over where it knows nothing itself.
FILLED = ("phone", "job_title", "preferred_way")


def why_not(kept: Contact, merged: Contact) -> list[str]:
    """What stands in the way of putting the two together, as sentences."""
    if kept.pk == merged.pk:
        return ["These are the same entry. Choose two different ones."]
    found = [
        f"{one.name} ({one.email}) was put together with another entry already."
        for one in (kept, merged)
        if one.closed_at is not None
    ]
    if kept.user_id and merged.user_id:
        found.append("Both sign in, each with an account of their own. Ask the person to close one of the accounts.")
    return found


@transaction.atomic
def merge(kept_id: int, merged_id: int, *, actor: Any = None) -> ContactMerge:
    """Make two entries one: everything that hangs on the second goes to the first, and the second is closed.

    Whoever opted out at one of the addresses is opted out. Where both are members of the same organisation, the first
    keeps its role and the other's ends. Raises Refused with every reason.
    """
    rows = Contact.objects.select_for_update(of=("self",)).order_by("pk").in_bulk([kept_id, merged_id])
    kept, merged = rows[kept_id], rows[merged_id]
    if reasons := why_not(kept, merged):
        raise Refused(" ".join(reasons))
    before: dict[str, Any] = {
        **{name: getattr(kept, name) for name in (*FILLED, "user_id")},
        "opted_out_at": _text(kept.opted_out_at),
        "merged": {"user_id": merged.user_id, "opted_out_at": _text(merged.opted_out_at)},
    }
    moved, left = move_all(merged, kept.pk)
    before["ended"] = _end_what_stayed(left)
    for name in FILLED:
        setattr(kept, name, getattr(kept, name) or getattr(merged, name))
    user_id, opted_out_at = merged.user_id, merged.opted_out_at
    merged.user_id, merged.closed_at = None, timezone.now()
    # Nobody writes to an entry that is none of its own; what it said itself is in `before`.
    merged.opted_out_at = opted_out_at or merged.closed_at
    merged.save()
    kept.user_id = kept.user_id or user_id
    kept.opted_out_at = kept.opted_out_at or opted_out_at
    kept.save()
    row = ContactMerge.objects.create(kept=kept, merged=merged, merged_by=actor, moved=moved, left=left, before=before)
    trail.record("contact.merged", subject=kept, actor=actor, merged=merged.pk, name=merged.name, rows=len(moved))
    return row


@transaction.atomic
def undo(merge_id: int, *, actor: Any = None) -> ContactMerge:
    """Take the two apart again: what was moved goes back, what came since stays. Undoing twice changes nothing.

    Raises Refused when the 30 days are over.
    """
    row = ContactMerge.objects.select_for_update(of=("self",)).select_related("kept", "merged").get(pk=merge_id)
    if row.undone_at is not None:
        return row
    if not row.may_be_undone:
        raise Refused(f"This was done more than {row.DAYS_TO_UNDO} days ago and can no longer be undone.")
    move_back(row.moved, row.kept_id, row.merged_id)
    for key, until in row.before["ended"]:
        Membership.objects.filter(pk=key, contact=row.merged).update(
            until_on=date.fromisoformat(until) if until else None
        )
    kept, merged, theirs = row.kept, row.merged, row.before["merged"]
    for name in FILLED:
        setattr(kept, name, row.before[name])
    if theirs["user_id"] and kept.user_id == theirs["user_id"]:
        kept.user_id = row.before["user_id"]
        merged.user_id = theirs["user_id"]
    # Somebody who opted out since the two were one means it for both.
    if kept.opted_out_at is None or _text(kept.opted_out_at) == theirs["opted_out_at"]:
        kept.opted_out_at = _moment(row.before["opted_out_at"])
        merged.opted_out_at = _moment(theirs["opted_out_at"])
    else:
        merged.opted_out_at = _moment(theirs["opted_out_at"]) or kept.opted_out_at
    merged.closed_at = None
    kept.save()
    merged.save()
    row.undone_at = timezone.now()
    row.save(update_fields=["undone_at", "updated_at"])
    trail.record("contact.merge_undone", subject=kept, actor=actor, merged=merged.pk, name=merged.name)
    return row


@transaction.atomic
def tell_apart(one: Contact, other: Contact, *, actor: Any = None) -> None:
    """Say that two people who look like one are two; saying it twice changes nothing."""
    first, second = sorted((one.pk, other.pk))
    _, is_new = DistinctContacts.objects.get_or_create(first_id=first, second_id=second, defaults={"said_by": actor})
    if is_new:
        trail.record("contact.told_apart", subject=one, actor=actor, other=other.pk, name=other.name)


def _end_what_stayed(left: list[Row]) -> list[list[Any]]:
    """End the memberships that could not move; [key, the day on which each was to end before]."""
    today = timezone.localdate()
    keys = [key for label, field, key in left if label == Membership._meta.label_lower and field == "contact"]
    ended = []
    for held in Membership.objects.filter(pk__in=keys).order_by("pk"):
        if not held.has_ended:
            ended.append([held.pk, held.until_on.isoformat() if held.until_on else ""])
            held.until_on = max(today, held.since_on or today)
            held.save(update_fields=["until_on", "updated_at"])
    return ended


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
