"""Conditions of a survey: a closed subset of XLSForm's expression language, read and evaluated here.

Operators `or and = != < <= > >= + - * div mod`, unary minus, parentheses, `${code}`, `.` (this answer), texts,
numbers and the functions of `functions.py`. No paths, predicates, variables or loops. Bare names mean a column of
the choice list and are allowed only in conditions on choices.
"""

from consultations.surveys.conditions.evaluation import Scope, evaluate, holds
from consultations.surveys.conditions.parsing import parse, problems_of, references
from consultations.surveys.conditions.tokens import ExpressionError
from consultations.surveys.conditions.wording import asked_when, in_words

__all__ = [
    "ExpressionError",
    "Scope",
    "asked_when",
    "evaluate",
    "holds",
    "in_words",
    "parse",
    "problems_of",
    "references",
]
