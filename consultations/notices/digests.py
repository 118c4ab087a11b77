"""Digests: what happened in a period, to those who chose to read it so.

A period has a name, “2026-11-26” or “2026-W48”, which is part of the message's key: a digest goes once for each
period, whenever and however often the clock comes by, and never skips one because the last ran late. One without
anything in it is not sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from consultations.invitations.models import Invitation
from consultations.notices import following
from consultations.notices.models import Digest, Follower
from consultations.programme import queries as programme
from consultations.programme.models import Consultation, StateChange
from consultations.submissions.models import Submission
from engagement.core import walltime
from engagement.messaging import outbox
from engagement.messaging.models import OutgoingMessage

SENT_AT = time(8)
MONDAY, SATURDAY = 0, 5
# A digest that could not leave in time is worth this long.
LATE = timedelta(hours=10)
SPAN = {Digest.Period.DAILY: timedelta(days=1), Digest.Period.WEEKLY: timedelta(days=7)}
STAFF_RULE, FOLLOWER_RULE = "notices.digest", "notices.follower_digest"
NEWS = ("open", "paused", "closed", "reported", "extended")


@dataclass(frozen=True)
class Span:
    """A period by its name, what it covers, and when its digest is due."""

    key: str
    since: datetime
    until: datetime


def daily(now: datetime) -> Span | None:
    """The digest of this working day, due at eight; on a Monday it covers the weekend. None before its hour, when
    it is too late for it, and on days off."""
    today = timezone.localdate(now)
    if today.weekday() >= SATURDAY:
        return None
    days = 3 if today.weekday() == MONDAY else 1
    until = walltime.instant_of(today, SENT_AT)
    since = walltime.instant_of(today - timedelta(days=days), SENT_AT)
    return Span(f"{today:%Y-%m-%d}", since, until) if until <= now <= until + LATE else None


def weekly(now: datetime) -> Span | None:
    """The digest of the week before this Monday, due at eight; it may leave on any day until the next one."""
    today = timezone.localdate(now)
    monday = today - timedelta(days=today.weekday())
    until = walltime.instant_of(monday, SENT_AT)
    if now < until:
        return None
    year, week, _ = monday.isocalendar()
    since = walltime.instant_of(monday - timedelta(days=7), SENT_AT)
    return Span(f"{year}-W{week:02d}", since, until) if now <= until + timedelta(days=2) else None


def write_due(now: datetime | None = None) -> int:
    """Ask for the digests whose hour has come; returns how many were new. Twice or late it makes the same rows."""
    now = now or timezone.now()
    written = 0
    for period, span in ((Digest.Period.DAILY, daily(now)), (Digest.Period.WEEKLY, weekly(now))):
        if span is not None:
            written += _to_staff(period, span)
            if period == Digest.Period.WEEKLY:
                written += _to_followers(span)
    return written


def _present(rule: str, key: str) -> set[str]:
    return set(OutgoingMessage.objects.filter(rule=rule, occurrence=key).values_list("recipient", flat=True))


def _to_staff(period: str, span: Span) -> int:
    present = _present(STAFF_RULE, span.key)
    drafts = []
    for digest in Digest.objects.filter(period=period, user__is_active=True).select_related("user").order_by("pk"):
        user = digest.user
        if f"user:{user.pk}" in present or not user.is_staff_member:
            continue
        parts = staff_parts(user, span.since, span.until)
        if parts:
            drafts.append(
                outbox.prepare(
                    "notices/email/digest",
                    to=user.email,
                    to_name=str(user),
                    rule=STAFF_RULE,
                    occurrence=span.key,
                    recipient=f"user:{user.pk}",
                    context={
                        "name": str(user),
                        "parts": parts,
                        "since": span.since,
                        "until": span.until,
                        "choose_url": settings.SITE_URL + reverse("notices:digest"),
                    },
                    due_at=span.until,
                    check="notices.digest",
                    priority=8,
                )
            )
    if drafts:
        outbox.queue_all(drafts)
    return len(drafts)


def staff_parts(user: Any, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """What happened between the two moments in the consultations of this person: for each with news its title,
    address and sentences. Five queries, however many consultations there are."""
    consultations = list(programme.visible_to(user).exclude(state__in=["draft", "archived"]).order_by("pk"))
    within = Q(created_at__gte=since, created_at__lt=until)
    sent = dict(
        Submission.objects.filter(
            consultation__in=consultations,
            state__in=Submission.COUNTED,
            is_test=False,
            submitted_at__gte=since,
            submitted_at__lt=until,
        )
        .values_list("consultation")
        .annotate(Count("pk"))
        .order_by()
    )
    invited = Invitation.objects.filter(consultation__in=consultations).values("consultation").order_by()
    counted = {
        row["consultation"]: row
        for row in invited.annotate(
            new=Count("pk", filter=within),
            declined=Count("pk", filter=Q(declined_at__gte=since, declined_at__lt=until)),
            waiting=Count("pk", filter=Q(state__in=Invitation.OUTSTANDING)),
        )
    }
    problems = dict(
        OutgoingMessage.objects.filter(
            scope__in=[one.reference for one in consultations],
            state__in=OutgoingMessage.PROBLEMS,
            updated_at__gte=since,
            updated_at__lt=until,
        )
        .values_list("scope")
        .annotate(Count("pk"))
        .order_by()
    )
    changes: dict[int, list[StateChange]] = {}
    for change in StateChange.objects.filter(consultation__in=consultations, at__gte=since, at__lt=until):
        changes.setdefault(change.consultation_id, []).append(change)
    parts = []
    for one in consultations:
        row = counted.get(one.pk, {"new": 0, "declined": 0, "waiting": 0})
        numbers = [
            (sent.get(one.pk, 0), "response came in", "responses came in"),
            (row["new"], "invitation was made", "invitations were made"),
            (row["declined"], "partner has no view", "partners have no view"),
            (problems.get(one.reference, 0), "message has a problem", "messages have a problem"),
        ]
        lines = [f"{number} {one_word if number == 1 else many}" for number, one_word, many in numbers if number]
        lines += [f"It became “{_label(change.what)}”" for change in changes.get(one.pk, []) if _label(change.what)]
        if lines:
            if one.is_open and row["waiting"]:
                lines.append(f"{row['waiting']} invited {'has' if row['waiting'] == 1 else 'have'} not answered yet")
            url = settings.SITE_URL + reverse("dashboards:overview", args=[one.reference])
            parts.append({"title": one.title, "url": url, "lines": lines})
    return parts


def _label(what: str) -> str:
    return dict(Consultation.State.choices).get(what, "").lower() or ("extended" if what == "extended" else "")


def _to_followers(span: Span) -> int:
    changed = StateChange.objects.filter(at__gte=span.since, at__lt=span.until, is_public=True, what__in=NEWS)
    news: dict[int, list[str]] = {}
    for change in changed.order_by("at", "pk"):
        kinds = news.setdefault(change.consultation_id, [])
        if change.what not in kinds:
            kinds.append(change.what)
    drafts = []
    for consultation in Consultation.objects.filter(pk__in=news, state__in=Consultation.PUBLIC_STATES):
        present = _present(f"{FOLLOWER_RULE}:{consultation.pk}", span.key)
        page_url = settings.SITE_URL + reverse("programme:consultation", args=[consultation.reference])
        rows = following.present(consultation).filter(how=Follower.How.WEEKLY, confirmed_at__lt=span.until)
        for follower in rows:
            if f"follower:{follower.pk}" not in present:
                drafts.append(
                    outbox.prepare(
                        "notices/email/follower_digest",
                        to=follower.email,
                        rule=f"{FOLLOWER_RULE}:{consultation.pk}",
                        occurrence=span.key,
                        recipient=f"follower:{follower.pk}",
                        context={
                            "consultation": consultation,
                            "news": news[consultation.pk],
                            "page_url": page_url,
                            "stop_url": following.stop_url(follower),
                        },
                        category=OutgoingMessage.Category.NEWS,
                        language=follower.language,
                        about=follower,
                        scope=consultation.reference,
                        due_at=span.until,
                        expires_at=span.until + timedelta(days=7),
                        check="notices.digest",
                        priority=8,
                    )
                )
    if drafts:
        outbox.queue_all(drafts)
    return len(drafts)


def why_not(message: OutgoingMessage) -> str:
    """Why a digest is no longer wanted, as a sentence for staff; empty while it is."""
    key = message.recipient.partition(":")[2]
    if message.rule == STAFF_RULE:
        digest = Digest.objects.filter(user_id=int(key), user__is_active=True).select_related("user").first()
        if digest is None or not digest.user.is_staff_member:
            return "They want no digest any more."
        period = Digest.Period.WEEKLY if "W" in message.occurrence else Digest.Period.DAILY
        return "" if digest.period == period else "They chose to read it at another pace."
    follower = Follower.objects.filter(pk=key).first()
    if follower is None or follower.stopped_at is not None:
        return "They follow the consultation no longer."
    return "" if follower.how == Follower.How.WEEKLY else "They hear of each change at once."
