"""What differs between two documents of a survey, and what that means for people who are answering."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from consultations.surveys.conditions import in_words
from consultations.surveys.definition import Choice, Definition, Page, Question

WORDING, ADDITIVE, NARROWING, FORBIDDEN = "wording", "additive", "narrowing", "forbidden"
CLASSES = (WORDING, ADDITIVE, NARROWING, FORBIDDEN)
CONSEQUENCES = {
    WORDING: "Responses in progress show the new wording the next time a page is opened.",
    ADDITIVE: "Responses in progress move to this version. New questions that must be answered are marked as missing.",
    NARROWING: (
        "You choose below what becomes of responses in progress. Nothing is deleted either way, and responses that "
        "were sent keep the version they answered."
    ),
}
# Settings that only change how a question looks.
LOOKS = frozenset({"rows", "low_label", "high_label", "appearance", "picture", "width", "height"})
LOWER_IS_STRICTER = frozenset({"most", "most_choices", "word_limit", "most_files", "most_megabytes"})
HIGHER_IS_STRICTER = frozenset({"least", "least_choices"})
WORDS = {
    "label": "the wording",
    "hint": "the hint",
    "guidance": "the guidance",
    "required_message": "the message when it is left blank",
    "constraint_message": "the message of the rule",
    "theme": "the theme",
    "personal": "whether it holds personal data",
}


@dataclass(frozen=True)
class Change:
    """One difference: its class (one of CLASSES), a sentence, and the code of the question or page."""

    kind: str
    text: str
    code: str = ""


def changes_between(old: Definition, new: Definition) -> list[Change]:
    """Every difference in the order of the new survey, removals last."""
    return [*_of_survey(old, new), *_of_pages(old, new), *_of_questions(old, new)]


def forbidden(earlier: list[Definition], new: Definition) -> list[Change]:
    """Codes that an earlier version used for another kind of question: publishing these is refused."""
    kinds: dict[str, str] = {}
    for definition in earlier:
        for question in definition.questions():
            kinds[question.code] = question.kind
    return [
        Change(
            FORBIDDEN,
            f"The code “{question.code}” was used for another kind of question before. Give this question a new code.",
            question.code,
        )
        for question in new.questions()
        if kinds.get(question.code, question.kind) != question.kind
    ]


def strongest(changes: list[Change]) -> str:
    """The class of the whole: that of its weightiest part; WORDING for no change."""
    return max((change.kind for change in changes), key=CLASSES.index, default=WORDING)


def told_to_respondents(old: Definition, new: Definition) -> str:
    """One sentence for somebody who began in `old` and goes on in `new`: how many questions came, went, changed.

    "" when nothing changed that a respondent would notice. In the language that is active.
    """
    before = {question.code: question for question in old.questions() if question.is_answered}
    after = {question.code: question for question in new.questions() if question.is_answered}
    kept = [(before[code], after[code]) for code in after if code in before]
    demanded = sum(late.required and not early.required for early, late in kept)
    other = [_texts(early) != _texts(late) for early, late in kept]
    parts = []
    if count := len(after.keys() - before.keys()):
        parts.append(ngettext("%(n)s new question", "%(n)s new questions", count) % {"n": count})
    if count := len(before.keys() - after.keys()):
        parts.append(
            ngettext("%(n)s question is not asked any more", "%(n)s questions are not asked any more", count)
            % {"n": count}
        )
    if demanded:
        parts.append(
            ngettext("%(n)s question must be answered now", "%(n)s questions must be answered now", demanded)
            % {"n": demanded}
        )
    if count := sum(other):
        parts.append(
            ngettext(
                "%(n)s question has another wording or other choices",
                "%(n)s questions have another wording or other choices",
                count,
            )
            % {"n": count}
        )
    if not parts:
        return ""
    return gettext("This survey has changed since you began: %(changes)s. What you answered is kept.") % {
        "changes": ", ".join(parts)
    }


def _texts(question: Question) -> tuple[Any, ...]:
    return question.label, question.hint, question.choices, question.rows


def _of_survey(old: Definition, new: Definition) -> Iterator[Change]:
    for name, words in (("title", "title"), ("intro", "introduction")):
        if getattr(old, name) != getattr(new, name):
            yield Change(WORDING, f"The {words} of the survey changes.")
    if old.theme != new.theme:
        yield Change(WORDING, "The theme of the survey changes.")
    if old.translations != new.translations or old.language != new.language:
        yield Change(WORDING, "Translations change.")


def _of_pages(old: Definition, new: Definition) -> Iterator[Change]:
    before = {page.code: page for page in old.pages}
    for page in new.pages:
        name = f"page “{page.title or page.code}”"
        earlier = before.pop(page.code, None)
        if earlier is None:
            yield Change(ADDITIVE, f"The {name} is new.", page.code)
            continue
        if (page.title, page.intro) != (earlier.title, earlier.intro):
            yield Change(WORDING, f"The heading or introduction of the {name} changes.", page.code)
        yield from _route(page, earlier, f"The {name}", new)
    for page in before.values():
        yield Change(NARROWING, f"The page “{page.title or page.code}” goes.", page.code)
    kept_before = [page.code for page in old.pages if page.code in {p.code for p in new.pages}]
    kept_after = [page.code for page in new.pages if page.code in {p.code for p in old.pages}]
    if kept_before != kept_after:
        yield Change(NARROWING, "The order of the pages changes.")


def _route(new: Page | Question, old: Page | Question, subject: str, definition: Definition) -> Iterator[Change]:
    if new.relevance == old.relevance:
        return
    if not new.relevance:
        yield Change(ADDITIVE, f"{subject} is now shown to everybody.", new.code)
    else:
        words = in_words(new.relevance, definition)
        yield Change(NARROWING, f"{subject} is shown under another condition: when {words}.", new.code)


def _of_questions(old: Definition, new: Definition) -> Iterator[Change]:
    before = {question.code: question for question in old.questions()}
    for question in new.questions():
        earlier = before.pop(question.code, None)
        name = f"“{_short(question.label)}”"
        if earlier is None:
            must = " and must be answered" if question.required else ""
            when = f", when {in_words(question.relevance, new)}" if question.relevance else ""
            yield Change(ADDITIVE, f"The question {name} is new{must}{when}.", question.code)
        elif earlier.kind != question.kind:
            yield Change(
                FORBIDDEN,
                f"The question {name} becomes another kind of question under the same code “{question.code}”.",
                question.code,
            )
        else:
            yield from _of_question(earlier, question, name, new)
            if old.page_of(question.code).code != new.page_of(question.code).code:
                yield Change(NARROWING, f"The question {name} moves to another page.", question.code)
    for question in before.values():
        yield Change(NARROWING, f"The question “{_short(question.label)}” goes.", question.code)
    yield from _order_inside_pages(old, new)


def _order_inside_pages(old: Definition, new: Definition) -> Iterator[Change]:
    for page in new.pages:
        earlier = next((one for one in old.pages if one.code == page.code), None)
        if earlier is None:
            continue
        codes, before = [q.code for q in page.questions], [q.code for q in earlier.questions]
        if [c for c in before if c in codes] != [c for c in codes if c in before]:
            yield Change(WORDING, f"The order on the page “{page.title or page.code}” changes.", page.code)


def _of_question(old: Question, new: Question, name: str, definition: Definition) -> Iterator[Change]:
    for attribute, words in WORDS.items():
        if getattr(old, attribute) != getattr(new, attribute):
            yield Change(WORDING, f"{name}: {words} changes.", new.code)
    if old.required != new.required:
        yield (
            Change(NARROWING, f"{name} must now be answered.", new.code)
            if new.required
            else Change(ADDITIVE, f"{name} no longer has to be answered.", new.code)
        )
    if old.constraint != new.constraint:
        yield (
            Change(NARROWING, f"{name}: the rule for answers changes.", new.code)
            if new.constraint
            else Change(ADDITIVE, f"{name}: the rule for answers goes.", new.code)
        )
    yield from _route(new, old, name, definition)
    yield from _of_choices(old.choices, new.choices, name, new.code, "choice")
    yield from _of_choices(old.rows, new.rows, name, new.code, "statement")
    if old.has_other != new.has_other:
        kind = ADDITIVE if new.has_other else NARROWING
        yield Change(kind, f"{name} {'now offers' if new.has_other else 'no longer offers'} “Other”.", new.code)
    yield from _of_settings(old, new, name)


def _of_choices(old: tuple[Choice, ...], new: tuple[Choice, ...], name: str, code: str, what: str) -> Iterator[Change]:
    before, after = {choice.code: choice for choice in old}, {choice.code: choice for choice in new}
    for choice in new:
        earlier = before.get(choice.code)
        if earlier is None:
            yield Change(ADDITIVE, f"{name}: the {what} “{_short(choice.label)}” is new.", code)
        elif earlier.label != choice.label:
            yield Change(WORDING, f"{name}: the wording of the {what} “{_short(choice.label)}” changes.", code)
        elif (earlier.is_exclusive, earlier.attributes) != (choice.is_exclusive, choice.attributes):
            yield Change(NARROWING, f"{name}: what goes together with “{_short(choice.label)}” changes.", code)
    for choice in old:
        if choice.code not in after:
            yield Change(NARROWING, f"{name}: the {what} “{_short(choice.label)}” goes.", code)
    if [c for c in before if c in after] != [c for c in after if c in before]:
        yield Change(WORDING, f"{name}: the order of its {what}s changes.", code)


def _of_settings(old: Question, new: Question, name: str) -> Iterator[Change]:
    for key in sorted(old.settings.keys() | new.settings.keys()):
        before, after = old.settings.get(key), new.settings.get(key)
        if before == after:
            continue
        if key in LOOKS:
            yield Change(WORDING, f"{name}: how it looks changes.", new.code)
        else:
            kind = ADDITIVE if _is_looser(key, before, after) else NARROWING
            yield Change(kind, f"{name}: the limit “{key.replace('_', ' ')}” changes.", new.code)


def _is_looser(key: str, before: Any, after: Any) -> bool:
    if after is None:
        return True
    if before is None or not isinstance(before, int | float) or not isinstance(after, int | float):
        return False
    return (key in LOWER_IS_STRICTER and after > before) or (key in HIGHER_IS_STRICTER and after < before)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59].rstrip() + "…"
