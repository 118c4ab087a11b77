"""Sets of partners under a name."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.stakeholders import segments
from engagement.stakeholders.models import Segment

TAKEN = "There is a segment of this name already. Choose another name."


@transaction.atomic
def save_segment(*, name: str, definition: dict[str, Any], actor: Any) -> Segment:
    """Keep a definition under a name; raises Refused when another segment has it."""
    row = Segment(name=name, definition=definition, saved_by=actor)
    _save(row)
    trail.record("segment.saved", subject=row, actor=actor, definition=segments.words(definition))
    return row


@transaction.atomic
def change_segment(segment_id: int, *, name: str, definition: dict[str, Any], actor: Any) -> Segment:
    """Give a segment another name or definition; what it was before is on record."""
    row = Segment.objects.select_for_update(of=("self",)).get(pk=segment_id)
    changes = {}
    if row.name != name:
        changes["name"] = [row.name, name]
    if row.definition != definition:
        changes["definition"] = [segments.words(row.definition), segments.words(definition)]
    if changes:
        row.name, row.definition = name, definition
        _save(row)
        trail.record("segment.changed", subject=row, actor=actor, changes=changes)
    return row


@transaction.atomic
def delete_segment(segment_id: int, *, actor: Any) -> None:
    """Forget the name and the definition; nobody of the register is touched. Twice is once. Raises Refused while
    something else of the site needs the segment."""
    row = Segment.objects.select_for_update(of=("self",)).filter(pk=segment_id).first()
    if row is None:
        return
    trail.record("segment.deleted", subject=row, actor=actor, definition=segments.words(row.definition))
    try:
        row.delete()
    except ProtectedError as error:
        raise Refused("Something was sent to this segment, so it is kept. You can give it another name.") from error


def _save(row: Segment) -> None:
    if Segment.objects.filter(name__iexact=row.name).exclude(pk=row.pk).exists():
        raise Refused(TAKEN, field="name")
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(TAKEN, field="name") from error
