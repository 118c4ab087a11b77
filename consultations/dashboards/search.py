"""One search across everything that the person may see: each group asks the scope of its own app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse

from consultations.programme import queries as programme
from consultations.submissions import queries as submissions
from engagement.accounts.rules import is_staff_member
from engagement.core.templatetags.ui import short_moment
from engagement.events import queries as events
from engagement.stakeholders import queries as stakeholders

MOST = 20


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    hint: str = ""


@dataclass(frozen=True)
class Group:
    """Hits of one kind; `is_cut` says that there are more than are shown."""

    title: str
    hits: list[Hit]
    is_cut: bool = False


def find(words: str, user: Any) -> list[Group]:
    """Groups with hits, four queries."""
    groups = [
        _group("Consultations", _consultations(words, user)),
        _group("Organisations", _organisations(words, user)),
        _group("Submissions", _submissions(words, user)),
        _group("Events", _events(words, user)),
    ]
    return [group for group in groups if group.hits]


def _group(title: str, hits: list[Hit]) -> Group:
    return Group(title, hits[:MOST], len(hits) > MOST)


def _consultations(words: str, user: Any) -> list[Hit]:
    address = "dashboards:overview" if is_staff_member(user) else "programme:consultation"
    rows = programme.visible_to(user) if is_staff_member(user) else programme.public()
    rows = rows.filter(Q(title__icontains=words) | Q(reference__icontains=words)).order_by("title", "pk")
    return [Hit(it.title, reverse(address, args=[it.reference]), it.get_state_display()) for it in rows[: MOST + 1]]


def _organisations(words: str, user: Any) -> list[Hit]:
    rows = stakeholders.visible_to(user).filter(Q(name__icontains=words) | Q(trading_names__icontains=words))
    rows = rows.select_related("kind__sector").order_by("name", "pk")
    return [
        Hit(
            it.name,
            # The register has pages for staff only; a partner's own organisations stand on their page.
            reverse("stakeholders:organisation", args=[it.public_id])
            if is_staff_member(user)
            else reverse("dashboards:my_page"),
            str(it.kind.sector),
        )
        for it in rows[: MOST + 1]
    ]


def _submissions(words: str, user: Any) -> list[Hit]:
    is_staff = is_staff_member(user)
    rows = submissions.received(user) if is_staff else submissions.own(user)
    who = Q(reference__icontains=words) | Q(organisation__name__icontains=words)
    if is_staff:
        who |= Q(respondent_name__icontains=words)
    rows = rows.filter(who).select_related("organisation", "consultation").order_by("-created_at", "-pk")
    return [
        Hit(
            f"{it.reference} – {it.organisation or it.respondent_name or 'one person'}",
            reverse("submissions:detail", args=[it.consultation.reference, it.reference])
            if is_staff
            else reverse("submissions:tasks", args=[it.public_id]),
            f"{it.consultation.title}: {it.get_state_display()}",
        )
        for it in rows[: MOST + 1]
    ]


def _events(words: str, user: Any) -> list[Hit]:
    rows = events.visible_to(user).filter(
        Q(title__icontains=words) | Q(venue_name__icontains=words) | Q(context_title__icontains=words)
    )
    return [
        Hit(
            it.title,
            reverse("events:staff_event", args=[it.public_id])
            if is_staff_member(user)
            else reverse("events:event", args=[it.slug]),
            short_moment(it.starts_at),
        )
        for it in rows.order_by("-starts_at", "-pk")[: MOST + 1]
    ]
