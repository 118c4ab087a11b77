"""Finds every row and cell of a filled-in template that cannot be taken, all at once, and says what the others give.

Answers are read by the fields that respondents type into, so that nothing is accepted here which the pages refuse; a
missing answer is no fault, since nobody can be asked again.
"""

from __future__ import annotations

from collections.abc import Iterable

from consultations.programme.models import Consultation
from consultations.submissions.bulk.cells import Answers, whole
from consultations.submissions.bulk.planned import Checked
from consultations.submissions.bulk.reading import Problem, Read, Table
from consultations.submissions.bulk.sheet import ENTRY, FIXED, FIXED_NAMES, columns_of
from consultations.submissions.bulk.whom import Facts, person_and_paper
from consultations.surveys.definition import Definition


def check(read: Read, consultation: Consultation, definition: Definition) -> Checked:
    """Every row looked at; no database row is written."""
    checked = Checked(read.file_name, problems=list(read.problems))
    columns = [
        column for page in definition.pages if not page.repeats for column in columns_of(page, {}, with_ticks=True)
    ]
    _check_names(read.responses, [*FIXED_NAMES, *(column.name for column in columns)], definition, checked)
    facts = Facts(consultation, read)
    seen: dict[str, int] = {}
    for row in read.responses.rows:
        planned = person_and_paper(row, read.responses.sheet, facts, checked)
        reference = planned.reference
        if reference in seen:
            text = f"The reference {reference} stands in row {seen[reference]} already. Give each paper one of its own."
            checked.problems.append(Problem(read.responses.sheet, row.number, "reference", text))
        elif reference:
            seen[reference] = row.number
        if reference in facts.present:
            checked.present.append(reference)
            continue
        Answers(definition, read, checked).take(row, planned)
        checked.planned.append(planned)
    _check_entries(read, definition, seen, checked)
    # A cell with a formula is named once, whatever its last value looked like.
    formulas = {(one.sheet, one.row, one.column) for one in read.problems if one.row}
    rest = [one for one in checked.problems if (one.sheet, one.row, one.column) not in formulas]
    found = dict.fromkeys([*read.problems, *rest])
    checked.problems = sorted(found, key=lambda one: (one.sheet != read.responses.sheet, one.sheet, one.row))
    return checked


def _check_names(table: Table, known: Iterable[str], definition: Definition, checked: Checked) -> None:
    """Columns that the template has not: those of values that nobody fills in are passed over, others are refused."""
    names = set(known)
    unasked = {question.code for question in definition.questions() if not question.is_answered}
    for name in dict.fromkeys(name for name in table.names if name):
        if name in names:
            continue
        if name in unasked:
            text = "Nobody fills this in, so the column is passed over."
            checked.notes.append(Problem(table.sheet, table.head, name, text))
        elif any(name in row.cells for row in table.rows):
            text = "There is no such column in the template of this survey. Correct its name or delete it."
            checked.problems.append(Problem(table.sheet, table.head, name, text))
    for fixed in FIXED:
        if fixed.needed and fixed.name not in table.names:
            text = f"The column “{fixed.name}” ({fixed.words.lower()}) is missing."
            checked.problems.append(Problem(table.sheet, table.head, fixed.name, text))


def _check_entries(read: Read, definition: Definition, seen: dict[str, int], checked: Checked) -> None:
    """Rows of repeated pages that belong to no response, and more of them than there may be."""
    for page in definition.pages:
        table = read.entries.get(page.code)
        if table is None:
            continue
        known = ["reference", ENTRY, *(column.name for column in columns_of(page, {}, with_ticks=True))]
        _check_entry_names(table, known, checked)
        counts: dict[str, int] = {}
        for row in table.rows:
            reference = row.cells.get("reference", "").upper()
            if reference not in seen:
                text = f"No response in the sheet “{read.responses.sheet}” has this reference."
                checked.problems.append(Problem(table.sheet, row.number, "reference", text))
            if not whole(row.cells.get(ENTRY, "")):
                text = "Write the number of the entry: 1 for the first, 2 for the second."
                checked.problems.append(Problem(table.sheet, row.number, ENTRY, text))
            counts[reference] = counts.get(reference, 0) + 1
            if page.most_entries is not None and counts[reference] == page.most_entries + 1:
                text = f"There is room for {page.most_entries} of these for one response."
                checked.problems.append(Problem(table.sheet, row.number, "reference", text))


def _check_entry_names(table: Table, known: list[str], checked: Checked) -> None:
    for name in dict.fromkeys(name for name in table.names if name and name not in known):
        if any(name in row.cells for row in table.rows):
            text = "There is no such column in the template of this survey. Correct its name or delete it."
            checked.problems.append(Problem(table.sheet, table.head, name, text))
