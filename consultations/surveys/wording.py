"""Plain-English checks on the questions of a survey: what a careful colleague would remark. They forbid nothing.

Reading age: the Flesch-Kincaid grade (J. P. Kincaid et al., “Derivation of new readability formulas”, US Naval
Technical Training Command, Research Branch Report 8-75, 1975), 0.39 × words per sentence + 11.8 × syllables per word
- 15.59, plus 5 for the age at which a grade is reached. Syllables are counted by `syllables_in`. The formula says
little about few words, so it is only used from LEAST_WORDS words on for one question, from LEAST_OF_ALL for a survey.

Length of sentences: at most 25 words, as the GOV.UK style guide asks. Questions that ask two things, lead, deny or use
words of the office: the rules of every handbook on questionnaires, see for example D. A. Dillman et al., “Internet,
Phone, Mail, and Mixed-Mode Surveys”, chapter 4. The words themselves stand in `surveys.plainwords`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from consultations.surveys.definition import Choice, Definition, Question
from consultations.surveys.plainwords import JARGON, KNOWN_SHORT_FORMS, LEADING, NEGATIVES, NO_NEGATIVES, PAIRS

LEAST_WORDS = 30
LEAST_OF_ALL = 100
GREATEST_AGE = 30
OLDEST = 16
LONGEST_SENTENCE = 25
LONGEST_CHOICE = 20
MOST_CHOICES = 15
# Kinds on which somebody gives one answer to the whole question.
ONE_ANSWER = frozenset({"single", "scale", "yes_no", "matrix"})

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
SENTENCE_END = re.compile(r"[.!?:;]+(?=\s|$)|\n+")
REFERENCE = re.compile(r"\$\{[^}]*\}")
SHORT_FORM = re.compile(r"\b[A-Z]{2,6}s?\b")
EXPLAINED = re.compile(r"\(([A-Z]{2,6}s?)\)|\b([A-Z]{2,6}s?) \(")
JOINED = re.compile(r"\b([a-z’'-]{3,}) (?:and|as well as) (?:the |their |your |its )?([a-z’'-]{3,})\b")
VOWELS = re.compile(r"[aeiouy]+")
# Vowels side by side that are spoken apart, and endings whose e is silent.
APART = re.compile(
    r"[^cgstx]i(?:a|o(?!u))|(?<![gq])ua[lt]|eo(?!us|n$)|ying|[aeou]ing|oye|[^q]uie|eum|isms?$|[aeiouy]{2}ity"
)
SILENT = re.compile(
    r"[^aeiouyl]e$|[aeiouy]le$|(?<![bcdfgkptsxz]l)(?<![sxzcg])(?<![cs]h)(?<![aeiouy])es$|[^dtaeiouy]ed$"
)
# Common words that the rules get wrong.
EXCEPTIONS = {
    "people": 2, "business": 2, "businesses": 3, "area": 3, "areas": 3, "idea": 3, "ideas": 3, "being": 2, "science": 2,
    "create": 2, "created": 3, "every": 2, "everyone": 3, "evening": 2, "something": 2, "sometimes": 2, "somewhere": 2,
    "real": 2, "really": 2, "whole": 1, "while": 1, "whose": 1, "one": 1, "once": 1, "use": 1, "used": 1, "any": 2,
    "only": 2, "very": 2, "many": 2, "money": 2, "city": 2, "easy": 2, "over": 2, "into": 2, "also": 2, "about": 2,
    "area's": 3, "idea's": 3, "able": 2, "open": 2, "even": 2, "ever": 2, "other": 2, "under": 2, "ago": 2, "away": 2,
    "quiet": 2, "radio": 3, "video": 3, "does": 1, "goes": 1, "housing": 2, "vehicle": 3, "vehicles": 3,
}  # fmt: skip


@dataclass(frozen=True)
class Remark:
    """One remark: the code of the question, the check that made it, and a sentence."""

    code: str
    check: str
    text: str


def is_english(language: str) -> bool:
    """Whether a survey's language is English, as we write it (“en”) and as workbooks do (“English”, “English (en)”)."""
    return language.strip().lower().startswith("en")


# --- reading ---------------------------------------------------------------------------------------------


@cache
def syllables_in(word: str) -> int:
    """About how many syllables an English word has: groups of vowels, without a silent e, at least one."""
    word = "".join(character for character in word.lower() if character.isalpha())
    if word in EXCEPTIONS:
        return EXCEPTIONS[word]
    if len(word) <= 3:
        return 1
    count = len(VOWELS.findall(word)) + len(APART.findall(word)) - (1 if SILENT.search(word) else 0)
    return max(count, 1)


def sentences_in(text: str) -> list[list[str]]:
    """The words of each sentence; headings and lines count as sentences."""
    parts = (WORD.findall(part) for part in SENTENCE_END.split(REFERENCE.sub("it", text)))
    return [words for words in parts if words]


def reading_age(texts: Iterable[str], least: int = LEAST_WORDS) -> int | None:
    """The age in years at which these texts are read with ease, from 5 to GREATEST_AGE; None for too few words."""
    sentences = [words for text in texts for words in sentences_in(text)]
    words = [word for sentence in sentences for word in sentence]
    if len(words) < least:
        return None
    grade = 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables_in, words)) / len(words) - 15.59
    return min(max(5, round(grade + 5)), GREATEST_AGE)


def age_of(definition: Definition) -> int | None:
    """The reading age of all questions, hints and texts of the pages; None for few words or another language."""
    if not is_english(definition.language):
        return None
    texts = [definition.intro]
    for page in definition.pages:
        texts.append(page.intro)
        for question in page.questions:
            texts += [question.label, question.hint, question.guidance]
    return reading_age(texts, LEAST_OF_ALL)


# --- remarks ---------------------------------------------------------------------------------------------


def remarks_in(definition: Definition) -> dict[str, list[Remark]]:
    """What there is to remark, by the code of the question; empty for a survey that is not in English."""
    if not is_english(definition.language):
        return {}
    explained = explained_in(definition)
    found = {question.code: remarks_on(question, explained) for question in definition.questions()}
    return {code: remarks for code, remarks in found.items() if remarks}


def explained_in(definition: Definition) -> frozenset[str]:
    """Short forms that some text of the survey explains, as in “small and medium firms (SMEs)”."""
    texts = [definition.title, definition.intro]
    for page in definition.pages:
        texts += [page.title, page.intro]
        for question in page.questions:
            texts += [question.label, question.hint, question.guidance]
    found = {name for text in texts for pair in EXPLAINED.findall(text) for name in pair if name}
    return frozenset(found | {name.removesuffix("s") for name in found} | {f"{name}s" for name in found})


def remarks_on(question: Question, explained: frozenset[str] = frozenset()) -> list[Remark]:
    """What there is to remark on one question, in English."""
    made = [
        *_length(question),
        *_two_at_once(question),
        *_listed(question),
        *_negatives(question),
        *_short_forms(question, explained),
        *_choices(question),
    ]
    return [Remark(question.code, check, text) for check, text in made]


def _length(question: Question) -> Iterator[tuple[str, str]]:
    longest = max((len(words) for words in sentences_in(f"{question.label}\n{question.hint}")), default=0)
    if longest > LONGEST_SENTENCE:
        yield "length", f"A sentence has {longest} words. Most people lose the thread after {LONGEST_SENTENCE}."
    age = reading_age([question.label, question.hint])
    if age is not None and age > OLDEST:
        yield "reading", f"It reads like a text for people of {age}. Shorter words and sentences reach more people."


def _two_at_once(question: Question) -> Iterator[tuple[str, str]]:
    if question.kind not in ONE_ANSWER:
        return
    label = question.label
    if label.count("?") > 1:
        yield "double", "It asks two questions, and there is one answer. Ask them one after another."
        return
    for text in (label, *(row.label for row in question.rows)) if question.kind != "matrix" else (label,):
        for one, other in JOINED.findall(text.lower()):
            if frozenset((one, other)) not in PAIRS and _asks_for_a_view(text):
                yield "double", f"“{one} and {other}” may be two questions, and there is one answer for both."
                return


def _asks_for_a_view(text: str) -> bool:
    """Whether a question asks how things are valued, where two things at once cannot be answered."""
    begins = (
        "how ", "do you ", "does ", "did you ", "is ", "are ", "was ", "were ", "should ", "would ", "will ", "can ",
        "to what extent", "have you ", "has ",
    )  # fmt: skip
    return text.lower().startswith(begins)


def _listed(question: Question) -> Iterator[tuple[str, str]]:
    texts = (question.label, question.hint, *(row.label for row in question.rows))
    everything = " ".join(texts).lower().replace("’", "'")
    for words in _found(everything, LEADING):
        yield "leading", f"“{words}” may tell people what to answer. Ask without it."
    for words in _found(everything, JARGON):
        yield "jargon", f"“{words}” is a word of the office. Say instead: {JARGON[words]}."


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(re.escape(word) for word in longest_first)})(?![\w-])")


def _found(text: str, words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(_pattern(tuple(words)).findall(text)))


def _negatives(question: Question) -> Iterator[tuple[str, str]]:
    if question.kind not in ONE_ANSWER:
        return
    for text in (question.label, *(row.label for row in question.rows)):
        plain = _pattern(NO_NEGATIVES).sub(" ", text.lower().replace("’", "'"))
        if words := _found(plain, NEGATIVES):
            yield "negative", f"“{words[0]}”: to answer “no” to it is hard to follow. Ask it the positive way round."
            return


def _short_forms(question: Question, explained: frozenset[str]) -> Iterator[tuple[str, str]]:
    texts = (question.label, question.hint, *(one.label for one in (*question.choices, *question.rows)))
    known = KNOWN_SHORT_FORMS | explained
    names = dict.fromkeys(name for text in texts if not text.isupper() for name in SHORT_FORM.findall(text))
    for name in names:
        if name not in known:
            yield (
                "short_form",
                f"“{name}” is not explained. Write it out the first time, with the short form behind it.",
            )


def _choices(question: Question) -> Iterator[tuple[str, str]]:
    longest: Choice | None = max(question.choices, key=lambda choice: len(choice.label.split()), default=None)
    if longest is not None and len(longest.label.split()) > LONGEST_CHOICE:
        yield "choices", f"The choice “{' '.join(longest.label.split()[:6])} …” has more than {LONGEST_CHOICE} words."
    if question.kind in {"multiple", "ranking"} and len(question.choices) > MOST_CHOICES:
        number = len(question.choices)
        yield "choices", f"There are {number} choices, and people read the first with more care. Ask in two steps."
