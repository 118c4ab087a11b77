"""Groups and questions of a workbook on their way to pages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from consultations.surveys.definition import Page, Question
from consultations.surveys.xlsform.columns import Row

LONGEST_NAME = 80
LONGEST_TITLE = 200


@dataclass
class Group:
    """An open group: its name, title and condition, and what its table of radios is called."""

    name: str
    kind: str
    row: Row
    title: str = ""
    # With the conditions of the groups around it, and its own alone.
    relevance: str = ""
    own_relevance: str = ""
    appearance: str = ""
    is_table: bool = False
    parent: Group | None = None
    intro: str = ""
    names: set[str] = field(default_factory=set)


@dataclass
class Draft:
    """A question on its way, with what is needed to make a matrix of several."""

    question: Question
    appearance: str
    row: Row
    # The innermost group around it, None at the top.
    group: Group | None


def paged(drafts: list[Draft], rows: dict[str, int]) -> list[Page]:
    """Questions of one group stand on its page, others each on their own; a text to read goes with what follows.

    `rows` gets the row of each page that is a group.
    """
    pages: list[Page] = []
    taken: set[str] = set()
    waiting: list[Question] = []
    current: Group | None = None
    for draft in drafts:
        group = draft.group
        if group is not None and group is current:
            pages[-1] = replace(pages[-1], questions=(*pages[-1].questions, draft.question))
            continue
        current = group
        if group is None:
            waiting.append(draft.question)
            if draft.question.kind == "note" and not _is_last(draft, drafts):
                continue
            pages.append(Page(_free(f"page_{draft.question.code}", taken), questions=tuple(waiting)))
        else:
            if waiting and group.relevance:
                # Everybody reads it, and only some see the group.
                pages.append(Page(_free(f"page_{waiting[0].code}", taken), questions=tuple(waiting)))
                waiting = []
            code = _free(group.name, taken)
            pages.append(Page(code, _title(group), group.intro, group.relevance, (*waiting, draft.question)))
            rows.setdefault(code, group.row.number)
        waiting = []
    return pages


def _title(group: Group) -> str:
    """The group's own title, else that of the nearest group around it."""
    title, around = group.title, group.parent
    while not title and around is not None:
        title, around = around.title, around.parent
    return title[:LONGEST_TITLE]


def both(first: str, second: str) -> str:
    return f"({first}) and ({second})" if first and second else first or second


def _is_last(draft: Draft, drafts: list[Draft]) -> bool:
    return draft is drafts[-1]


def _free(code: str, taken: set[str]) -> str:
    base, number = code[: LONGEST_NAME - 4], 2
    code = base
    while code in taken:
        code, number = f"{base}_{number}", number + 1
    taken.add(code)
    return code
