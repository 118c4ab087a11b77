"""Lists of choices as people edit them: one line each, “code | wording”, with “| alone” for an exclusive one."""

from __future__ import annotations

from collections.abc import Iterable

from consultations.surveys.definition import Choice
from consultations.surveys.problems import CODE

ALONE = "alone"
LONGEST_CODE = 60
MOST_LINES = 2000


class BadLines(Exception):
    """Every line that could not be read, as sentences."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def lines_of(choices: Iterable[Choice]) -> str:
    """The list as text, a line for each choice."""
    lines = []
    for choice in choices:
        line = f"{choice.code} | {' '.join(choice.label.split())}"
        lines.append(f"{line} | {ALONE}" if choice.is_exclusive else line)
    return "\n".join(lines)


def read_lines(text: str, *, must_be_names: bool = False) -> list[Choice]:
    """The choices of a text; empty lines are passed over. Raises BadLines with every line that is wrong.

    A line without “|” is a wording whose code is made of it, once. `must_be_names`: codes that begin with a letter,
    as the statements of a matrix need.
    """
    found: list[Choice] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        raise BadLines([f"There are more than {MOST_LINES:,} lines. Keep the list shorter."])
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        choice = _read(line, seen)
        problem = _problem(choice, seen, must_be_names)
        if problem:
            problems.append(f"Line {number}: {problem}")
        else:
            seen[choice.code] = number
            found.append(choice)
    if problems:
        raise BadLines(problems)
    return found


def _read(line: str, seen: dict[str, int]) -> Choice:
    parts = [part.strip() for part in line.split("|")]
    is_alone = len(parts) > 1 and parts[-1].lower() == ALONE
    if is_alone:
        parts.pop()
    if len(parts) == 1:
        return Choice(_code_of(parts[0], seen), parts[0], is_alone)
    return Choice(parts[0], " | ".join(parts[1:]), is_alone)


def _code_of(label: str, seen: dict[str, int]) -> str:
    words = "_".join("".join(c if c.isalnum() else " " for c in label.lower()).split())[:40].rstrip("_") or "choice"
    code, number = words, 2
    while code in seen:
        code, number = f"{words}_{number}", number + 1
    return code


def _problem(choice: Choice, seen: dict[str, int], must_be_names: bool) -> str:
    if not choice.code or not choice.label:
        return "write a code, “|” and the wording, for example “yes | Yes, in part”."
    if len(choice.code.split()) > 1 or len(choice.code) > LONGEST_CODE:
        return f"the code “{choice.code}” must be one word of at most {LONGEST_CODE} characters."
    if must_be_names and not CODE.fullmatch(choice.code):
        return f"the code “{choice.code}” must begin with a letter and have letters, digits, “_”, “-” and “.” only."
    if choice.code in seen:
        return f"the code “{choice.code}” stands already in line {seen[choice.code]}."
    return ""
