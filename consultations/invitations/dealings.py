"""Our invitations as part of what passed between us and one organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.urls import reverse

from consultations.invitations.models import Invitation
from consultations.programme import queries as programme
from engagement.stakeholders.dealings import Dealing
from engagement.stakeholders.models import Organisation


def with_organisation(organisation: Organisation, user: Any, most: int) -> list[Dealing]:
    """The invitations that were sent, of consultations that this person works on."""
    rows = (
        Invitation.objects.filter(
            organisation=organisation, sent_at__isnull=False, consultation__in=programme.visible_to(user)
        )
        .select_related("consultation", "contact")
        .order_by("-sent_at", "-pk")[:most]
    )
    return [
        Dealing(
            at=row.sent_at,
            side="asked",
            what=f"Invited {row.contact.name}",
            about=row.consultation.title,
            url=reverse("invitations:invitation", args=[row.consultation.reference, row.public_id]),
            lines=(f"{row.get_state_display()}{f': {row.declined_reason}' if row.declined_reason else ''}",),
        )
        for row in rows
        if row.sent_at
    ]


def asks(organisations: list[int], since: datetime) -> dict[int, int]:
    """To how many consultations each of these organisations was invited since then."""
    rows = Invitation.objects.filter(organisation__in=organisations, sent_at__gte=since).order_by()
    return dict(rows.values_list("organisation").annotate(number=Count("consultation", distinct=True)))
