"""What importing a file would do to the register: worked out from one reading of both, then applied in bulk.

`work_out` costs six queries, however long the file is, and changes nothing; `Plan.apply` writes in batches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils import timezone

from engagement.stakeholders.models import Area, Contact, ContactMerge, Kind, Membership, Organisation
from engagement.stakeholders.spreadsheet import Line, Problem, Vocabulary, compared

BATCH = 1000


def vocabulary() -> Vocabulary:
    """The words of the register as they are now; retired kinds are not among them."""
    kinds: dict[str, str] = {}
    names: list[str] = []
    rows = list(Kind.objects.filter(retired_at=None).values_list("code", "name", "sector__name"))
    often = Counter(compared(name) for _, name, _ in rows)
    for code, name, sector in rows:
        kinds[compared(f"{sector}: {name}")] = code
        # A code may read like a name that two sectors have; then it decides nothing either.
        if often[compared(code)] <= 1:
            kinds[compared(code)] = code
        if often[compared(name)] == 1:
            kinds[compared(name)] = code
            names.append(name)
        else:
            names.append(f"{sector}: {name}")
    areas: dict[str, str] = {}
    area_rows = list(Area.objects.values_list("code", "name", "ons_code"))
    for code, name, ons_code in area_rows:
        areas |= {compared(word): code for word in (code, ons_code, name) if word}
    return Vocabulary(kinds, areas, tuple(names), tuple(name for _, name, _ in area_rows))


def _entry(key: int, part_of: dict[int, int]) -> int:
    while key in part_of:
        key = part_of[key]
    return key


class Register:
    """The register as it is now, by the words under which a file names it: six queries."""

    def __init__(self) -> None:
        self.kinds = {kind.code: kind for kind in Kind.objects.all()}
        self.areas = {area.code: area for area in Area.objects.all()}
        self.organisations = {compared(row.name): row for row in Organisation.objects.select_related("kind")}
        people = {row.pk: row for row in Contact.objects.all()}
        # An entry that was put together with another is found as that other by its address.
        part_of = dict(ContactMerge.objects.filter(undone_at=None).values_list("merged_id", "kept_id"))
        self.contacts = {row.email.lower(): people[_entry(row.pk, part_of)] for row in people.values()}
        self.members = {(row.contact_id, row.organisation_id): row for row in Membership.objects.all()}
        codes = {area.pk: area.code for area in self.areas.values()}
        self.areas_of: dict[int, set[str]] = {}
        for organisation, area in Organisation.areas.through.objects.values_list("organisation_id", "area_id"):
            self.areas_of.setdefault(organisation, set()).add(codes[area])


@dataclass
class Plan:
    """Rows to make and rows to change, with what changes; `problems` are those that only the whole file shows."""

    problems: list[Problem] = field(default_factory=list)
    new_organisations: dict[str, Organisation] = field(default_factory=dict)
    changed_organisations: dict[int, tuple[Organisation, dict[str, Any]]] = field(default_factory=dict)
    new_areas: dict[str, list[Area]] = field(default_factory=dict)
    new_contacts: dict[str, Contact] = field(default_factory=dict)
    changed_contacts: dict[int, tuple[Contact, dict[str, Any]]] = field(default_factory=dict)
    new_members: dict[tuple[str, str], Membership] = field(default_factory=dict)
    changed_members: dict[int, tuple[Membership, dict[str, Any]]] = field(default_factory=dict)
    unchanged: int = 0
    # After each line, how much of the six tables above was named by then, in the order of `_tables`.
    reached: list[tuple[int, ...]] = field(default_factory=list)

    def _tables(self) -> tuple[dict[Any, Any], ...]:
        return (
            self.new_organisations, self.changed_organisations, self.new_contacts, self.changed_contacts,
            self.new_members, self.changed_members,
        )  # fmt: skip

    def mark(self) -> None:
        """Note that a line ends here."""
        self.reached.append(tuple(len(table) for table in self._tables()))

    def lots(self, size: int) -> Iterator[tuple[int, Plan]]:
        """The same in lots of `size` lines: up to which line, and what is done with them.

        What several lines name is done whole with the first of them, so each lot needs only those before it.
        """
        begin: tuple[int, ...] = (0,) * 6
        for start in range(0, len(self.reached), size):
            stop = min(start + size, len(self.reached))
            end = self.reached[stop - 1]
            cut = [
                dict(islice(table.items(), first, last))
                for table, first, last in zip(self._tables(), begin, end, strict=True)
            ]
            begin = end
            lot = Plan(
                new_organisations=cut[0], changed_organisations=cut[1], new_contacts=cut[2], changed_contacts=cut[3],
                new_members=cut[4], changed_members=cut[5],
            )  # fmt: skip
            named = [*lot.new_organisations, *(compared(row.name) for row, _ in lot.changed_organisations.values())]
            lot.new_areas = {name: self.new_areas[name] for name in named if name in self.new_areas}
            yield stop, lot

    @property
    def counts(self) -> dict[str, int]:
        """Numbers by what is done, for the preview and the record."""
        return {
            "organisations_added": len(self.new_organisations),
            "organisations_changed": len(self.changed_organisations),
            "people_added": len(self.new_contacts),
            "people_changed": len(self.changed_contacts),
            "roles_added": len(self.new_members),
            "roles_changed": len(self.changed_members),
        }

    @property
    def is_empty(self) -> bool:
        """Whether the register already says all of it."""
        return not any(self.counts.values())

    def sample(self, most: int = 100) -> dict[str, Any]:
        """The first names of what is new, and the first changes in words."""
        changes = [
            {"name": str(row), "changes": facts}
            for row, facts in [
                *self.changed_organisations.values(),
                *self.changed_contacts.values(),
                *self.changed_members.values(),
            ]
        ]
        return {
            "organisations": [row.name for row in self.new_organisations.values()][:most],
            "people": [f"{row.name} ({row.email})" for row in self.new_contacts.values()][:most],
            "changes": changes[:most],
        }

    def apply(self) -> None:
        """Write everything in batches; the caller holds the transaction. Raises IntegrityError when overtaken."""
        now = timezone.now()
        Organisation.objects.bulk_create(self.new_organisations.values(), batch_size=BATCH)
        Contact.objects.bulk_create(self.new_contacts.values(), batch_size=BATCH)
        organisations = [row for row, _ in self.changed_organisations.values()]
        contacts = [row for row, _ in self.changed_contacts.values()]
        members = [row for row, _ in self.changed_members.values()]
        changed: list[Organisation | Contact | Membership] = [*organisations, *contacts, *members]
        for row in changed:
            row.updated_at = now
        Organisation.objects.bulk_update(organisations, ["kind", "size", "website", "updated_at"], batch_size=BATCH)
        Contact.objects.bulk_update(contacts, ["job_title", "phone", "updated_at"], batch_size=BATCH)
        Membership.objects.bulk_update(members, ["role", "updated_at"], batch_size=BATCH)
        self._place()
        Membership.objects.bulk_create(self.new_members.values(), batch_size=BATCH)

    def _place(self) -> None:
        through = Organisation.areas.through
        moved = [pk for pk, (_, facts) in self.changed_organisations.items() if "areas" in facts]
        rows = {compared(row.name): row for row, _ in self.changed_organisations.values()} | self.new_organisations
        for start in range(0, len(moved), BATCH):
            through.objects.filter(organisation_id__in=moved[start : start + BATCH]).delete()
        through.objects.bulk_create(
            [through(organisation=rows[name], area=area) for name, areas in self.new_areas.items() for area in areas],
            batch_size=BATCH,
        )


def work_out(lines: list[Line]) -> Plan:
    """What these lines would do to the register of this moment. Raises nothing: what cannot be is in `problems`."""
    register, plan = Register(), Plan()
    good = _without_contradictions(lines, register, plan)
    for line in _with_a_kind(good, register, plan):
        done = [
            _plan_organisation(line, register, plan),
            _plan_contact(line, register, plan),
            _plan_membership(line, register, plan),
        ]
        plan.unchanged += not any(done)
        plan.mark()
    plan.problems.sort(key=lambda problem: problem.row)
    return plan


# --- what only the whole file and the register show -----------------------------------------------------


def _without_contradictions(lines: list[Line], register: Register, plan: Plan) -> list[Line]:
    """The lines that agree with the lines before them and with the register."""
    good: list[Line] = []
    said: dict[tuple[str, str], tuple[int, Any]] = {}
    people: dict[str, Line] = {}
    pairs: dict[tuple[str, str], int] = {}
    for line in lines:
        reasons = [
            *_against_register(line, register),
            *_against_people(line, people),
            *_against_facts(line, said),
            *_twice(line, pairs),
        ]
        if reasons:
            plan.problems.append(Problem(line.row, reasons, cells_of(line)))
            continue
        good.append(line)
        name = compared(line.organisation)
        for fact in ("kind", "areas", "size", "website"):
            if getattr(line, fact):
                said.setdefault((name, fact), (line.row, getattr(line, fact)))
        if line.email:
            people.setdefault(line.email, line)
        pairs.setdefault((name, line.email), line.row)
    return good


def _against_register(line: Line, register: Register) -> list[str]:
    reasons = []
    organisation = register.organisations.get(compared(line.organisation)) if line.organisation else None
    if organisation is not None and organisation.closed_at is not None:
        reasons.append(f"{organisation.name} is closed in the register. Open it again first, or leave the row out.")
    contact = register.contacts.get(line.email) if line.email else None
    if contact is not None and compared(contact.name) != compared(line.contact):
        reasons.append(
            f"{line.email} already belongs to {contact.name} in the register. Use that name, or another address."
        )
    if contact is not None and organisation is not None:
        held = register.members.get((contact.pk, organisation.pk))
        if held is not None and held.has_ended:
            reasons.append(
                f"{contact.name} has left {organisation.name}. If they are back, add them on the organisation's page."
            )
    return reasons


def _against_people(line: Line, people: dict[str, Line]) -> list[str]:
    first = people.get(line.email) if line.email else None
    if first is None:
        return []
    if compared(first.contact) != compared(line.contact):
        return [f"{line.email} belongs to {first.contact} in row {first.row}. One address is one person."]
    return [
        f"Row {first.row} gives {first.contact} another {label}."
        for name, label in (("job_title", "job title"), ("phone", "telephone number"))
        if getattr(line, name) and getattr(first, name) and getattr(line, name) != getattr(first, name)
    ]


def _against_facts(line: Line, said: dict[tuple[str, str], tuple[int, Any]]) -> list[str]:
    if not line.organisation:
        return []
    name = compared(line.organisation)
    reasons = []
    for fact, label in (("kind", "kind"), ("areas", "areas"), ("size", "size"), ("website", "website")):
        first = said.get((name, fact))
        if first is not None and getattr(line, fact) and getattr(line, fact) != first[1]:
            reasons.append(f"Row {first[0]} says something else about the {label} of {line.organisation}.")
    return reasons


def _twice(line: Line, pairs: dict[tuple[str, str], int]) -> list[str]:
    first = pairs.get((compared(line.organisation), line.email))
    if first is None:
        return []
    return [f"Row {first} already has {line.contact or line.organisation}{' there' if line.contact else ''}."]


def _with_a_kind(lines: list[Line], register: Register, plan: Plan) -> list[Line]:
    """The lines whose organisation is known, or gets a kind from a good line of the file."""
    given = {compared(line.organisation) for line in lines if line.kind}
    good = []
    for line in lines:
        name = compared(line.organisation)
        if not line.organisation or name in register.organisations or name in given:
            good.append(line)
        else:
            reason = f"{line.organisation} is new to the register and needs a kind."
            plan.problems.append(Problem(line.row, [reason], cells_of(line)))
    return good


def cells_of(line: Line) -> dict[str, str]:
    """The line as cells again, for the list of bad rows."""
    return {
        "organisation": line.organisation,
        "contact name": line.contact,
        "contact e-mail": line.email,
    }


# --- what is done ---------------------------------------------------------------------------------------


# Each takes one line into the plan and says whether it brought anything new.


def _plan_organisation(line: Line, register: Register, plan: Plan) -> bool:
    if not line.organisation:
        return False
    name = compared(line.organisation)
    known = register.organisations.get(name)
    is_new = known is None and name not in plan.new_organisations
    row = known or plan.new_organisations.setdefault(name, Organisation(name=line.organisation))
    changes: dict[str, Any] = {}
    if line.kind and (row.kind_id is None or row.kind.code != line.kind):
        changes["kind"] = [row.kind.name if row.kind_id else "", register.kinds[line.kind].name]
        row.kind = register.kinds[line.kind]
    for fact in ("size", "website"):
        if getattr(line, fact) and getattr(row, fact) != getattr(line, fact):
            changes[fact] = [getattr(row, fact), getattr(line, fact)]
            setattr(row, fact, getattr(line, fact))
    if line.areas and name not in plan.new_areas:
        before = register.areas_of.get(known.pk, set()) if known else set()
        if before != set(line.areas):
            changes["areas"] = [_area_names(before, register), _area_names(line.areas, register)]
            plan.new_areas[name] = [register.areas[code] for code in line.areas]
    if known and changes:
        plan.changed_organisations.setdefault(known.pk, (known, {}))[1].update(changes)
    return is_new or bool(changes)


def _area_names(codes: Any, register: Register) -> str:
    return ", ".join(sorted(register.areas[code].name for code in codes))


def _plan_contact(line: Line, register: Register, plan: Plan) -> bool:
    if not line.email:
        return False
    known = register.contacts.get(line.email)
    is_new = known is None and line.email not in plan.new_contacts
    row = known or plan.new_contacts.setdefault(line.email, Contact(name=line.contact, email=line.email))
    changes = {}
    for fact in ("job_title", "phone"):
        if getattr(line, fact) and getattr(row, fact) != getattr(line, fact):
            changes[fact] = [getattr(row, fact), getattr(line, fact)]
            setattr(row, fact, getattr(line, fact))
    if known and changes:
        plan.changed_contacts.setdefault(known.pk, (known, {}))[1].update(changes)
    return is_new or bool(changes)


def _plan_membership(line: Line, register: Register, plan: Plan) -> bool:
    if not line.email or not line.organisation:
        return False
    name = compared(line.organisation)
    contact = register.contacts.get(line.email) or plan.new_contacts[line.email]
    organisation = register.organisations.get(name) or plan.new_organisations[name]
    held = register.members.get((contact.pk, organisation.pk)) if contact.pk and organisation.pk else None
    if held is None:
        role = line.role or Membership.Role.CONTRIBUTOR
        plan.new_members[line.email, name] = Membership(contact=contact, organisation=organisation, role=role)
        return True
    if line.role and held.role != line.role:
        held.contact, held.organisation = contact, organisation
        plan.changed_members[held.pk] = (held, {"role": [held.role, line.role]})
        held.role = line.role
        return True
    return False
