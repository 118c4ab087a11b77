"""Two texts side by side, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, TAKEN, ADDED = "same", "taken", "added"
_WORDS = re.compile(r"\s+|\w+(?:['’-]\w+)*|[^\w\s]")
_SENTENCES = re.compile(r"[^\n.!?]*[\n.!?]+\s*|[^\n.!?]+")
# Comparing costs the product of both numbers of words, so longer texts are compared sentence by sentence first, and
# in those with very many what repeats often is no landmark.
MOST_WORDS = 1500


@dataclass(frozen=True)
class Run:
    """A stretch of text that stayed (`same`), went (`taken`) or came (`added`)."""

    kind: str
    text: str


def runs(before: str, after: str) -> list[Run]:
    """What stayed, went and came, in the order of reading. The runs that are not `added` make up `before` exactly, and
    those that are not `taken` make up `after`."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) <= MOST_WORDS:
        return _joined(_compared(old, new))
    found: list[Run] = []
    for run in _joined(_compared(_SENTENCES.findall(before), _SENTENCES.findall(after))):
        # What went and what came in its place is compared by its words, where that is short enough.
        last = found[-1] if found else None
        if run.kind == ADDED and last is not None and last.kind == TAKEN:
            old, new = _WORDS.findall(last.text), _WORDS.findall(run.text)
            if max(len(old), len(new)) <= MOST_WORDS:
                found[-1:] = _compared(old, new)
                continue
        found.append(run)
    return _joined(found)


def _compared(old: list[str], new: list[str]) -> list[Run]:
    found = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=len(old) > MOST_WORDS).get_opcodes():
        if kind == "equal":
            found.append(Run(SAME, "".join(old[i:j])))
            continue
        if i < j:
            found.append(Run(TAKEN, "".join(old[i:j])))
        if k < m:
            found.append(Run(ADDED, "".join(new[k:m])))
    return found


def _joined(found: list[Run]) -> list[Run]:
    """Neighbours of one kind as one, and a lone blank between two changes as part of them, so that the eye and the ear
    meet few edges."""
    smooth: list[Run] = []
    for run in found:
        if smooth and smooth[-1].kind == run.kind:
            smooth[-1] = Run(run.kind, smooth[-1].text + run.text)
        else:
            smooth.append(run)
    gathered: list[Run] = []
    place = 0
    while place < len(smooth):
        if smooth[place].kind == SAME:
            gathered.append(smooth[place])
            place += 1
            continue
        taken = added = ""
        while place < len(smooth):
            run = smooth[place]
            is_gap = run.kind == SAME and not run.text.strip() and place + 1 < len(smooth)
            if run.kind == SAME and not is_gap:
                break
            taken += "" if run.kind == ADDED else run.text
            added += "" if run.kind == TAKEN else run.text
            place += 1
        gathered += [Run(kind, text) for kind, text in ((TAKEN, taken), (ADDED, added)) if text]
    return gathered
