"""Sets of partners: what belongs to a definition, and the definition in plain words.

A definition is a dictionary, kept as JSON, of which every part may be missing:

    {"sectors": ["business"], "kinds": ["chamber"], "areas": ["gateshead"], "sizes": ["small", "unknown"],
     "interests": ["people"], "roles": ["lead"], "representative": true, "behaviour": ["silent"], "months": 12}

Values of one part stand beside each other (either is enough), parts and everything in `behaviour` narrow one another.
Kinds narrow their own sector only: Business and Chamber of commerce means chambers, Education and Chamber of commerce
means all of education and chambers. A value that is not known belongs to nobody, so nothing is ever widened by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from engagement.core.templatetags.ui import joined
from engagement.stakeholders.criteria import criteria, since
from engagement.stakeholders.models import Area, Contact, Interest, Kind, Membership, Organisation, Sector

# How far back behaviour may be asked for, in months.
MOST_MONTHS = 120
LISTS = ("sectors", "kinds", "areas", "sizes", "interests", "roles", "behaviour")


@dataclass(frozen=True)
class Definition:
    """What makes somebody belong to a set."""

    sectors: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    behaviour: tuple[str, ...] = ()
    months: int | None = None
    representative: bool = False

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Definition:
        """From what is stored; parts that are missing are empty, and parts nobody knows are left out."""
        lists = {name: tuple(dict.fromkeys(str(one) for one in stored.get(name) or ())) for name in LISTS}
        months = stored.get("months")
        return cls(
            **lists,
            months=months if isinstance(months, int) and 0 < months <= MOST_MONTHS else None,
            representative=bool(stored.get("representative")),
        )

    def stored(self) -> dict[str, Any]:
        """As it is kept: only the parts that say something."""
        found = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {name: value for name, value in found.items() if value}

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing, so that everybody belongs to it."""
        return not any(getattr(self, one.name) for one in fields(self) if one.name != "months")


# --- who belongs ----------------------------------------------------------------------------------------


def reachable() -> QuerySet[Membership]:
    """Who may be written to for an organisation today: members of organisations in use who have not opted out and
    whose address has not failed."""
    return Membership.objects.current().filter(
        organisation__closed_at=None,
        contact__closed_at=None,
        contact__opted_out_at=None,
        contact__bounced_at=None,
    )


def organisations(definition: Mapping[str, Any]) -> QuerySet[Organisation]:
    """The organisations in use that belong to the definition, unordered. Those with nobody to write to are among them,
    unless it asks for a role."""
    wanted = Definition.read(definition)
    rows = Organisation.objects.filter(closed_at=None)
    if wanted.sectors or wanted.kinds:
        rows = rows.filter(_of_kind(wanted))
    if wanted.areas:
        through = Organisation.areas.through.objects
        rows = rows.filter(Exists(through.filter(organisation=OuterRef("pk"), area__code__in=wanted.areas)))
    if wanted.sizes:
        rows = rows.filter(size__in=["" if size == "unknown" else size for size in wanted.sizes])
    if wanted.representative:
        rows = rows.filter(is_representative=True)
    members = reachable().filter(organisation=OuterRef("pk"))
    if wanted.roles:
        rows = rows.filter(Exists(members.filter(role__in=wanted.roles)))
    if wanted.interests:
        rows = rows.filter(_interested("pk", wanted) | Exists(members.filter(_interest_of_contact(wanted))))
    return _behaved(rows, wanted)


def contacts(definition: Mapping[str, Any]) -> QuerySet[Contact]:
    """The people who may be written to for those organisations, each once, unordered: current members in the roles
    asked for, who have not opted out and whose address has not failed.

    Where an interest is asked for and only some people of an organisation have it, only they are among them.
    """
    return Contact.objects.filter(pk__in=memberships(definition).values("contact"))


def memberships(definition: Mapping[str, Any]) -> QuerySet[Membership]:
    """The same as what they are for which organisation, for whoever writes to somebody in one capacity."""
    wanted = Definition.read(definition)
    rows = reachable().filter(organisation__in=organisations(definition))
    if wanted.roles:
        rows = rows.filter(role__in=wanted.roles)
    if wanted.interests:
        rows = rows.filter(_interested("organisation", wanted) | _interest_of_contact(wanted))
    return rows


def kinds_meant(wanted: Definition, sector_of: Mapping[str, str]) -> set[str]:
    """The codes of the kinds that sectors and kinds of a definition come to; `sector_of` gives each kind's sector."""
    narrowed = {sector_of[kind] for kind in wanted.kinds if kind in sector_of}
    whole = set(wanted.sectors) - narrowed
    return {kind for kind, sector in sector_of.items() if sector in whole or kind in wanted.kinds}


def _of_kind(wanted: Definition) -> Q:
    rows = dict(Kind.objects.values_list("code", "sector__code"))
    keys = list(Kind.objects.filter(code__in=kinds_meant(wanted, rows)).values_list("pk", flat=True))
    others = Organisation.other_kinds.through.objects.filter(organisation=OuterRef("pk"), kind__in=keys)
    return Q(kind__in=keys) | Q(Exists(others))


def _interested(outer: str, wanted: Definition) -> Exists:
    through = Organisation.interests.through.objects
    return Exists(through.filter(organisation=OuterRef(outer), interest__code__in=wanted.interests))


def _interest_of_contact(wanted: Definition) -> Exists:
    through = Contact.interests.through.objects
    return Exists(through.filter(contact=OuterRef("contact"), interest__code__in=wanted.interests))


def _behaved(rows: QuerySet[Organisation], wanted: Definition) -> QuerySet[Organisation]:
    known = criteria() if wanted.behaviour else {}
    moment = since(wanted.months)
    for code in wanted.behaviour:
        if code not in known:
            return rows.none()
        found = known[code].found(moment)
        rows = rows.exclude(pk__in=found) if known[code].opposite else rows.filter(pk__in=found)
    return rows


# --- in words -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Names:
    """What the values of a definition are called, by their codes: read once for however many definitions."""

    sectors: dict[str, str]
    kinds: dict[str, str]
    areas: dict[str, str]
    interests: dict[str, str]
    sector_of: dict[str, str]  # of a kind

    @classmethod
    def read(cls) -> Names:
        """As they are now: four queries."""
        kinds = list(Kind.objects.values_list("code", "name", "sector__code"))
        return cls(
            sectors=dict(Sector.objects.values_list("code", "name")),
            kinds={code: name for code, name, _ in kinds},
            areas=dict(Area.objects.values_list("code", "name")),
            interests=dict(Interest.objects.values_list("code", "name")),
            sector_of={code: sector for code, _, sector in kinds},
        )


def words(definition: Mapping[str, Any], names: Names | None = None) -> str:
    """The definition as a phrase: “Organisations (Business) in Gateshead or Sunderland that came to an event, in the
    last 12 months; only leads”. What is not known any more is named by its code."""
    wanted = Definition.read(definition)
    if wanted.is_empty:
        return "All organisations in use"
    names = names or Names.read()
    parts = [_either("of unknown size" if one == "unknown" else one for one in wanted.sizes), _sorted_by(wanted, names)]
    if wanted.areas:
        parts.append(f"in {_either(names.areas.get(one, one) for one in wanted.areas)}")
    if wanted.interests:
        parts.append(f"interested in {_either(names.interests.get(one, one) for one in wanted.interests)}")
    clauses = [*(["speak for their members"] if wanted.representative else []), *_behaviour(wanted)]
    if clauses:
        parts.append(f"that {joined(clauses)}")
    phrase = " ".join(part for part in parts if part)
    if wanted.roles:
        labels = {value: f"{label.lower()}s" for value, label in Membership.Role.choices}
        phrase += f"; only {joined(labels.get(role, role) for role in wanted.roles)}"
    return phrase[:1].upper() + phrase[1:]


def _sorted_by(wanted: Definition, names: Names) -> str:
    if not (wanted.sectors or wanted.kinds):
        return "organisations"
    narrowed = {names.sector_of.get(one) for one in wanted.kinds}
    whole = [names.sectors.get(one, one) for one in wanted.sectors if one not in narrowed]
    return f"organisations ({_either([*whole, *(names.kinds.get(one, one) for one in wanted.kinds)])})"


def _behaviour(wanted: Definition) -> list[str]:
    known = criteria()
    found = [known[code].words if code in known else f"“{code}” (not known)" for code in wanted.behaviour]
    if found and wanted.months:
        found[-1] += f", in the last {'month' if wanted.months == 1 else f'{wanted.months} months'}"
    return found


def _either(values: Iterable[str]) -> str:
    """“a, b or c”."""
    *most, last = list(values) or [""]
    return f"{', '.join(most)} or {last}" if most else last
