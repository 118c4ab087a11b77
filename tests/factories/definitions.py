"""Hypothesis strategies for whole survey documents: every kind of question, entries, conditions, languages, defaults.

What they make is what the builder and the importer can make: it can be published, but for what a person must see to.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from consultations.surveys import kinds
from consultations.surveys.definition import Choice, Definition, Page, Question
from engagement.core.uploads import GROUPS

LANGUAGES = ("cy", "pl", "Soomaali")
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn", "Co"))
# A text as a form of ours keeps it: without space around it and without references that nobody meant.
words = (
    st.text(st.one_of(LETTERS, st.sampled_from(" \n'\"=<>&{}|_\u00a0")), min_size=1, max_size=16)
    .map(lambda text: text.strip().replace("${", "$"))
    .filter(bool)
)
# Also such as XForms has for itself, and such as differ in case only.
codes = st.one_of(
    st.from_regex(r"[a-zA-Z][a-zA-Z0-9_.\-]{0,8}", fullmatch=True),
    st.sampled_from(["data", "meta", "Data", "a", "A", "é1", "x_other", "instanceID"]),
).filter(lambda code: not code.endswith(("__other", "__comment")))
choice_codes = st.one_of(codes, st.from_regex(r"[0-9]{1,3}", fullmatch=True)).filter(lambda code: code != "other")
numbers = st.one_of(
    st.integers(-(10**12), 10**12),
    st.floats(-1e12, 1e12, allow_nan=False).filter(lambda number: not number.is_integer()),
)


@st.composite
def choice_lists(draw: st.DrawFn, names: st.SearchStrategy[str] = choice_codes) -> tuple[Choice, ...]:
    """A list of choices, some of which exclude the others."""
    found = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    keys = st.sampled_from(["region", "area_code", "group"])
    return tuple(
        Choice(name, draw(words), draw(st.booleans()), draw(st.dictionaries(keys, words, max_size=1))) for name in found
    )


class _Known:
    """What a question can refer to at its place: codes of earlier questions, and of repeated pages."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.repeats: list[str] = []

    def inside(self) -> _Known:
        """The same for an entry: what is asked there is known there only."""
        known = _Known()
        known.asked, known.repeats = list(self.asked), list(self.repeats)
        return known

    def condition(self, draw: st.DrawFn) -> str:
        """A condition on one or two of them; often none."""
        found = [self._simple(draw) for _ in range(draw(st.sampled_from([0, 0, 1, 2])))]
        return draw(st.sampled_from([" and ", " or "])).join(part for part in found if part)

    def _simple(self, draw: st.DrawFn) -> str:
        if self.repeats and draw(st.integers(0, 2)) == 0:
            return f"${{{draw(st.sampled_from(self.repeats))}}} >= {draw(st.integers(0, 5))}"
        if not self.asked:
            return ""
        question = draw(st.sampled_from(self.asked))
        reference = f"${{{question.code}}}"
        if question.kind == "consent":
            return draw(
                st.sampled_from([f"{reference} = 'ok'", f"'ok' != {reference}", f"selected({reference}, 'ok')"])
            )
        if question.choices and question.kind in {"single", "multiple", "ranking"}:
            code = draw(st.sampled_from(question.choices)).code
            return f"selected({reference}, '{code}')"
        return draw(
            st.sampled_from([f"{reference} != ''", f"string-length({reference}) > 2", f"({reference} = 'a  b')"])
        )

    def text(self, draw: st.DrawFn) -> str:
        """A text that may show an earlier answer."""
        text = draw(words)
        shown = [question.code for question in self.asked] + self.repeats
        if shown and draw(st.integers(0, 3)) == 0:
            text = f"{text} ${{{draw(st.sampled_from(shown))}}}"
        return text

    def seldom(self, draw: st.DrawFn) -> str:
        return self.text(draw) if draw(st.integers(0, 3)) == 0 else ""


@st.composite
def definitions(draw: st.DrawFn, of_kinds: tuple[str, ...] = tuple(kinds.KINDS)) -> Definition:
    """A survey of one to four pages with questions of these kinds."""
    names = draw(st.lists(codes, min_size=20, max_size=20, unique=True))
    lists = {f"list_{number}": draw(choice_lists()) for number in range(3)}
    known = _Known()
    pages = []
    for _ in range(draw(st.integers(1, 4))):
        page, known = draw(_pages(names, lists, known, of_kinds))
        pages.append(page)
    bare = Definition(
        code=draw(st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?", fullmatch=True)),
        title=draw(words),
        intro=draw(st.one_of(st.just(""), words)),
        language=draw(st.sampled_from(["en", "fr"])),
        pages=tuple(pages),
    )
    return Definition(**{**bare.__dict__, "translations": draw(_translations(bare, known))})


@st.composite
def _pages(
    draw: st.DrawFn, names: list[str], lists: dict[str, tuple[Choice, ...]], known: _Known, of_kinds: tuple[str, ...]
) -> tuple[Page, _Known]:
    code, repeats = names.pop(), draw(st.integers(0, 2)) == 0
    facts: dict[str, Any] = {
        "title": known.seldom(draw),
        "intro": known.seldom(draw),
        "relevance": known.condition(draw),
    }
    inside = known.inside() if repeats else known
    questions = []
    for _ in range(draw(st.integers(1 if repeats else 0, 3))):
        # A page is cut where a question depends on its own page, so what is asked here is known on the next.
        at_hand = inside if repeats else known
        questions.append(draw(_questions(names.pop(), lists, at_hand, of_kinds)))
        if repeats:
            _learn(inside, questions[-1])
    if repeats:
        # Somebody must be able to answer something in an entry.
        questions.append(Question(names.pop(), "integer", draw(words)))
        least, most = draw(st.sampled_from([(None, None), (1, 3), (1, None), (2, 2), (None, 5)]))
        page = Page(
            code,
            **facts,
            questions=tuple(questions),
            repeats=True,
            entry_name=draw(st.one_of(st.just(""), words)),
            least_entries=least,
            most_entries=most,
        )
        after = known.inside()
        after.repeats.append(code)
        return page, after
    after = known.inside()
    for question in questions:
        _learn(after, question)
    return Page(code, **facts, questions=tuple(questions)), after


def _learn(known: _Known, question: Question) -> None:
    if question.has_value:
        known.asked.append(question)


@st.composite
def _questions(
    draw: st.DrawFn, code: str, lists: dict[str, tuple[Choice, ...]], known: _Known, of_kinds: tuple[str, ...]
) -> Question:
    kind = kinds.KINDS[draw(st.sampled_from(of_kinds))]
    facts: dict[str, Any] = {"relevance": known.condition(draw), "hint": known.seldom(draw)}
    has_list = kind.has_choices and (kind.needs_choices or draw(st.booleans()))
    if kind.fixed:
        facts["choices"] = kind.fixed
    elif has_list:
        facts["list_code"] = draw(st.sampled_from(sorted(lists)))
        facts["choices"] = lists[facts["list_code"]]
    if kind.has_rows:
        facts["row_list_code"] = draw(st.sampled_from([f"{code}_rows", f"{code}_statements"]))
        facts["rows"] = tuple(Choice(choice.code, choice.label, choice.is_exclusive) for choice in draw(choice_lists()))
    if kind.offers_other:
        facts["has_other"] = draw(st.booleans())
    if kind.is_answered:
        facts |= {
            "required": draw(st.booleans()),
            "required_message": known.seldom(draw),
            "guidance": known.seldom(draw),
        }
    if kind.is_answered and kind.takes_rule and draw(st.booleans()):
        facts["constraint"] = draw(st.sampled_from(["string-length(.) < 50", f"${{{code}}} != 'a  b'"]))
        facts["constraint_message"] = draw(words)
    if kind.has_value:
        facts["personal"] = draw(st.booleans())
    bare = Question(code, kind.name, known.text(draw), **facts)
    return Question(**{**bare.__dict__, "settings": draw(_settings(bare, known))})


@st.composite
def _settings(draw: st.DrawFn, question: Question, known: _Known) -> dict[str, Any]:
    kind = kinds.of(question)
    values: dict[str, st.SearchStrategy[Any]] = {
        **dict.fromkeys(("least", "most"), numbers),
        **dict.fromkeys(("least_choices", "most_choices", "most_files", "most_megabytes"), st.integers(1, 9)),
        **dict.fromkeys(("width", "height", "word_limit"), st.integers(1, 4000)),
        "rows": st.integers(2, 30),
        "total": st.integers(1, 1000),
        "coordinates": st.just(True),
        "low_label": words,
        "high_label": words,
        "picture": st.from_regex(r"[0-9a-f]{12}", fullmatch=True),
        "file_types": st.lists(st.sampled_from(sorted(GROUPS)), min_size=1, max_size=3, unique=True),
    }
    given = [name for name in kind.settings if name in values and (kind.name == "image" or draw(st.booleans()))]
    settings = {name: draw(values[name]) for name in given}
    if kind.name == "image":
        settings |= {"width": draw(values["width"]), "height": draw(values["height"])}
    if kind.offers_comment and draw(st.booleans()):
        settings["comment"] = True
    if question.kind == "calculated":
        settings["calculation"] = _calculation(draw, known)
    if question.kind in {"single", "multiple", "ranking"} and draw(st.integers(0, 3)) == 0:
        settings["choice_filter"] = known.condition(draw) or "region != 'x  y'"
    default = draw(_defaults(question, settings)) if draw(st.booleans()) else None
    return settings if default is None else {**settings, "default": default}


def _calculation(draw: st.DrawFn, known: _Known) -> str:
    parts = [f"${{{question.code}}}" for question in known.asked] + [f"${{{code}}}" for code in known.repeats]
    if not parts:
        return "1 + 2"
    return f"concat({draw(st.sampled_from(parts))}, ' ', '{draw(st.integers(0, 9))}')"


@st.composite
def _defaults(draw: st.DrawFn, question: Question, settings: dict[str, Any]) -> Any:
    kind, chosen = question.kind, [choice.code for choice in question.choices]
    some = st.lists(st.sampled_from(chosen), min_size=1, unique=True) if chosen else st.none()
    of_rows = {"matrix": st.sampled_from(chosen or [""]), "matrix_several": some, "constant_sum": st.integers(1, 99)}
    if kind in of_rows:
        return {row.code: draw(of_rows[kind]) for row in question.rows[:2]}
    found: dict[str, st.SearchStrategy[Any]] = {
        **dict.fromkeys(
            ("short_text", "long_text", "email", "phone", "url", "hidden"),
            st.one_of(words, st.sampled_from(["today()", "'quoted'", "0", "01"])).filter(
                lambda text: not ("'" in text and '"' in text)
            ),
        ),
        **dict.fromkeys(("single", "scale", "yes_no"), st.sampled_from(chosen or [""])),
        **dict.fromkeys(("multiple", "ranking"), some),
        "integer": st.integers(-(10**9), 10**9),
        "decimal": numbers,
        "date": st.dates().map(lambda day: day.isoformat()),
        "time": st.times().map(lambda time: f"{time:%H:%M}"),
        "consent": st.just("ok"),
    }
    if kind == "location":
        if not settings.get("coordinates"):
            return {"place": draw(words.filter(lambda text: not ("'" in text and '"' in text)))}
        return {"lat": draw(st.floats(-89.5, 89.5).map(_fixed)), "lon": draw(st.floats(-179.5, 179.5).map(_fixed))}
    return draw(found.get(kind, st.none()))


def _fixed(number: float) -> float:
    return round(number, 5) + 0.0


@st.composite
def _translations(draw: st.DrawFn, definition: Definition, known: _Known) -> dict[str, dict[str, str]]:
    """Translations of some texts into up to two languages."""
    paths = ["survey:title", *(["survey:intro"] if definition.intro else [])]
    for page in definition.pages:
        paths += [f"page:{page.code}:title"] if page.title else []
        paths += [f"page:{page.code}:intro"] if page.intro else []
        paths += [f"page:{page.code}:entry_name"] if page.entry_name else []
        for question in page.questions:
            paths += [
                f"question:{question.code}:{name}"
                for name in ("label", "hint", "guidance", "required_message", "constraint_message")
                if getattr(question, name)
            ]
            if question.list_code:
                paths += [f"choice:{question.list_code}:{choice.code}:label" for choice in question.choices]
            paths += [f"choice:{question.row_list_code}:{row.code}:label" for row in question.rows]
    found = {}
    for language in draw(st.lists(st.sampled_from(LANGUAGES), max_size=2, unique=True)):
        chosen = draw(st.lists(st.sampled_from(paths), min_size=1, max_size=6, unique=True))
        found[language] = {path: draw(words) for path in chosen}
    return found
