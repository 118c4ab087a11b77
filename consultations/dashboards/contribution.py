"""What one event adds to the picture of whom a consultation heard: its organisations, sector by sector and by theme."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.urls import reverse

from consultations.dashboards import coverage
from consultations.programme.models import ConsultationEvent, ThemeTopic
from engagement.events.models import Event, Note
from engagement.stakeholders.models import Sector


@dataclass(frozen=True)
class Line:
    """Organisations of one sector or on one theme: heard at this event, and heard nowhere else in the consultation."""

    label: str
    here: int
    only_here: int


@dataclass(frozen=True)
class Contribution:
    title: str
    url: str
    here: int
    only_here: int
    all_heard: int
    sectors: list[Line]
    themes: list[Line]


def of_event(event: Event) -> list[Contribution]:
    """One for each consultation that the event belongs to. Heard at it is who an agreed note of it names."""
    links = ConsultationEvent.objects.filter(event=event).select_related("consultation").order_by("pk")
    return [_of(event, link) for link in links]


def _of(event: Event, link: ConsultationEvent) -> Contribution:
    consultation = link.consultation
    known = coverage.known(consultation)
    through = Note.organisations.through.objects
    agreed = through.filter(note__state=Note.State.AGREED, note__event__in=consultation.event_links.values("event"))
    pairs = list(agreed.values_list("organisation_id", "note__event_id", "note__topic_id"))
    here = {organisation for organisation, held, _ in pairs if held == event.pk}
    elsewhere = known.submitted | {organisation for organisation, held, _ in pairs if held != event.pk}
    only = here - elsewhere
    names = dict(Sector.objects.values_list("pk", "name"))
    in_sector = Counter(known.sector_of.get(organisation) for organisation in here)
    alone = Counter(known.sector_of.get(organisation) for organisation in only)
    theme_of = dict(ThemeTopic.objects.filter(theme__consultation=consultation).values_list("topic_id", "theme__name"))
    spoke: dict[str, set[int]] = {}
    for organisation, held, topic in pairs:
        if held == event.pk and topic in theme_of:
            spoke.setdefault(theme_of[topic], set()).add(organisation)
    return Contribution(
        title=consultation.title,
        url=reverse("dashboards:overview", args=[consultation.reference]),
        here=len(here),
        only_here=len(only),
        all_heard=len(known.heard),
        sectors=[
            Line(names.get(sector, "Sector not known") if sector else "Sector not known", number, alone[sector])
            for sector, number in sorted(in_sector.items(), key=lambda pair: (-pair[1], str(pair[0])))
        ],
        themes=[Line(name, len(who), len(who & only)) for name, who in sorted(spoke.items())],
    )
