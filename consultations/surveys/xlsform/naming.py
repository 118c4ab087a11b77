"""How the pages, questions and statements of a document are called in a workbook.

XForms wants each name to be unique without regard to case, to be fit for XML and not to be one of its own. A code that
is all that is its name; any other gets one of its own, and the column “code_here” keeps the code.
"""

from __future__ import annotations

import re

from consultations.surveys.definition import Definition
from consultations.surveys.xlsform.expressions import OK_THERE, REFERENCE, with_ok
from consultations.surveys.xlsform.tables import GROUPED

# The letters that an XML name may begin with (XML 1.0, production 4), without the colon.
LETTERS = (
    r"A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    r"\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
)
XML_NAME = re.compile(rf"[{LETTERS}][{LETTERS}\-.0-9\xb7\u0300-\u036f\u203f-\u2040]*")
# What the form itself and its description are called.
TAKEN = frozenset({"data", "meta", "instanceid", "instancename"})
# What XForms makes beside a question or a repeat.
BESIDE = ("_other", "_count")


class Names:
    """Names by code: of questions, pages, and of statements as (question code, statement code)."""

    def __init__(self, definition: Definition) -> None:
        self.taken = set(TAKEN)
        # Questions come first, since conditions and texts name them.
        self.questions = {question.code: self._free(question.code, "question") for question in definition.questions()}
        self.pages = {page.code: self._free(page.code, "page") for page in definition.pages}
        self.statements = {
            (question.code, row.code): self._free(row.code, f"{self.questions[question.code]}_row")
            for question in definition.questions()
            if question.kind in GROUPED
            for row in question.rows
        }
        self.repeats = {page.code for page in definition.pages if page.repeats}
        self.consents = {
            self.questions[question.code] for question in definition.questions() if question.kind == "consent"
        }

    def _free(self, code: str, otherwise: str) -> str:
        base = code if XML_NAME.fullmatch(code) else otherwise
        name, number = base, 2
        while name.lower() in self.taken:
            name, number = f"{base}_{number}", number + 1
        self.taken |= {name.lower(), *(f"{name.lower()}{ending}" for ending in BESIDE)}
        return name

    def beside(self, name: str, ending: str) -> str:
        """A name for a row that stands for no question: the name of its page with this ending."""
        return self._free(f"{name}_{ending}", ending)

    def expression(self, text: str) -> str:
        """The condition in the words of a workbook: names for codes, count() for the entries of a repeated page."""
        return with_ok(REFERENCE.sub(self._in_expression, text), self.consents, OK_THERE)

    def text(self, text: str) -> str:
        """The text with names for codes."""
        return REFERENCE.sub(self._in_text, text)

    def _in_expression(self, found: re.Match[str]) -> str:
        if found[1] in self.repeats:
            return f"count(${{{self.pages[found[1]]}}})"
        return self._in_text(found)

    def _in_text(self, found: re.Match[str]) -> str:
        code = found[1]
        name = self.pages[code] if code in self.repeats else self.questions.get(code, code)
        return found[0] if name == code else f"${{{name}}}"
