"""Conditions of a workbook made fit for ours: calculations written out, and what we do not know told from mistakes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from consultations.surveys.conditions import ExpressionError, references
from consultations.surveys.conditions.tokens import LONGEST, STRAIGHT

REFERENCE = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")
LAST_SAVED = re.compile(r"\$\{\s*last-saved#")
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


@dataclass
class Names:
    """What expressions of a workbook may refer to, growing row by row."""

    # Every name of the sheet, so that a name that does not exist is told from one that comes later.
    every: set[str] = field(default_factory=set)
    # Name in the workbook -> code here, of the questions so far.
    asked: dict[str, str] = field(default_factory=dict)
    # Name -> the expression that stands in its place (calculations, what devices fill in).
    replaced: dict[str, str] = field(default_factory=dict)
    # Names that exist and have no value here, such as pictures.
    without_value: set[str] = field(default_factory=set)


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


def translated(text: str, names: Names, *, own: str = "", allow_columns: bool = False) -> str:
    """The expression as it stands in our document; raises Mistake or NotKnown. `own` is the question's own name."""
    text = REFERENCE.sub(lambda found: f"${{{found[1]}}}", " ".join(text.split()))
    if LAST_SAVED.search(text):
        raise NotKnown("it looks at the answers of an earlier response.")
    wanted = list(dict.fromkeys(REFERENCE.findall(_bare(text))))
    for name in wanted:
        if name not in names.every:
            raise Mistake(f"It refers to “{name}”, and there is no row with that name.")
    _check_foreign(text)
    for name in wanted:
        text = _with_name(text, name, names, own)
    if len(text) > LONGEST:
        raise NotKnown("with its calculations written out it is too long.")
    try:
        references(text, allow_columns)
    except ExpressionError as error:
        raise Mistake(f"Character {error.position}: {error.message}") from error
    return text


def _with_name(text: str, name: str, names: Names, own: str) -> str:
    if name in names.asked:
        return text.replace(f"${{{name}}}", f"${{{names.asked[name]}}}")
    if name == own:
        return text
    if name in names.replaced:
        return text.replace(f"${{{name}}}", f"({names.replaced[name]})")
    if name in names.without_value:
        raise NotKnown(f"it depends on “{name}”, which is not asked here.")
    raise NotKnown(f"it depends on “{name}”, which is asked later.")


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
