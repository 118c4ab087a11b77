"""How the register sorts partners: five sectors with their kinds, and the areas of the partnership.

Codes are for ever, since figures and saved queries hold them; names may be corrected here and are brought up to
date by `load`. They are translated where respondents choose among them. A kind that is no longer wanted is retired,
never deleted.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

# Code and name of each sector, with the codes and names of its kinds, in the order in which lists show them.
SECTORS: list[tuple[str, str, list[tuple[str, str]]]] = [
    (
        "business",
        gettext_noop("Business"),
        [
            ("advanced-manufacturing", gettext_noop("Advanced manufacturing and automotive")),
            ("digital", gettext_noop("Digital and technology")),
            ("energy", gettext_noop("Energy, offshore and subsea")),
            ("health-life-sciences", gettext_noop("Health and life sciences")),
            ("professional-services", gettext_noop("Financial, professional and business services")),
            ("construction", gettext_noop("Construction and property")),
            ("transport-logistics", gettext_noop("Transport and logistics")),
            ("creative-tourism", gettext_noop("Creative, culture and tourism")),
            ("rural-food", gettext_noop("Rural, food and farming")),
            ("other-business", gettext_noop("Other business")),
            ("chamber", gettext_noop("Chamber of commerce")),
            ("employers-federation", gettext_noop("Employers' federation")),
            ("sector-body", gettext_noop("Sector body")),
            ("business-improvement-district", gettext_noop("Business improvement district")),
            ("trade-union", gettext_noop("Trade union")),
        ],
    ),
    (
        "education",
        gettext_noop("Education"),
        [
            ("university", gettext_noop("University")),
            ("college", gettext_noop("Further education college")),
            ("school", gettext_noop("School or academy trust")),
            ("training-provider", gettext_noop("Training provider")),
            ("research-centre", gettext_noop("Research and technology centre")),
        ],
    ),
    (
        "public",
        gettext_noop("Public"),
        [
            ("local-authority", gettext_noop("Local authority")),
            ("combined-authority", gettext_noop("Combined authority")),
            ("nhs", gettext_noop("NHS body")),
            ("transport-body", gettext_noop("Transport body")),
            ("police-fire", gettext_noop("Police or fire service")),
            ("government-agency", gettext_noop("Government department or agency")),
            ("housing-provider", gettext_noop("Housing provider")),
            ("parish-council", gettext_noop("Town or parish council")),
        ],
    ),
    (
        "voluntary",
        gettext_noop("Voluntary and community"),
        [
            ("infrastructure-body", gettext_noop("Infrastructure body")),
            ("charity", gettext_noop("Charity")),
            ("social-enterprise", gettext_noop("Social enterprise")),
            ("faith-group", gettext_noop("Faith group")),
            ("youth-group", gettext_noop("Youth group")),
            ("older-people-group", gettext_noop("Older people's group")),
            ("disability-group", gettext_noop("Disability group")),
            ("equality-group", gettext_noop("Equality group")),
            ("community-group", gettext_noop("Community group")),
        ],
    ),
    ("individual", gettext_noop("Individual"), [("individual", gettext_noop("Individual"))]),
]

# Code, name, ONS code, level, code of the parent. Parents stand before their parts.
AREAS: list[tuple[str, str, str, str, str]] = [
    ("whole-area", gettext_noop("Whole LEP area"), "", "partnership", ""),
    ("outside", gettext_noop("Outside the LEP area"), "", "outside", ""),
    ("north-east-ca", "North East Combined Authority", "", "combined", "whole-area"),
    ("north-of-tyne-ca", "North of Tyne Combined Authority", "", "combined", "whole-area"),
    ("county-durham", "County Durham", "E06000047", "authority", "north-east-ca"),
    ("gateshead", "Gateshead", "E08000037", "authority", "north-east-ca"),
    ("newcastle", "Newcastle", "E08000021", "authority", "north-of-tyne-ca"),
    ("north-tyneside", "North Tyneside", "E08000022", "authority", "north-of-tyne-ca"),
    ("northumberland", "Northumberland", "E06000057", "authority", "north-of-tyne-ca"),
    ("south-tyneside", "South Tyneside", "E08000023", "authority", "north-east-ca"),
    ("sunderland", "Sunderland", "E08000024", "authority", "north-east-ca"),
]

# Code and name of what partners may take an interest in: the foundations of productivity and the grand challenges.
INTERESTS: list[tuple[str, str]] = [
    ("ideas", "Ideas"),
    ("people", "People"),
    ("infrastructure", "Infrastructure"),
    ("business-environment", "Business environment"),
    ("places", "Places"),
    ("ai-data", "Artificial intelligence and data"),
    ("ageing-society", "Ageing society"),
    ("clean-growth", "Clean growth"),
    ("future-mobility", "Future of mobility"),
]


def load_interests(model: Any) -> int:
    """Bring the table of interests up to this list; the number of rows made or changed."""
    return sum(_hold(model, code, {"name": name, "order": n})[1] for n, (code, name) in enumerate(INTERESTS, 1))


def load(sector_model: Any, kind_model: Any, area_model: Any) -> int:
    """Bring the three tables up to this classification; the number of rows made or changed.

    The models come as arguments because a migration has its own. Rows that an installation added stay as they are.
    """
    changed = 0
    for place, (code, name, kinds) in enumerate(SECTORS, 1):
        sector, was_changed = _hold(sector_model, code, {"name": name, "order": place})
        changed += was_changed
        for kind_place, (kind_code, kind_name) in enumerate(kinds, 1):
            facts = {"sector_id": sector.pk, "name": kind_name, "order": kind_place}
            changed += _hold(kind_model, kind_code, facts)[1]
    areas: dict[str, Any] = {}
    for code, name, ons_code, level, parent in AREAS:
        facts = {"name": name, "ons_code": ons_code, "level": level, "parent_id": areas[parent].pk if parent else None}
        areas[code], was_changed = _hold(area_model, code, facts)
        changed += was_changed
    return changed


def _hold(model: Any, code: str, facts: dict[str, Any]) -> tuple[Any, bool]:
    """The row with this code, made or corrected so that it carries these facts; whether anything was done."""
    row = model.objects.filter(code=code).first()
    if row is None:
        return model.objects.create(code=code, **facts), True
    wrong = {name: value for name, value in facts.items() if getattr(row, name) != value}
    if wrong:
        for name, value in wrong.items():
            setattr(row, name, value)
        row.save(update_fields=list(wrong))
    return row, bool(wrong)
