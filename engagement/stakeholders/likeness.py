"""Names that are nearly the same: searching with a slip of the pen, and entries that may be one organisation.

Likeness is RapidFuzz's, between 0 and 100: `WRatio` for what somebody typed, `ratio` between
two names with their words in order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from urllib.parse import urlsplit

from rapidfuzz import fuzz, process

# How alike a name must be to what was typed, and two names to each other, to be shown.
NEAR_ENOUGH = 78.0
SAME_ENOUGH = 92.0
MOST_FOUND = 12
# A block of names with the same beginning is compared pair by pair; a larger one says nothing.
LARGEST_BLOCK = 400
# Words that many names have and that tell nothing apart.
COMMON = frozenset("the and of for ltd limited plc llp lp cic cio uk group company co inc".split())
SHARED_HOSTS = frozenset(
    "facebook.com linkedin.com twitter.com x.com wixsite.com wordpress.com sites.google.com".split()
)


@dataclass(frozen=True)
class Named:
    """An organisation as far as likeness looks at it."""

    pk: int
    name: str
    others: str = ""
    website: str = ""


@dataclass(frozen=True)
class Pair:
    """Two entries that may be one, the older first, with the reason in words."""

    first: int
    second: int
    likeness: float
    why: str


def plain(name: str) -> str:
    """A name without case, punctuation and the words that many names have."""
    words = re.findall(r"[^\W_]+", name.lower().replace("&", " and ").replace("’", "").replace("'", ""))
    kept = [word for word in words if word not in COMMON]
    return " ".join(kept or words)


def near(text: str, names: Iterable[Named]) -> list[int]:
    """The keys of the organisations whose name or other name comes close to this text, the nearest first."""
    wanted = plain(text)
    if len(wanted) < 3:
        return []
    choices = [(one.pk, plain(name)) for one in names for name in (one.name, *one.others.split(",")) if name.strip()]
    found = process.extract(
        wanted, [name for _, name in choices], scorer=fuzz.WRatio, score_cutoff=NEAR_ENOUGH, limit=MOST_FOUND * 2
    )
    return list(dict.fromkeys(choices[place][0] for _, _, place in found))[:MOST_FOUND]


def pairs(names: Iterable[Named], apart: set[tuple[int, int]] | None = None) -> list[Pair]:
    """Organisations that may be one: names nearly the same, or the same site of their own; the likeliest first.

    `apart` are pairs that were told apart, each with the smaller key first.
    """
    rows = sorted(names, key=lambda one: one.pk)
    known = apart or set()
    found: dict[tuple[int, int], Pair] = {}
    for first, second, likeness in _alike(rows):
        found[(first, second)] = Pair(first, second, likeness, "Nearly the same name")
    for first, second in _same_site(rows):
        found.setdefault((first, second), Pair(first, second, SAME_ENOUGH, "The same website"))
    kept = [pair for key, pair in found.items() if key not in known]
    return sorted(kept, key=lambda pair: (-pair.likeness, pair.first, pair.second))


def _alike(rows: list[Named]) -> Iterator[tuple[int, int, float]]:
    blocks: dict[str, dict[int, str]] = defaultdict(dict)
    for one in rows:
        # The words in order of the alphabet, so that their order hides no likeness.
        words = sorted(plain(one.name).split())
        for start in {word[:4] for word in words if len(word) > 2}:
            blocks[start][one.pk] = " ".join(words)
    for block in blocks.values():
        if not 2 <= len(block) <= LARGEST_BLOCK:
            continue
        for first, name in block.items():
            for _, likeness, second in process.extract_iter(name, block, scorer=fuzz.ratio, score_cutoff=SAME_ENOUGH):
                if first < second:
                    yield first, second, likeness


def _same_site(rows: list[Named]) -> Iterator[tuple[int, int]]:
    hosts: dict[str, list[int]] = defaultdict(list)
    for one in rows:
        host = (urlsplit(one.website).hostname or "").removeprefix("www.")
        if host and host not in SHARED_HOSTS:
            hosts[host].append(one.pk)
    for keys in hosts.values():
        if len(keys) <= 5:
            yield from combinations(keys, 2)
