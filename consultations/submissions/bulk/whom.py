"""The columns that every survey has: the paper, whom it is from, what may be published."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from consultations.programme.models import Consultation
from consultations.submissions.bulk.planned import BETWEEN, MOST_SHOWN, NO, YES, Checked, Planned
from consultations.submissions.bulk.reading import Problem, RawRow, Read
from consultations.submissions.bulk.sheet import FIXED, Fixed
from consultations.submissions.models import Submission
from consultations.surveys.inputs import read_day
from engagement.stakeholders.models import Area, Kind, Organisation

REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")
LONGEST = {"name": 150, "statement": 100_000, "confidentiality_reason": 2_000}


class Facts:
    """What is looked up for all rows together: a fixed number of queries."""

    def __init__(self, consultation: Consultation, read: Read) -> None:
        self.consultation = consultation
        cells = [row.cells for row in read.responses.rows]
        references = {cell.get("reference", "").upper() for cell in cells}
        used = Submission.objects.filter(reference__in=references).values_list("reference", "consultation")
        self.present = {reference for reference, of in used if of == consultation.pk}
        self.elsewhere = {reference for reference, of in used if of != consultation.pk}
        # Names stand in the register once, however they are written.
        self.organisations: dict[str, Organisation] = {}
        for organisation in Organisation.objects.filter(closed_at=None).order_by("pk"):
            for key in (organisation.name.casefold(), str(organisation.public_id)):
                self.organisations[key] = organisation
        self.answered = set(
            Submission.objects.filter(consultation=consultation, is_test=False, organisation__isnull=False)
            .exclude(state__in=Submission.SET_ASIDE)
            .values_list("organisation", flat=True)
        )
        self.taken: dict[int, int] = {}
        kinds = Kind.objects.filter(retired_at=None, sector__code="individual")
        self.kinds = {word.casefold(): kind.code for kind in kinds for word in (kind.code, kind.name)}
        self.areas = {word.casefold(): area.code for area in Area.objects.all() for word in (area.code, area.name)}


def person_and_paper(row: RawRow, sheet: str, facts: Facts, checked: Checked) -> Planned:
    """The fixed columns of one row."""
    cells = row.cells

    def wrong(column: str, text: str) -> None:
        checked.problems.append(Problem(sheet, row.number, column, text))

    reference = cells.get("reference", "").upper()
    planned = Planned(row.number, reference, "", "")
    if not reference:
        wrong("reference", "Write the reference that stands on the paper.")
    elif not REFERENCE.fullmatch(reference):
        wrong("reference", f"“{reference[:MOST_SHOWN]}” is no reference. Use 2 to 20 letters, digits and hyphens.")
    elif reference in facts.elsewhere:
        wrong("reference", f"The reference {reference} belongs to a response to another consultation. Give another.")
    if reference in facts.present:
        return planned
    planned.received_on = _day(cells.get("received_on", ""), wrong)
    for fixed in FIXED:
        if fixed.codes and fixed.name != "may_contact":
            setattr(planned, fixed.name, _coded(fixed, cells.get(fixed.name, ""), wrong))
    planned.may_contact = _yes(cells.get("may_contact", ""), wrong)
    for name, most in LONGEST.items():
        text = cells.get(name, "")
        if len(text) > most:
            wrong(name, f"This has {len(text):,} characters; there is room for {most:,}.")
        setattr(planned, name, text[:most])
    planned.email = _mail(cells.get("email", ""), wrong)
    if planned.confidentiality == Submission.Confidentiality.WITHHELD and not planned.confidentiality_reason.strip():
        wrong("confidentiality_reason", "Write why it must not be published; “not said” when the paper does not say.")
    _who(planned, row, facts, wrong)
    return planned


def _day(text: str, wrong: Any) -> str:
    if not text:
        wrong("received_on", "Write the day on which it came.")
        return ""
    try:
        day: date = read_day(text.partition("T")[0])
    except (ValueError, OverflowError):
        wrong("received_on", f"“{text[:MOST_SHOWN]}” is not a day that can be read. Write it like 8/2/2019.")
        return ""
    if day > timezone.localdate():
        wrong("received_on", "This day is still to come. Write the day on which it came.")
    return day.isoformat()


def _coded(fixed: Fixed, text: str, wrong: Any) -> str:
    words = text.casefold()
    if not words:
        if fixed.needed:
            wrong(fixed.name, f"Write one of: {', '.join(code for code, _ in fixed.codes)}.")
        return ""
    found = next((code for code, label in fixed.codes if words in {code.casefold(), label.casefold()}), None)
    if found is None:
        codes = ", ".join(code for code, _ in fixed.codes)
        wrong(fixed.name, f"“{text[:MOST_SHOWN]}” is not one of the codes. Write one of: {codes}.")
    return found or ""


def _yes(text: str, wrong: Any) -> bool:
    if text.casefold() not in {*YES, *NO, ""}:
        wrong("may_contact", f"“{text[:MOST_SHOWN]}” is neither yes nor no.")
    return text.casefold() in YES


def _mail(text: str, wrong: Any) -> str:
    if text:
        try:
            validate_email(text)
        except ValidationError:
            wrong("email", f"“{text[:MOST_SHOWN]}” is no e-mail address. Write one like name@example.org.")
            return ""
    return text


def _who(planned: Planned, row: RawRow, facts: Facts, wrong: Any) -> None:
    """The organisation from the register, or a person by name."""
    named = row.cells.get("organisation", "")
    if named:
        _organisation(named, planned, row, facts, wrong)
        if planned.capacity == Submission.Capacity.SELF:
            wrong("capacity", "Somebody who answers for themselves has no organisation. Empty one of the two.")
        for name in ("kind", "areas"):
            if row.cells.get(name):
                wrong(name, "Only for a person: those of an organisation are known.")
        return
    if not planned.name.strip():
        wrong("name", "Write the name of the person, or an organisation.")
    if planned.capacity and planned.capacity != Submission.Capacity.SELF:
        wrong("organisation", "Write the organisation, or “self” for whom.")
    if kind := row.cells.get("kind", ""):
        planned.kind = facts.kinds.get(kind.casefold(), "")
        if not planned.kind:
            wrong("kind", f"“{kind[:MOST_SHOWN]}” is not a kind of person that we know.")
    for area in filter(None, BETWEEN.split(row.cells.get("areas", ""))):
        if area.casefold() in facts.areas:
            planned.areas.append(facts.areas[area.casefold()])
        else:
            wrong("areas", f"“{area[:MOST_SHOWN]}” is not an area that we know. Write ; between several.")


def _organisation(named: str, planned: Planned, row: RawRow, facts: Facts, wrong: Any) -> None:
    found = facts.organisations.get(named.casefold())
    if found is None:
        text = "is not in the register. Write its name as there, or add it to the register first."
        wrong("organisation", f"“{named[:MOST_SHOWN]}” {text}")
    elif found.pk in facts.answered:
        text = "already has a response to this consultation, sent or being written, and each partner has one."
        wrong("organisation", f"{found.name} {text}")
    elif found.pk in facts.taken:
        wrong("organisation", f"{found.name} stands in row {facts.taken[found.pk]} already. Each partner has one.")
    else:
        facts.taken[found.pk] = row.number
        planned.organisation, planned.organisation_name = found.pk, found.name
