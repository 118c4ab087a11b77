"""Whom we hear: organisations heard against organisations invited, by sector, area and theme.

The unit is the organisation. Heard is one with a counted submission, or one that an agreed event note names; however
many of them it has, it is one. Who they were (kind, areas) is read from the submission where there is one, so that
tidying the register does not move the figures of a consultation that is over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Q

from consultations.invitations.models import Invitation
from consultations.programme.models import Consultation, ThemeTopic
from consultations.submissions import queries as submissions
from consultations.submissions.models import Response, Submission
from consultations.surveys.definition import load
from consultations.surveys.models import SurveyVersion
from engagement.events.models import Note
from engagement.stakeholders.models import Area, Organisation, Sector


@dataclass(frozen=True)
class Cell:
    """Organisations invited, how many of them were heard, and how many were heard without an invitation (`beyond`).

    `in_register` is how many could be invited, `query` picks them.
    """

    heard: int
    invited: int
    beyond: int = 0
    in_register: int | None = None
    query: str = ""

    @property
    def is_thin(self) -> bool:
        """Fewer than a third of those invited were heard, or nobody was invited although the register has some."""
        if self.invited:
            return (self.heard + self.beyond) * 3 < self.invited
        return self.beyond == 0 and bool(self.in_register)


@dataclass(frozen=True)
class Line:
    label: str
    cells: list[Cell]
    total: Cell


@dataclass(frozen=True)
class Matrix:
    """Sectors down, areas or themes across. Lines and columns may overlap, so totals are counted, never added up."""

    title: str
    columns: list[str]
    lines: list[Line]
    total: Line
    note: str

    @property
    def thin_count(self) -> int:
        return sum(cell.is_thin for line in self.lines for cell in line.cells)


@dataclass(frozen=True)
class Known:
    """What is known of a consultation's organisations: every set and mapping is keyed by the organisation."""

    consultation: Consultation
    invited: set[int]
    submitted: set[int]
    noted: set[int]
    individuals: int
    sector_of: dict[int, int]
    areas_of: dict[int, set[int]]
    notes: Sequence[tuple[int, int | None]] = ()

    @property
    def heard(self) -> set[int]:
        return self.submitted | self.noted


def known(consultation: Consultation) -> Known:
    """Read everything at once: a fixed number of queries, however many organisations there are."""
    invitations = Invitation.objects.filter(consultation=consultation, organisation__isnull=False).exclude(
        state=Invitation.State.CANCELLED
    )
    sent = submissions.counted(consultation)
    agreed = Note.organisations.through.objects.filter(
        note__state=Note.State.AGREED, note__event__in=consultation.event_links.values("event")
    )
    notes = list(agreed.values_list("organisation_id", "note__topic_id"))
    invited = set(invitations.values_list("organisation_id", flat=True))
    rows = list(sent.values_list("organisation_id", "kind__sector_id", "pk"))

    involved = (
        Q(pk__in=invitations.values("organisation"))
        | Q(pk__in=sent.values("organisation"))
        | Q(pk__in=agreed.values("organisation"))
    )
    sector_of = dict(Organisation.objects.filter(involved).values_list("pk", "kind__sector_id"))
    sector_of |= {organisation: sector for organisation, sector, _ in rows if organisation and sector}
    areas_of = _grouped(
        Organisation.areas.through.objects.filter(organisation__in=Organisation.objects.filter(involved)).values_list(
            "organisation_id", "area_id"
        )
    )
    then = _grouped(
        Submission.areas.through.objects.filter(
            submission__in=sent, submission__organisation__isnull=False
        ).values_list("submission__organisation_id", "area_id")
    )
    return Known(
        consultation=consultation,
        invited=invited,
        submitted={organisation for organisation, _, _ in rows if organisation},
        noted={organisation for organisation, _ in notes},
        individuals=sum(1 for organisation, _, _ in rows if organisation is None),
        sector_of=sector_of,
        areas_of={**areas_of, **then},
        notes=notes,
    )


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    grouped: dict[int, set[int]] = defaultdict(set)
    for key, value in pairs:
        grouped[key].add(value)
    return dict(grouped)


def _sectors(known: Known) -> list[Sector]:
    """Sectors that hold organisations, now or when they were heard; that of people for themselves has no line."""
    filled = Q(kinds__organisations__isnull=False) | Q(pk__in=set(known.sector_of.values()))
    return list(Sector.objects.filter(filled).distinct().order_by("order", "pk"))


def by_area(known: Known) -> Matrix:
    """Sectors by areas: those of the consultation, or all local authority areas."""
    areas = list(known.consultation.areas.order_by("name", "pk")) or list(
        Area.objects.filter(level=Area.Level.AUTHORITY).order_by("name", "pk")
    )
    present = Organisation.objects.filter(closed_at=None).order_by()
    register = {
        (sector, area): number
        for sector, area, number in present.values_list("kind__sector", "areas").annotate(number=Count("pk"))
    }
    totals = dict(present.values_list("kind__sector").annotate(number=Count("pk")))
    sectors = _sectors(known)

    def cell(sector: Sector, area: Area) -> Cell:
        def belongs(it: int) -> bool:
            return known.sector_of.get(it) == sector.pk and area.pk in known.areas_of.get(it, ())

        return _cell(
            known,
            belongs,
            register.get((sector.pk, area.pk), 0),
            urlencode({"sector": sector.code, "area": area.code}),
        )

    return _matrix(
        "Sector by area",
        [area.name for area in areas],
        [(sector, [cell(sector, area) for area in areas], totals.get(sector.pk, 0)) for sector in sectors],
        [_cell(known, lambda it, area=area: area.pk in known.areas_of.get(it, ())) for area in areas],  # type: ignore[misc]
        known,
        "An organisation in several areas stands in each of them, so a line can add up to more than its total.",
    )


def by_theme(known: Known) -> Matrix | None:
    """Sectors by themes: who said something on what, out of all that were invited. None without themes."""
    themes = list(known.consultation.themes.all())
    if not themes:
        return None
    spoke = _themes_spoken_to(known, {theme.code: theme.pk for theme in themes})
    sectors = _sectors(known)

    def cell(sector: Sector | None, theme: int) -> Cell:
        members = {it for it, its in known.sector_of.items() if sector is None or its == sector.pk}
        heard = spoke.get(theme, set()) & members & known.heard
        return Cell(
            heard=len(heard & known.invited),
            invited=len(known.invited & members),
            beyond=len(heard - known.invited),
            query=urlencode({"sector": sector.code}) if sector else "",
        )

    return _matrix(
        "Sector by theme",
        [theme.name for theme in themes],
        [(sector, [cell(sector, theme.pk) for theme in themes], None) for sector in sectors],
        [cell(None, theme.pk) for theme in themes],
        known,
        "Heard on a theme: answered a survey or a question of it, or is named by an agreed note of an event on it.",
    )


def _matrix(
    title: str,
    columns: list[str],
    rows: list[tuple[Sector, list[Cell], int | None]],
    column_totals: list[Cell],
    known: Known,
    note: str,
) -> Matrix:
    lines = [
        Line(sector.name, cells, _cell(known, lambda it, pk=sector.pk: known.sector_of.get(it) == pk, in_register))  # type: ignore[misc]
        for sector, cells, in_register in rows
    ]
    everybody = Line("All sectors", column_totals, _cell(known, lambda it: True))
    return Matrix(title, columns, lines, everybody, note)


def _cell(known: Known, belongs: Callable[[int], bool], in_register: int | None = None, query: str = "") -> Cell:
    heard = {it for it in known.heard if belongs(it)}
    return Cell(
        heard=len(heard & known.invited),
        invited=sum(map(belongs, known.invited)),
        beyond=len(heard - known.invited),
        in_register=in_register,
        query=query,
    )


def _themes_spoken_to(known: Known, theme_of_code: dict[str, int]) -> dict[int, set[int]]:
    """Theme -> organisations that said something on it."""
    spoke: dict[int, set[int]] = defaultdict(set)
    answered = Response.objects.filter(
        submission__in=submissions.counted(known.consultation), submission__organisation__isnull=False
    ).exclude(data={})
    whole = answered.filter(survey__theme__isnull=False)
    for organisation, theme in whole.values_list("submission__organisation_id", "survey__theme_id").distinct():
        spoke[theme].add(organisation)

    # A survey can belong to no theme and its questions to several: then the answers themselves have to be looked at.
    questions: dict[int, dict[str, int]] = {}
    for version in SurveyVersion.objects.filter(survey__consultation=known.consultation):
        themed = {q.code: theme_of_code[q.theme] for q in load(version).questions() if q.theme in theme_of_code}
        if themed:
            questions[version.pk] = themed
    if questions:
        rows = answered.filter(version__in=list(questions)).values_list(
            "submission__organisation_id", "version_id", "data"
        )
        for organisation, version_id, data in rows.iterator(chunk_size=1000):
            for code in data.keys() & questions[version_id].keys():
                spoke[questions[version_id][code]].add(organisation)

    topics = dict(ThemeTopic.objects.filter(theme__consultation=known.consultation).values_list("topic_id", "theme_id"))
    for organisation, topic in known.notes:
        if topic in topics:
            spoke[topics[topic]].add(organisation)
    return spoke
