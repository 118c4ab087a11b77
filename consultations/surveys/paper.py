"""A survey as it is printed: numbered questions, boxes to tick, lines to write on, and the routing in words.

Pure, without a database. What there is to fill in follows from the kind of question (its columns and how figures count
it, see `surveys.kinds`), so that a new kind can be printed without more here. The same numbers stand beside the
questions when staff type in what came by post.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext, ngettext

from consultations.surveys import kinds
from consultations.surveys.conditions import ExpressionError, references
from consultations.surveys.definition import OTHER, QUESTION_TEXTS, Definition, Page, Question
from consultations.surveys.kinds import files
from consultations.surveys.path import PIPED
from consultations.surveys.routing import routing

# A table with more choices than this does not fit a sheet of A4 and is printed row by row.
MOST_COLUMNS = 7
SHORT_LINES, LONG_LINES, COMMENT_LINES = 1, 9, 2
LINES_OF_ROWS = 2  # printed lines for each row of the text box on the screen: people write larger than they type
MOST_LINES = 24
MOST_COPIES = 3


@dataclass(frozen=True)
class Option:
    """A box to tick: its number on the paper (0 for none), its code, its words."""

    number: int
    code: str
    label: str


@dataclass(frozen=True)
class Part:
    """Something to fill in. `shape` says what is printed:

    - ticks: `options`, one box each; with `is_ranked` a box for a number instead of a tick;
    - lines: `lines` lines to write on, `label` before them;
    - day, number: boxes for digits, `label` before them;
    - table: `rows` down, `options` across, a box to tick in each cell, or with `is_numeric` one for a number.
    """

    shape: str
    label: str = ""
    options: tuple[Option, ...] = ()
    rows: tuple[Option, ...] = ()
    lines: int = 0
    is_ranked: bool = False
    is_numeric: bool = False

    @property
    def line_list(self) -> range:
        """One for each line, for a template to go through."""
        return range(self.lines)


@dataclass(frozen=True)
class PaperQuestion:
    """One question; `number` is 0 for a text that asks nothing."""

    number: int
    code: str
    label: str
    hint: str = ""
    how: str = ""
    routing: str = ""
    required: bool = False
    parts: tuple[Part, ...] = ()
    # Of a picture: the settings that say which it is and how large.
    picture: dict[str, Any] | None = None


@dataclass(frozen=True)
class PaperPage:
    """What is asked together. `copies` are the headings under which a page that repeats is printed, each in full."""

    code: str
    title: str
    intro: str = ""
    routing: str = ""
    questions: tuple[PaperQuestion, ...] = ()
    copies: tuple[str, ...] = ("",)
    more: str = ""


@dataclass(frozen=True)
class Paper:
    """The whole survey."""

    title: str
    intro: str
    pages: tuple[PaperPage, ...] = ()
    numbers: dict[str, int] = field(default_factory=dict)


def numbers_of(definition: Definition) -> dict[str, int]:
    """Question code to its number on the paper: every question that asks something, in order, from 1."""
    asked = [question for question in definition.questions() if question.is_answered]
    return {question.code: number for number, question in enumerate(asked, 1)}


def numbered(definition: Definition) -> Definition:
    """The same survey with the number on the paper before each question, for typing in what stands there."""
    numbers = numbers_of(definition)

    def with_number(question: Question) -> Question:
        number = numbers.get(question.code)
        return replace(question, label=f"{number}. {question.label}") if number else question

    return replace(
        definition,
        pages=tuple(
            replace(page, questions=tuple(with_number(question) for question in page.questions))
            for page in definition.pages
        ),
    )


def printed(definition: Definition) -> Paper:
    """The survey as paper. Hidden and calculated values are left out; they are nothing to fill in."""
    numbers = numbers_of(definition)
    writer = _Writer(definition, numbers)
    pages = tuple(writer.page(page, place) for place, page in enumerate(definition.pages))
    return Paper(definition.title, definition.intro, tuple(page for page in pages if page.questions), numbers)


class _Writer:
    def __init__(self, definition: Definition, numbers: dict[str, int]) -> None:
        self.definition, self.numbers = definition, numbers

    def page(self, page: Page, place: int) -> PaperPage:
        questions = tuple(
            self.question(question)
            for question in page.questions
            if question.is_answered or not question.has_value  # a text or a picture is printed, a value is not
        )
        copies, more = self.copies(page)
        return PaperPage(
            code=page.code,
            title=self.text(page.title),
            intro=self.text(page.intro),
            routing=self.page_routing(page, questions, place),
            questions=questions,
            copies=copies,
            more=more,
        )

    def copies(self, page: Page) -> tuple[tuple[str, ...], str]:
        """The headings of a page that is filled in several times, and what to do when they do not suffice."""
        if not page.repeats:
            return ("",), ""
        words = page.entry_name or page.title or gettext("entry")
        many = min(page.most_entries or 2, MOST_COPIES)
        headings = tuple(f"{words[:1].upper()}{words[1:]} {number}" for number in range(1, many + 1))
        if page.most_entries is not None and page.most_entries <= many:
            return headings, ""
        return headings, gettext("Copy this page for each further one (%(what)s), and number them.") % {"what": words}

    def page_routing(self, page: Page, questions: tuple[PaperQuestion, ...], place: int) -> str:
        asked = [question.number for question in questions if question.number]
        condition = routing(page.relevance, self.definition, self.numbers)
        if not condition or not asked:
            return ""
        which = (
            gettext("Answer question %(first)s only if %(condition)s.")
            if len(asked) == 1
            else gettext("Answer questions %(first)s to %(last)s only if %(condition)s.")
        ) % {"first": asked[0], "last": asked[-1], "condition": condition}
        after = asked[-1] + 1
        if after in self.numbers.values():
            return f"{which} {gettext('If not, go on with question %(number)s.') % {'number': after}}"
        return f"{which} {gettext('If not, you are at the end of the questions.')}"

    def question(self, question: Question) -> PaperQuestion:
        texts: dict[str, Any] = {name: self.text(getattr(question, name)) for name in QUESTION_TEXTS}
        question = replace(question, **texts)
        condition = routing(question.relevance, self.definition, self.numbers)
        return PaperQuestion(
            number=self.numbers.get(question.code, 0),
            code=question.code,
            label=question.label,
            hint="\n".join(text for text in (question.hint, question.guidance) if text),
            how=self.how(question),
            routing=gettext("Answer only if %(condition)s.") % {"condition": condition} if condition else "",
            required=question.required,
            parts=tuple(parts_of(question)) if question.is_answered else (),
            picture=question.settings if question.settings.get("picture") else None,
        )

    def how(self, question: Question) -> str:
        """What to do, in a sentence or two."""
        if not question.is_answered:
            return ""
        sentences = [_how(question)]
        expression = question.settings.get("choice_filter")
        if expression and (numbers := self.looked_at(expression)):
            words = gettext("Tick only what fits your answer to question %(numbers)s.")
            sentences.append(words % {"numbers": ", ".join(map(str, numbers))})
        limit = question.settings.get("word_limit")
        if isinstance(limit, int) and limit:
            sentences.append(ngettext("Up to %(limit)s word.", "Up to %(limit)s words.", limit) % {"limit": limit})
        return " ".join(sentence for sentence in sentences if sentence)

    def looked_at(self, expression: str) -> list[int]:
        try:
            codes = references(expression, allow_columns=True)
        except ExpressionError:
            return []
        return sorted({self.numbers[code] for code in codes if code in self.numbers})

    def text(self, text: str) -> str:
        """The text with each `${code}` replaced by where that answer stands on the paper."""

        def place(code: str) -> str:
            number = self.numbers.get(code)
            return gettext("[your answer to question %(number)s]") % {"number": number} if number else "[…]"

        return PIPED.sub(lambda found: place(found[1]), text)


# --- what there is to fill in ------------------------------------------------------------------------------


def parts_of(question: Question) -> Iterator[Part]:
    """What is printed under a question, by how figures count its kind, else column by column."""
    kind = kinds.of(question)
    figure = kind.figure
    if figure in {"several", "choices"}:
        yield Part("ticks", options=_options(question))
    elif figure == "ranks":
        yield Part("ticks", options=_options(question), is_ranked=True)
    elif kind.holds_files:
        # What to do is said in `how`; there is nothing to write.
        return
    elif kind.has_rows:
        yield from _table(question, is_numeric=figure == "row_numbers")
    elif figure in {"numbers", "dates"}:
        yield Part({"numbers": "number", "dates": "day"}[figure])
    else:
        yield from _by_columns(question)
    if question.has_other:
        label = question.choice_labels.get(OTHER, gettext("Other"))
        yield Part("lines", gettext("If “%(other)s”, what is it?") % {"other": label}, lines=SHORT_LINES)
    if question.settings.get("comment"):
        yield Part("lines", gettext("Your comment on this"), lines=COMMENT_LINES)


def _options(question: Question) -> tuple[Option, ...]:
    labels = question.choice_labels or {choice.code: choice.label for choice in kinds.of(question).fixed}
    return _numbered(labels.items())


def _numbered(labels: Iterable[tuple[str, str]]) -> tuple[Option, ...]:
    """Choices with numbers from 1; without (0) where the codes are numbers themselves, since two would confuse."""
    found = list(labels)
    has_numbers = any(code.isdecimal() for code, _ in found)
    return tuple(Option(0 if has_numbers else number, code, label) for number, (code, label) in enumerate(found, 1))


def _table(question: Question, *, is_numeric: bool) -> Iterator[Part]:
    rows = _numbered((row.code, row.label) for row in question.rows)
    options = _options(question)
    if len(options) <= MOST_COLUMNS:
        yield Part("table", options=options, rows=rows, is_numeric=is_numeric)
        return
    for row in rows:
        yield Part("ticks", label=row.label, options=options, is_ranked=is_numeric)


def _by_columns(question: Question) -> Iterator[Part]:
    kind = kinds.of(question)
    columns = kind.columns(question)
    for column in columns:
        label = column.heading.lstrip(": ")
        if column.codes:
            yield Part("ticks", label=label, options=_numbered(column.codes))
        else:
            many = len(columns) > 1
            yield Part("lines", label=label[:1].upper() + label[1:], lines=SHORT_LINES if many else _lines(question))


def _lines(question: Question) -> int:
    if not kinds.of(question).is_coded:
        return SHORT_LINES
    rows = question.settings.get("rows")
    return min(int(rows) * LINES_OF_ROWS, MOST_LINES) if isinstance(rows, int) and rows > 0 else LONG_LINES


def _how(question: Question) -> str:
    kind = kinds.of(question)
    if kind.holds_files:
        most = files.most_files(question)
        return ngettext(
            "Attach a copy on paper, and write the number of this question on it.",
            "Attach up to %(most)s copies on paper, and write the number of this question on each.",
            most,
        ) % {"most": most}
    if kind.figure == "choices":
        return gettext("Tick one box.") if len(_options(question)) > 1 else gettext("Tick the box if you agree.")
    if kind.figure == "several":
        return _limits(question) or ("" if question.hint else gettext("Tick all that apply."))
    if kind.figure == "ranks":
        return gettext("Write 1 beside the first, 2 beside the second, and so on. Leave out what does not matter.")
    if kind.figure == "rows":
        return gettext("Tick one box in each row.")
    if kind.figure == "rows_several":
        return gettext("Tick all that apply in each row.")
    if "total" in kind.settings:
        total = question.settings.get("total") or 100
        return gettext("Write a number in each row. Together they must give %(total)s.") % {"total": total}
    if kind.figure == "row_numbers":
        return gettext("Write a number in each box.")
    return _range(question)


def _limits(question: Question) -> str:
    least, most = question.settings.get("least_choices"), question.settings.get("most_choices")
    if least and most:
        return gettext("Tick from %(least)s to %(most)s boxes.") % {"least": least, "most": most}
    if most:
        return ngettext("Tick %(most)s box.", "Tick up to %(most)s boxes.", most) % {"most": most}
    return ngettext("Tick at least %(n)s box.", "Tick at least %(n)s boxes.", least) % {"n": least} if least else ""


def _range(question: Question) -> str:
    least, most = question.settings.get("least"), question.settings.get("most")
    if least is not None and most is not None:
        return gettext("A number from %(least)s to %(most)s.") % {"least": least, "most": most}
    if least is not None:
        return gettext("At least %(least)s.") % {"least": least}
    return gettext("At most %(most)s.") % {"most": most} if most is not None else ""
