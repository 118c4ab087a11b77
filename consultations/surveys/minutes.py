"""About how long a survey takes: the one place that says it, for builders and for respondents.

Reading: 238 words a minute, the mean of silent reading of English non-fiction in adults (M. Brysbaert, “How many
words do we read per minute?”, Journal of Memory and Language 109, 2019). Answering: the seconds that each kind of
question says of itself (`kinds`). Those are an assumption of ours, made so that an organisation answers from what it
knows without looking anything up; a site that measures its own durations corrects them there. A table takes longer the
more rows it has.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Protocol

from consultations.surveys import kinds
from consultations.surveys.definition import Question

WORDS_A_MINUTE = 238
# Seconds for each row of a table beyond those that its kind allows for.
ROWS_ALLOWED_FOR = 5
EACH_ROW = 7


class Asks(Protocol):
    """A page of a document, or a step of somebody's path: anything with questions."""

    @property
    def questions(self) -> tuple[Question, ...]: ...


def seconds_for(question: Question) -> float:
    """About how many seconds reading and answering one question takes."""
    texts = [question.label, question.hint, *(one.label for one in (*question.choices, *question.rows))]
    words = sum(len(text.split()) for text in texts)
    answering = kinds.of(question).seconds + EACH_ROW * max(0, len(question.rows) - ROWS_ALLOWED_FOR)
    return words / WORDS_A_MINUTE * 60 + answering


def minutes_for(pages: Iterable[Asks]) -> int:
    """About how many minutes these pages take, rounded up to whole ones; 0 for nothing."""
    seconds = sum(seconds_for(question) for page in pages for question in page.questions)
    return math.ceil(seconds / 60) if seconds else 0
