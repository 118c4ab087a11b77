"""Where the sentences of a text are, so that a passage can be chosen with checkboxes alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A sentence ends at a full stop, question mark, exclamation mark or ellipsis, with any closing quotation marks or
# brackets, before white space; and at every line break, because lists have no full stops.
_END = re.compile(r"[.!?…]+[\"'’”)\]]*(?=\s)|\n+")
# Full stops that end no sentence.
_SHORT = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|cf|no|nos|approx|mr|mrs|ms|dr|prof|st|vs|para|fig)|\b[A-Z])\.$", re.IGNORECASE
)


@dataclass(frozen=True)
class Sentence:
    """Characters `start` to `end` (end excluded) of the text, without white space around them."""

    start: int
    end: int
    text: str


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text in order; together they hold every character that is not white space."""
    found: list[Sentence] = []
    start = 0
    for match in [*_END.finditer(text), None]:
        end = match.end() if match else len(text)
        piece = text[start:end]
        ends_line = match is None or match.group().startswith("\n")
        if not ends_line and _SHORT.search(piece.rstrip()) and not _is_initial_of_answer(piece):
            continue
        stripped = piece.strip()
        if stripped:
            lead = len(piece) - len(piece.lstrip())
            found.append(Sentence(start + lead, start + lead + len(stripped), stripped))
        start = end
    return found


def _is_initial_of_answer(piece: str) -> bool:
    """Whether the piece is a mere capital, such as the “A.” before an answer, which stands alone all the same."""
    return len(piece.strip()) <= 2


def runs(chosen: list[int], all_sentences: list[Sentence]) -> list[tuple[int, int]]:
    """Neighbouring sentences as one passage each: `[0, 1, 4]` gives two spans of characters (start, end)."""
    spans: list[tuple[int, int]] = []
    before: int | None = None
    for place in sorted(set(chosen)):
        sentence = all_sentences[place]
        if before is not None and place == before + 1:
            spans[-1] = (spans[-1][0], sentence.end)
        else:
            spans.append((sentence.start, sentence.end))
        before = place
    return spans
