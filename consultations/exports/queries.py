"""Reads of exports."""

from typing import Any

from django.db.models import Count, QuerySet

from consultations.exports.models import ExportJob
from consultations.programme import queries as programme


def visible_to(user: Any) -> QuerySet[ExportJob]:
    """The exports of the consultations that this member of staff works on, newest first; downloads counted."""
    return (
        ExportJob.objects.filter(consultation__in=programme.visible_to(user))
        .select_related("consultation", "requested_by", "approved_by")
        .annotate(downloads_count=Count("downloads"))
        .order_by("-created_at", "-pk")
    )
