"""What passed between us and an organisation: recorded, corrected, followed up."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.stakeholders.models import Interaction, Organisation

FIELDS = ("way", "on", "contact", "text", "follow_up_on")


@transaction.atomic
def record_interaction(organisation: Organisation, *, actor: Any, **facts: Any) -> Interaction:
    """Note a call, a meeting or a letter; `facts` are columns of the table."""
    row = Interaction.objects.create(organisation=organisation, recorded_by=actor, **facts)
    trail.record("interaction.recorded", subject=row, actor=actor, organisation=organisation.pk)
    return row


@transaction.atomic
def change_interaction(interaction_id: int, *, actor: Any, **facts: Any) -> Interaction:
    """Correct what was noted; what it said before is on record."""
    row = Interaction.objects.select_for_update(of=("self",)).get(pk=interaction_id)
    changes = {}
    for name in FIELDS:
        if name in facts and getattr(row, name) != facts[name]:
            changes[name] = [str(getattr(row, name) or ""), str(facts[name] or "")]
            setattr(row, name, facts[name])
    if row.follow_up_on is None:
        row.followed_up_at = None
    if changes:
        row.save()
        trail.record("interaction.changed", subject=row, actor=actor, organisation=row.organisation_id, changes=changes)
    return row


@transaction.atomic
def follow_up(interaction_id: int, *, actor: Any) -> Interaction:
    """Say that what was promised is done. Saying it twice changes nothing; raises Refused when nothing was."""
    row = Interaction.objects.select_for_update(of=("self",)).get(pk=interaction_id)
    if row.follow_up_on is None:
        raise Refused("Nothing was promised here that could be done.")
    if row.followed_up_at is None:
        row.followed_up_at = timezone.now()
        row.save(update_fields=["followed_up_at", "updated_at"])
        trail.record("interaction.followed_up", subject=row, actor=actor, organisation=row.organisation_id)
    return row
