"""Conditions of a workbook made fit for ours: names become codes, and what we do not know is told from mistakes."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from consultations.surveys.conditions import ExpressionError, references
from consultations.surveys.conditions.tokens import LONGEST, STRAIGHT, Token, tokens_of

REFERENCE = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")
# count(${repeat}) is the number of its entries.
COUNT = re.compile(r"(?<![\w\-.:])count\(\s*\$\{\s*([^{}\s]+)\s*\}\s*\)")
COUNT_OR_REFERENCE = re.compile(f"{COUNT.pattern}|{REFERENCE.pattern}")
# Before a name: the answer of the response before this one.
LAST_SAVED = "last-saved#"
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
CALL = re.compile(r"([A-Za-z][\w\-:]*)\s*\(")
# Part of XForms, and not of what we evaluate.
PATHS = re.compile(r"/|\.\.|\[|\]|@|::")
ELSEWHERE = frozenset(
    "pulldata indexed-repeat count position random uuid sin cos tan asin acos atan atan2 exp exp10 log log10 checklist "
    "weighted-checklist instance current randomize area distance digest base64-decode property version id last name "
    "local-name namespace-uri lang choice-label jr:itext itext extract-signed intersects geofence node-set "
    "count-if sum-if min-if max-if join-if rank-index rank-index-if rank-value item-at de-duplicate "
    "thousandsep number-format".split()
)
# What a ticked confirmation is worth: in XForms, and here.
OK_THERE, OK_HERE = "OK", "ok"


@dataclass
class Names:
    """What expressions of a workbook may refer to, growing row by row."""

    # Every name of the sheet, so that a name that does not exist is told from one that comes later.
    every: set[str] = field(default_factory=set)
    # Name in the workbook -> code here, of the questions so far.
    asked: dict[str, str] = field(default_factory=dict)
    # Name -> the expression that stands in its place (what devices fill in, empty calculations).
    replaced: dict[str, str] = field(default_factory=dict)
    # Names that exist and have no value here, such as groups.
    without_value: set[str] = field(default_factory=set)
    # Name of a repeat that has ended -> code of its page, which stands for the number of its entries.
    counted: dict[str, str] = field(default_factory=dict)
    # Name of what is asked in a repeat that has ended -> name of the repeat.
    inside: dict[str, str] = field(default_factory=dict)
    # Codes here of confirmations.
    consents: set[str] = field(default_factory=set)

    def leave(self, repeat: str, code: str, outside: dict[str, str]) -> None:
        """The repeat has ended: nothing that follows can look into its entries, only at how many there are."""
        self.inside |= {name: repeat for name, asked in self.asked.items() if outside.get(name) != asked}
        self.asked = dict(outside)
        self.without_value.discard(repeat)
        self.counted[repeat] = code


class Mistake(Exception):
    """The expression is wrong: the workbook is refused. `text` is a sentence."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class NotKnown(Exception):
    """The expression may be right and cannot be used here. `text` says why."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def translated(text: str, names: Names, *, own: str = "", code: str = "", allow_columns: bool = False) -> str:
    """The expression as it stands in our document; raises Mistake or NotKnown.

    `own` is the question's own name, `code` its code here.
    """
    text = text.strip()
    wanted = REFERENCE.findall(_bare(text))
    for name in wanted:
        if name.removeprefix(LAST_SAVED) not in names.every:
            raise Mistake(f"It refers to “{name.removeprefix(LAST_SAVED)}”, and there is no row with that name.")
    if any(name.startswith(LAST_SAVED) for name in wanted):
        raise NotKnown("it looks at the answers of an earlier response.")
    _check_foreign(COUNT.sub(lambda found: "x" if found[1] in names.counted else found[0], text))
    text = COUNT_OR_REFERENCE.sub(lambda found: _with_code(found, names, own, code), text)
    text = with_ok(text, names.consents, OK_HERE)
    if len(text) > LONGEST:
        raise NotKnown("with its calculations written out it is too long.")
    try:
        references(text, allow_columns)
    except ExpressionError as error:
        raise Mistake(f"Character {error.position}: {error.message}") from error
    return text


def _with_code(found: re.Match[str], names: Names, own: str, code: str) -> str:
    if found[1]:
        return f"${{{names.counted[found[1]]}}}"
    name = found[2]
    if name in names.asked:
        # As it was written, where nothing changes.
        return found[0] if names.asked[name] == name else f"${{{names.asked[name]}}}"
    if name == own:
        return f"${{{code or own}}}"
    if name in names.replaced:
        return f"({names.replaced[name]})"
    raise NotKnown(why_without_value(name, names))


def why_without_value(name: str, names: Names) -> str:
    """Why a name of the workbook has no value at this place, as the end of a sentence."""
    if name in names.inside:
        return f"it depends on “{name}”, which is asked anew for each entry of “{names.inside[name]}”."
    if name in names.counted:
        return f"of the entries of “{name}” it can only use how many there are: count(${{{name}}})."
    if name in names.without_value:
        return f"it depends on “{name}”, which is not asked here."
    return f"it depends on “{name}”, which is asked later."


def with_ok(text: str, codes: Collection[str], word: str) -> str:
    """The expression with `word` wherever a confirmation among `codes` is compared with “OK” or “ok”."""
    if not codes or OK_HERE not in text.lower():
        return text
    try:
        tokens = tokens_of(text)
    except ExpressionError:
        return text
    places = [token.position for at, token in enumerate(tokens) if _is_ok_of(tokens, at, codes)]
    for place in reversed(places):
        # The position counts from 1 and is that of the quotation mark.
        text = text[:place] + word + text[place + len(OK_HERE) :]
    return text


def _is_ok_of(tokens: list[Token], at: int, codes: Collection[str]) -> bool:
    token = tokens[at]
    if token.kind != "text" or token.value.lower() != OK_HERE:
        return False
    before = [one.value for one in tokens[max(0, at - 4) : at]]
    after = [one.value for one in tokens[at + 1 : at + 3]]
    is_compared = len(before) > 1 and before[-1] in {"=", "!="} and before[-2] in codes
    is_compared = is_compared or (len(after) > 1 and after[0] in {"=", "!="} and after[1] in codes)
    is_selected = len(before) == 4 and before[:2] == ["selected", "("] and before[2] in codes and before[3] == ","
    return is_compared or is_selected


def _bare(text: str) -> str:
    return text.translate(STRAIGHT)


def _check_foreign(text: str) -> None:
    plain = REFERENCE.sub("x", QUOTED.sub("''", _bare(text)))
    for name in CALL.findall(plain):
        if name in ELSEWHERE:
            raise NotKnown(f"the function “{name}()” is not known here.")
    found = PATHS.search(plain)
    if found:
        raise NotKnown(f"paths such as “{found[0]}” are not known here.")
