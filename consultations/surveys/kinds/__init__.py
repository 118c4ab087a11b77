"""The kinds of question: what an answer of each may be, how it is said, counted and laid out in columns.

Everything that handles answers (path, check page, receipt, counters, figures, exports, imports, paper) goes by these;
`surveys.forms.asking` says how each is asked. A new kind is one class here, one there, and its name in the migration.
"""

from __future__ import annotations

from consultations.surveys.definition import Question
from consultations.surveys.kinds.base import BLANK, Cell, Column, Kind, beside, keys_beside
from consultations.surveys.kinds.choosing import Consent, Multiple, Ranking, Scale, Single, YesNo
from consultations.surveys.kinds.files import File, Image
from consultations.surveys.kinds.places import Address, Location, OrganisationBlock
from consultations.surveys.kinds.tables import ConstantSum, Matrix, MatrixNumbers, MatrixSeveral
from consultations.surveys.kinds.unasked import Calculated, Hidden, Note
from consultations.surveys.kinds.written import Date, Decimal, Email, Integer, LongText, Phone, ShortText, Time, Url

# In the order in which the builder lists them.
ALL: tuple[Kind, ...] = (
    ShortText(), LongText(), Single(), Multiple(), YesNo(), Scale(), Ranking(),
    Matrix(), MatrixSeveral(), MatrixNumbers(), ConstantSum(),
    Integer(), Decimal(), Date(), Time(),
    Email(), Phone(), Url(), Address(), OrganisationBlock(), Location(), Consent(),
    File(), Image(), Note(), Calculated(), Hidden(),
)  # fmt: skip
KINDS: dict[str, Kind] = {kind.name: kind for kind in ALL}
# Names of kinds, for constraints and queries.
WITH_CHOICES = tuple(kind.name for kind in ALL if kind.has_choices and kind.needs_choices)
WITH_ROWS = tuple(kind.name for kind in ALL if kind.has_rows)


def columns(question: Question) -> list[Column]:
    """Every column of a question in a table of answers, with those of what stands beside its answer."""
    return [*of(question).columns(question), *beside(question)]


def of(question: Question) -> Kind:
    """The kind of a question; raises KeyError for one that a newer release wrote."""
    return KINDS[question.kind]


__all__ = [
    "ALL",
    "BLANK",
    "KINDS",
    "WITH_CHOICES",
    "WITH_ROWS",
    "Cell",
    "Column",
    "Kind",
    "columns",
    "keys_beside",
    "of",
]
