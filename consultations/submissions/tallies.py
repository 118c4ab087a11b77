"""Counters of what was answered: always right, and read at the same cost however many responses there are.

An act that makes a response count, or no longer count, writes one `TallyChange` in its own transaction. `fold`, which
the clock rings for, adds such changes to the `Tally` rows. Reading takes the rows and the changes that still wait, so
a figure never lags behind. Everything can be made anew from the responses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F

from consultations.submissions import queries
from consultations.submissions.counters import Tally, TallyChange, Uncounted
from consultations.submissions.counting import Mark, marks_of
from consultations.submissions.models import Response, Submission
from consultations.surveys.definition import load
from consultations.surveys.models import Survey

# Where a mark counts: (split, column); ("", "") is the whole.
Column = tuple[str, str]
WHOLE: Column = ("", "")
# (version id, split, column, question code, row, value)
Key = tuple[int, str, str, str, str, str]
CHUNK = 500
# So many changes are folded in one transaction.
AT_ONCE = 2000


# --- what counts where ----------------------------------------------------------------------------------


def columns_of(sector_id: int | None, channel: str, area_ids: Iterable[int]) -> list[Column]:
    """Where one submission counts; one that speaks for several areas counts in each of them."""
    areas = [("area", str(area)) for area in sorted(area_ids)] or [("area", "")]
    return [WHOLE, ("sector", str(sector_id or "")), ("channel", channel), *areas]


def keys_of(version_id: int, columns: Iterable[Column], marks: Iterable[Mark]) -> Iterator[Key]:
    """Every counter that one response adds one to."""
    marks = list(marks)
    return ((version_id, *column, *mark) for column in columns for mark in marks)


# --- changing -------------------------------------------------------------------------------------------


def count(submission: Submission, *, by: int) -> None:
    """Count the responses of this submission (`by` 1), or count them no longer (-1), as they stand now."""
    areas = submission.areas.order_by().values_list("pk", flat=True)
    sector = submission.kind.sector_id if submission.kind else None
    columns = columns_of(sector, submission.channel, areas)
    TallyChange.objects.bulk_create(
        TallyChange(
            survey_id=response.survey_id,
            version_id=response.version_id,
            by=by,
            columns=columns,
            marks=marks_of(load(response.version), response.data),
        )
        for response in queries.responses_of(submission)
    )


def waiting() -> list[int]:
    """The surveys with changes that are not folded in yet."""
    return list(TallyChange.objects.order_by("survey").values_list("survey", flat=True).distinct())


@transaction.atomic
def fold(survey_id: int) -> int:
    """Add the changes that wait to the counters of a survey; how many changes. One process at a time."""
    # Without touching the key: whoever sends at this moment goes on.
    Survey.objects.select_for_update(of=("self",), no_key=True).get(pk=survey_id)
    changes = list(TallyChange.objects.filter(survey=survey_id).order_by("pk")[:AT_ONCE])
    if not changes:
        return 0
    added = _sum(changes)
    stored = _stored(survey_id, {key[0] for key in added})
    insert(survey_id, {key: n for key, n in added.items() if key not in stored and n})
    by_amount: dict[int, list[int]] = {}
    for key, n in added.items():
        if n and key in stored:
            by_amount.setdefault(n, []).append(stored[key])
    for n, rows in by_amount.items():
        for begin in range(0, len(rows), CHUNK):
            Tally.objects.filter(pk__in=rows[begin : begin + CHUNK]).update(n=F("n") + n)
    TallyChange.objects.filter(pk__in=[change.pk for change in changes]).delete()
    return len(changes)


@transaction.atomic
def count_unseen(
    survey_id: int, counted: Iterable[Key], *, new_key: Callable[[], int], shuffle: Callable[[list[Any]], None]
) -> None:
    """Count an anonymous response: every counter of the survey is written anew, under keys by chance and in a random
    order, so that neither keys nor places in the file tell which of them this response has changed."""
    Survey.objects.select_for_update(of=("self",), no_key=True).get(pk=survey_id)
    rows = Tally.objects.filter(survey=survey_id)
    numbers: Counter[Key] = Counter({tuple(key): n for *key, n in rows.values_list(*_KEY, "n")})  # type: ignore[misc]
    numbers.update(counted)
    rows.delete()
    written = [_row(survey_id, key, n) for key, n in numbers.items()]
    for row in written:
        row.pk = new_key()
    shuffle(written)
    Tally.objects.bulk_create(written, batch_size=CHUNK)


def _sum(changes: Iterable[TallyChange]) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for change in changes:
        columns: list[Column] = [tuple(column) for column in change.columns]
        marks: list[Mark] = [tuple(mark) for mark in change.marks]
        for key in keys_of(change.version_id, columns, marks):
            found[key] += change.by
    return found


_KEY = ("version", "split", "column", "question_code", "row_code", "choice_code")


def _stored(survey_id: int, versions: set[int]) -> dict[Key, int]:
    rows = Tally.objects.filter(survey=survey_id, version__in=versions).values_list("pk", *_KEY)
    return {tuple(key): pk for pk, *key in rows}  # type: ignore[misc]  # six parts, see _KEY


def insert(survey_id: int, counted: Mapping[Key, int]) -> None:
    """Write counters that are not there yet."""
    Tally.objects.bulk_create([_row(survey_id, key, n) for key, n in sorted(counted.items())], batch_size=CHUNK)


def _row(survey_id: int, key: Key, n: int) -> Tally:
    version, split, column, question, row, value = key
    return Tally(
        survey_id=survey_id,
        version_id=version,
        split=split,
        column=column,
        question_code=question,
        row_code=row,
        choice_code=value,
        n=n,
    )


# --- reading --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """How many submissions carry each mark, in all and by column of one split; versions are added up."""

    whole: Counter[Mark]
    by_column: Counter[tuple[str, Mark]]

    def values(self, question_code: str, row: str) -> dict[str, int]:
        """The values of this question (and row) with how many carry each: numbers, years, places."""
        return self._by_row.get((question_code, row), {})

    @cached_property
    def _by_row(self) -> dict[tuple[str, str], dict[str, int]]:
        found: dict[tuple[str, str], dict[str, int]] = {}
        for (question, row, value), n in self.whole.items():
            if value and n:
                found.setdefault((question, row), {})[value] = n
        return found


def counts(survey: Survey, *, split: str = "") -> Counts:
    """The counters of a survey as they stand at this moment."""
    whole: Counter[Mark] = Counter()
    by_column: Counter[tuple[str, Mark]] = Counter()
    for _, own, column, question, row, value, n in _read(survey, {"", split}):
        mark = (question, row, value)
        if own == "":
            whole[mark] += n
        elif own == split:
            by_column[column, mark] += n
    return Counts(whole, by_column)


def _read(survey: Survey, splits: set[str]) -> list[tuple[int, str, str, str, str, str, int]]:
    """The parts of a `Key` with the number, from the counters and from what still waits."""
    if Uncounted.objects.filter(survey=survey).exists():
        return [(*key, n) for key, n in recount(survey).items()]
    while True:
        changes = list(TallyChange.objects.filter(survey=survey).order_by("pk"))
        rows = Tally.objects.filter(survey=survey, split__in=splits, n__gt=0)
        found = list(rows.values_list(*_KEY, "n"))
        if not changes and not found:
            # Nothing was ever counted, for example because responses were put in by hand: count here.
            return [(*key, n) for key, n in recount(survey).items()]
        # When all of them still wait, none had been folded in as the counters were read.
        if not changes or _still_wait(survey, changes):
            return found + [(*key, n) for key, n in _sum(changes).items()]


def _still_wait(survey: Survey, changes: list[TallyChange]) -> bool:
    return TallyChange.objects.filter(survey=survey, pk__lte=changes[-1].pk).count() == len(changes)


# --- checking -------------------------------------------------------------------------------------------


def recount(survey: Survey) -> Counter[Key]:
    """What the counters of a survey should say, from its responses."""
    counted: Counter[Key] = Counter()
    versions = {version.pk: load(version) for version in survey.versions.all()}
    rows = Response.objects.filter(
        survey=survey, submission__state__in=Submission.COUNTED, submission__is_test=False
    ).values_list("submission_id", "submission__kind__sector_id", "submission__channel", "version_id", "data")
    for some in _in_chunks(rows.order_by("pk").iterator(chunk_size=CHUNK)):
        areas = _areas_of([row[0] for row in some])
        for submission_id, sector_id, channel, version_id, data in some:
            columns = columns_of(sector_id, channel, areas.get(submission_id, ()))
            counted.update(keys_of(version_id, columns, marks_of(versions[version_id], data)))
    return counted


def _in_chunks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while some := list(islice(rows, CHUNK)):
        yield some


def _areas_of(submissions: list[int]) -> dict[int, list[int]]:
    areas: dict[int, list[int]] = {}
    rows = Submission.areas.through.objects.filter(submission__in=submissions)
    for submission_id, area_id in rows.values_list("submission_id", "area_id"):
        areas.setdefault(submission_id, []).append(area_id)
    return areas


def differences(survey: Survey) -> dict[Key, tuple[int, int]]:
    """Where counters and responses disagree: key -> (counter, responses); empty when all is well."""
    should = recount(survey)
    says = _sum(TallyChange.objects.filter(survey=survey))
    for *key, n in Tally.objects.filter(survey=survey).values_list(*_KEY, "n"):
        says[tuple(key)] += n  # type: ignore[index]  # six parts, see _KEY
    return {key: (says[key], should[key]) for key in sorted(says.keys() | should.keys()) if says[key] != should[key]}


@transaction.atomic
def rebuild(survey: Survey) -> int:
    """Make the counters of a survey anew; the number of counters that were wrong. Nobody can send meanwhile.

    On PostgreSQL because a new `TallyChange` needs the row of its survey, which is locked here with its key; on SQLite
    because only one process writes at a time.
    """
    Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    wrong = len(differences(survey))
    should = recount(survey)
    TallyChange.objects.filter(survey=survey).delete()
    Tally.objects.filter(survey=survey).delete()
    Uncounted.objects.filter(survey=survey).delete()
    insert(survey.pk, should)
    return wrong


def count_uncounted() -> int:
    """Make the counters of surveys that an upgrade left without; how many surveys."""
    surveys = list(Survey.objects.filter(uncounted__isnull=False).order_by("pk"))
    for survey in surveys:
        rebuild(survey)
    return len(surveys)
