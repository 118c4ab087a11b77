"""Groups and questions of a workbook on their way to pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from consultations.surveys.definition import UNASKED, Choice, Page, Question
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
    # Marked as a page of ours: it stays one even when nothing is asked on it.
    is_page: bool = False
    # The code of its page, where that is settled.
    code: str = ""
    # Of a page that is filled in for each entry; asked is what could be referred to before it.
    repeats: bool = False
    entry_name: str = ""
    least_entries: int | None = None
    most_entries: int | None = None
    asked: dict[str, str] = field(default_factory=dict)
    # The kind of table that the group is, and its rows so far.
    table: str = ""
    statements: list[tuple[Row, Choice]] = field(default_factory=list)
    list_names: list[str] = field(default_factory=list)

    @property
    def around(self) -> Iterator[Group]:
        """This group and those around it, from the inside."""
        group: Group | None = self
        while group is not None:
            yield group
            group = group.parent

    @property
    def page(self) -> Group:
        """The group whose page its questions stand on: the repeat around it, else itself."""
        return next((group for group in self.around if group.repeats), self)

    @property
    def relevance_on_page(self) -> str:
        """The conditions of the groups between its page and its questions."""
        found = ""
        for group in self.around:
            if group is self.page:
                break
            found = both(group.own_relevance, found)
        return found


@dataclass
class Draft:
    """A question on its way, with what is needed to make a matrix of several."""

    question: Question
    appearance: str
    row: Row
    # The innermost group around it, None at the top.
    group: Group | None
    # It stands for the title of its group.
    is_heading: bool = False


def paged(drafts: list[Draft], own: list[Group], rows: dict[str, int]) -> list[Page]:
    """Questions of one group stand on its page, others each on their own; what asks nothing goes with what follows.

    `own` are the groups marked as pages, `rows` gets the row of each page that is a group.
    """
    reserved = {group.code for group in own} | _codes_of_repeats(drafts)
    # A page may come to repeat, and its code to be a number in conditions: it is no question's.
    paging = _Paging(rows, reserved | {draft.question.code for draft in drafts})
    for draft in drafts:
        paging.add(draft)
    paging.flush()
    for group in own:
        if id(group) not in paging.made:
            paging.begin(group, [], group.row.number)
    return [page for _, page in sorted(paging.pages, key=lambda numbered: numbered[0])]


class _Paging:
    def __init__(self, rows: dict[str, int], reserved: set[str]) -> None:
        # With the row at which each begins.
        self.pages: list[tuple[int, Page]] = []
        self.rows, self.taken = rows, set(reserved)
        # Groups that have their page, by identity.
        self.made: set[int] = set()
        self.waiting: list[Draft] = []
        self.current: Group | None = None

    def add(self, draft: Draft) -> None:
        group = draft.group.page if draft.group else None
        question = draft.question
        if draft.group is not None and draft.group is not group:
            question = replace(question, relevance=both(draft.group.relevance_on_page, question.relevance))
        if group is None:
            self.current = None
            self.waiting.append(draft)
            if question.kind not in UNASKED:
                self.flush()
        elif group is self.current:
            number, page = self.pages[-1]
            self.pages[-1] = number, replace(page, questions=(*page.questions, question))
        else:
            # Everybody reads what waits, once, and only some see the group.
            if group.relevance or group.repeats or group.is_page:
                self.flush()
            before, self.waiting = self.waiting, []
            number = (before[0] if before else draft).row.number
            self.begin(group, [*(one.question for one in before), question], number)

    def flush(self) -> None:
        """A page for what waits outside of groups, if anything does."""
        if not self.waiting:
            return
        is_asked = self.waiting[-1].question.kind not in UNASKED
        named = self.waiting[-1 if is_asked else 0]
        code = free(f"page_{named.question.code}", self.taken)
        questions = tuple(draft.question for draft in self.waiting)
        self.pages.append((self.waiting[0].row.number, Page(code, questions=questions)))
        self.waiting = []

    def begin(self, group: Group, questions: list[Question], number: int) -> None:
        """A page for a group; one that was left for another begins anew under a code of its own."""
        is_again = id(group) in self.made
        code = group.code if group.code and not is_again else free(group.name, self.taken)
        self.made.add(id(group))
        self.current = group
        self.pages.append((number, _page_of(group, code, questions)))
        self.rows.setdefault(code, group.row.number)


def _page_of(group: Group, code: str, questions: Iterable[Question]) -> Page:
    title = group.title[:LONGEST_TITLE] if group.is_page else _title(group)
    page = Page(code, title, group.intro, group.relevance, tuple(questions))
    if not group.repeats:
        return page
    return replace(
        page,
        repeats=True,
        entry_name=group.entry_name,
        least_entries=group.least_entries,
        most_entries=group.most_entries,
    )


def _codes_of_repeats(drafts: list[Draft]) -> set[str]:
    return {draft.group.page.code for draft in drafts if draft.group is not None and draft.group.page.repeats}


def _title(group: Group) -> str:
    """The group's own title, else that of the nearest group around it."""
    return next((one.title for one in group.around if one.title), "")[:LONGEST_TITLE]


def both(first: str, second: str) -> str:
    return f"({first}) and ({second})" if first and second else first or second


def free(code: str, taken: set[str]) -> str:
    """The code, with a number behind it when it is taken; it counts as taken from now on."""
    base, number = code[: LONGEST_NAME - 4], 2
    code = base
    while code in taken:
        code, number = f"{base}_{number}", number + 1
    taken.add(code)
    return code
