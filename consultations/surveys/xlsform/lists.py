"""The choices of a workbook: every list with its entries, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field

from consultations.surveys.definition import Choice
from consultations.surveys.xlsform.columns import Column, Row
from consultations.surveys.xlsform.expressions import REFERENCE
from consultations.surveys.xlsform.messages import Message
from consultations.surveys.xlsform.texts import Texts, is_yes


@dataclass
class Lists:
    """Lists by name. `translations` holds the texts of choices by language and path."""

    choices: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    rows: dict[str, int] = field(default_factory=dict)


def read_lists(
    sheet_name: str,
    columns: list[Column],
    rows: list[Row],
    texts: Texts,
    messages: list[Message],
    *,
    may_repeat: bool,
) -> Lists:
    """The lists of one sheet. A row without a list is passed over with a note; one without a name is an error."""
    lists = Lists()
    found: dict[str, dict[str, Choice]] = {}
    without_label: dict[str, int] = {}
    if not any(column.name == "list_name" for column in columns) and rows:
        messages.append(Message(sheet_name, 1, "list_name", "There is no column “list_name”.", is_error=True))
        return lists
    for row in rows:
        name, code = row["list_name"], row["name"]
        if not name:
            messages.append(Message(sheet_name, row.number, "list_name", "The row names no list and is passed over."))
            continue
        lists.rows.setdefault(name, row.number)
        if not code:
            messages.append(Message(sheet_name, row.number, "name", "The choice has no name.", is_error=True))
            continue
        path = f"choice:{name}:{'_'.join(code.split())}:label"
        label = texts.of(row, "label", path)
        if "${" in "".join(row.texts.get("label", {}).values()):
            label = REFERENCE.sub("…", label)
            texts.change(path, lambda text: REFERENCE.sub("…", text))
            text = "The wording of a choice cannot show an answer here; it is shown as “…”."
            messages.append(Message(sheet_name, row.number, row.heading("label"), text))
        if not label:
            without_label.setdefault(name, row.number)
        _add(found.setdefault(name, {}), _choice(row, code, label), name, row, sheet_name, messages, may_repeat)
    for name, number in without_label.items():
        messages.append(
            Message(sheet_name, number, "label", f"Choices of “{name}” have no label; their name is shown instead.")
        )
    lists.choices = {name: tuple(choices.values()) for name, choices in found.items()}
    return lists


def _choice(row: Row, code: str, label: str) -> Choice:
    known = {key: value for key, value in row.cells.items() if key not in {"list_name", "name", "exclusive", "media"}}
    # Headings with colons are texts in languages and media, which conditions cannot name.
    other = {heading.strip(): value for heading, value in row.other.items() if ":" not in heading}
    return Choice("_".join(code.split()), label or code, is_yes(row["exclusive"]), {**known, **other})


def _add(
    choices: dict[str, Choice],
    choice: Choice,
    list_name: str,
    row: Row,
    sheet_name: str,
    messages: list[Message],
    may_repeat: bool,
) -> None:
    if " " in row["name"].strip():
        text = f"The name “{row['name']}” has spaces; it becomes “{choice.code}”."
        messages.append(Message(sheet_name, row.number, "name", text))
    if choice.code not in choices:
        choices[choice.code] = choice
        return
    if not may_repeat:
        text = f"The name “{choice.code}” stands twice in the list “{list_name}”. Give one of them another name."
        messages.append(Message(sheet_name, row.number, "name", text, is_error=True))
        return
    number = 2
    while f"{choice.code}_{number}" in choices:
        number += 1
    code = f"{choice.code}_{number}"
    choices[code] = Choice(code, choice.label, choice.is_exclusive, choice.attributes)
    text = f"The name “{choice.code}” stands twice in the list “{list_name}”; this one becomes “{code}”."
    messages.append(Message(sheet_name, row.number, "name", text))
