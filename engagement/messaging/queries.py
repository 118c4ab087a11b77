"""What went out, what will go out, what went wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from engagement.messaging.models import Line, OutgoingMessage

State = OutgoingMessage.State
DAYS_AHEAD = 7
# Since when the sweep must have run, for staff not to be warned.
QUIET = timedelta(minutes=5)
# The groups of states that staff filter by.
SHOWN: dict[str, tuple[str, list[str]]] = {
    "coming": ("Due", [State.PLANNED, State.CLAIMED, State.SENDING]),
    "problems": ("Problems", list(OutgoingMessage.PROBLEMS)),
    "sent": ("Sent", [State.SENT]),
    "skipped": ("Not sent", [State.SKIPPED]),
}


def visible_to(user: Any) -> QuerySet[OutgoingMessage]:
    """Messages that a person may know of: all of them for those who look after messages, none for others."""
    is_theirs = user.is_authenticated and user.is_active and user.staff_role in {"engagement", "administrator"}
    return OutgoingMessage.objects.all() if is_theirs else OutgoingMessage.objects.none()


def found(
    rows: QuerySet[OutgoingMessage], *, show: str = "", scope: str = "", search: str = ""
) -> QuerySet[OutgoingMessage]:
    """Messages narrowed by the filters of the list; the newest first, those that are due by their moment."""
    if scope:
        rows = rows.filter(scope=scope)
    if search:
        rows = rows.filter(Q(to_email__icontains=search) | Q(to_name__icontains=search) | Q(subject__icontains=search))
    if show in SHOWN:
        rows = rows.filter(state__in=SHOWN[show][1])
    # Bodies are long and no list shows them.
    rows = rows.defer("text_body", "html_body", "calendar")
    return rows.order_by("due_at", "pk") if show == "coming" else rows.order_by("-updated_at", "-pk")


def counts(rows: QuerySet[OutgoingMessage]) -> dict[str, int]:
    """How many messages each group of states holds."""
    return rows.aggregate(**{name: Count("pk", filter=Q(state__in=states)) for name, (_, states) in SHOWN.items()})


def scopes() -> list[str]:
    """References of the consultations that messages belong to."""
    return list(OutgoingMessage.objects.exclude(scope="").order_by("scope").values_list("scope", flat=True).distinct())


def next_days(rows: QuerySet[OutgoingMessage], now: datetime | None = None) -> list[Any]:
    """What will go out within a week: one entry per day, subject and consultation: a dict of day, subject, scope,
    many, first and last moment."""
    now = now or timezone.now()
    return list(
        rows.filter(state__in=SHOWN["coming"][1], due_at__lt=now + timedelta(days=DAYS_AHEAD))
        .annotate(day=TruncDate("due_at", tzinfo=timezone.get_default_timezone()))
        .values("day", "subject", "scope")
        .annotate(many=Count("pk"), first=Min("due_at"), last=Max("due_at"))
        .order_by("day", "first", "subject", "scope")
    )


def troubles(now: datetime | None = None) -> list[str]:
    """Sentences on what keeps messages from leaving; empty when all is well."""
    now = now or timezone.now()
    said = []
    line = Line.objects.filter(name="mail").first()
    if line is not None and line.paused_until is not None and line.paused_until > now:
        until = timezone.localtime(line.paused_until)
        said.append(
            f"The mail server did not answer {line.failures} times in a row. Nothing is lost: the next attempt is at "
            f"{until:%H:%M}. {line.reason}"
        )
    if line is not None and line.looked_at is not None and now - line.looked_at > QUIET:
        minutes = int((now - line.looked_at).total_seconds() // 60)
        said.append(f"Nobody has looked for due messages for {minutes} minutes. The worker may have stopped.")
    return said
