"""What went out, what will go out, what went wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.module_loading import import_string

from engagement.messaging import hours
from engagement.messaging.models import Line, OutgoingMessage, Step, Suppression

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


def stopped(address_key: str) -> set[str]:
    """The categories that a mailbox gets no messages of; "" stands for all."""
    return set(Suppression.objects.filter(address_key=address_key).values_list("category", flat=True))


# --- the state of sending -------------------------------------------------------------------------------


def line() -> Line:
    """The way out as it stands; one that was never looked at yet has no moment."""
    return Line.objects.filter(name="mail").first() or Line(name="mail")


def troubles(out: Line | None = None, now: datetime | None = None) -> list[str]:
    """Sentences on what keeps messages from leaving; empty when all is well."""
    now, out = now or timezone.now(), out or line()
    said = []
    if out.stopped_at is not None:
        since = timezone.localtime(out.stopped_at)
        said.append(f"All sending is stopped since {since:%H:%M} on {since:%-d %B}. {out.stopped_why}")
    if out.paused_until is not None and out.paused_until > now:
        until = timezone.localtime(out.paused_until)
        said.append(
            f"The mail server did not answer {out.failures} times in a row. Nothing is lost: the next attempt is at "
            f"{until:%H:%M}. {out.reason}"
        )
    if out.looked_at is not None and now - out.looked_at > QUIET:
        minutes = int((now - out.looked_at).total_seconds() // 60)
        said.append(f"Nobody has looked for due messages for {minutes} minutes. The worker may have stopped.")
    if warning := hours.warning(timezone.localdate(now)):
        said.append(warning)
    return said


def by_kind(rows: QuerySet[OutgoingMessage]) -> list[dict[str, Any]]:
    """What waits, by kind of message and urgency: a dict of category, priority, many, now (due by now), oldest."""
    now = timezone.now()
    found = (
        rows.filter(state__in=SHOWN["coming"][1])
        .values("category", "priority")
        .annotate(many=Count("pk"), now=Count("pk", filter=Q(due_at__lte=now)), oldest=Min("due_at"))
        .order_by("priority", "category")
    )
    labels = dict(OutgoingMessage.Category.choices)
    return [{**row, "label": labels[row["category"]]} for row in found]


def totals(rows: QuerySet[OutgoingMessage]) -> dict[str, Any]:
    """How many messages stand in each state, how many left within a day, and the oldest that is due and waits."""
    now = timezone.now()
    waiting = Q(state__in=[State.PLANNED, State.CLAIMED], due_at__lte=now)
    return rows.aggregate(
        oldest=Min("due_at", filter=waiting),
        day=Count("pk", filter=Q(sent_at__gt=now - timedelta(days=1))),
        **{str(state): Count("pk", filter=Q(state=state)) for state in State.values},
    )


def why_not_sent(rows: QuerySet[OutgoingMessage]) -> list[dict[str, Any]]:
    """The most frequent reasons for which messages were not sent within thirty days."""
    since = timezone.now() - timedelta(days=30)
    left_out = rows.filter(state__in=[State.SKIPPED, State.EXPIRED], updated_at__gt=since)
    found = left_out.values("reason").annotate(many=Count("pk")).order_by("-many", "reason")
    return [dict(row) for row in found[:10]]


def held(rows: QuerySet[OutgoingMessage]) -> list[dict[str, Any]]:
    """The mailings of which messages are held: a dict of rule, public_id and subject (of one of them), many, reason."""
    waiting = rows.filter(state=State.HELD)
    found = waiting.values("rule").annotate(many=Count("pk"), one=Min("pk"), why=Max("reason"))
    mailings = list(found.order_by("-many", "rule"))
    one_of_each = waiting.only("public_id", "subject").in_bulk([row["one"] for row in mailings])
    return [
        {
            "rule": row["rule"],
            "many": row["many"],
            "reason": row["why"],
            "public_id": one_of_each[row["one"]].public_id,
            "subject": one_of_each[row["one"]].subject,
        }
        for row in mailings
        if row["one"] in one_of_each
    ]


def acts_of_staff() -> QuerySet[Step]:
    """Who stopped and started sending lately."""
    return Step.objects.filter(message=None, address_key="").select_related("actor").order_by("-at", "-pk")[:10]


def faulty() -> QuerySet[Suppression]:
    """Addresses to put right, the newest first, each with the mailbox as it was last written to."""
    last = OutgoingMessage.objects.filter(address_key=OuterRef("address_key")).order_by("-pk")
    return (
        Suppression.objects.filter(category="", cause__in=Suppression.FAULTY)
        .annotate(email=Subquery(last.values("to_email")[:1]), name=Subquery(last.values("to_name")[:1]))
        .order_by("-created_at", "-pk")
    )


def holders(emails: list[str]) -> dict[str, tuple[str, str]]:
    """Who has these addresses, by the address in small letters: (name, address of their page); asked upstairs."""
    found = import_string(settings.ADDRESS_HOLDERS)([email.lower() for email in emails if email])
    return dict(found)


def story(message: OutgoingMessage) -> list[dict[str, Any]]:
    """Everything that is known to have happened to one message, in order: a dict of at, text, actor."""
    steps = [{"at": step.at, "text": step.text, "actor": step.actor} for step in message.steps.select_related("actor")]
    reports = [{"at": report.at, "text": str(report), "actor": None} for report in message.reports.all()]
    told = [{"at": message.created_at, "text": "Asked for", "actor": None}]
    if message.sent_at is not None:
        told.append({"at": message.sent_at, "text": "Taken by the mail server", "actor": None})
    return sorted([*told, *steps, *reports], key=lambda one: one["at"])
