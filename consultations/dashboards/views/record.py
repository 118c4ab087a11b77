"""Who did what: the record of acts, for administrators and for the officers of a consultation."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from consultations.dashboards.acts import in_words, verbs_like
from consultations.dashboards.forms import RecordFilter
from consultations.programme import rules as programme
from consultations.programme.views.base import OfConsultation
from engagement.accounts.rules import is_administrator
from engagement.audit.models import Entry
from engagement.core.views import ListPage


class Record(ListPage):
    """Every entry, newest first."""

    access = is_administrator
    template_name = "dashboards/record.html"
    context_object_name = "entries"

    def entries(self) -> QuerySet[Entry]:
        return Entry.objects.all()

    def get_queryset(self) -> QuerySet[Entry]:
        self.form = RecordFilter(self.request.GET)
        rows = self.entries().select_related("actor").order_by("-at", "-pk")
        chosen = self.form.chosen()
        if verb := chosen.get("verb"):
            rows = rows.filter(Q(verb__icontains=verb) | Q(verb__in=verbs_like(verb)))
        if who := chosen.get("who"):
            rows = rows.filter(actor__email__icontains=who)
        if day := chosen.get("day"):
            rows = rows.filter(at__date=day)
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(form=self.form, **kwargs)
        return {**context, "acts": in_words(context["entries"])}


class ConsultationRecord(OfConsultation, Record):
    """The entries of one consultation, for its officers and for administrators."""

    access = programme.analyses

    def entries(self) -> QuerySet[Entry]:
        return Entry.objects.filter(scope=self.consultation.reference)
