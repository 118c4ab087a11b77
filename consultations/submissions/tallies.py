"""Counters of choices, kept in step with what is counted; they can always be rebuilt from the responses."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import F

from consultations.submissions.models import Response, Submission, Tally
from consultations.surveys import kinds
from consultations.surveys.definition import Definition, load
from consultations.surveys.entries import values_of
from consultations.surveys.models import Survey

# (version id, question code, row code, choice code)
Key = tuple[int, str, str, str]
CHUNK = 500


def keys_of(version_id: int, definition: Definition, answers: dict[str, Any]) -> list[Key]:
    """What one response adds one to, in the order in which rows are locked."""
    found: set[Key] = set()
    for page in definition.pages:
        for question in page.questions:
            if not question.is_answered:
                continue
            kind = kinds.of(question)
            # A response counts once for a choice, in however many entries it was chosen.
            for value in values_of(page, question, answers):
                found.add((version_id, question.code, "", ""))
                found.update((version_id, question.code, row, choice) for row, choice in kind.counted(question, value))
    return sorted(found)


def add(survey_of: dict[int, int], keys: list[Key]) -> None:
    """Count one more at each key; `survey_of` maps version ids to survey ids."""
    stored = _stored(keys)
    new = [key for key in keys if key not in stored]
    if new:
        Tally.objects.bulk_create(
            [
                Tally(
                    survey_id=survey_of[version],
                    version_id=version,
                    question_code=question,
                    row_code=row,
                    choice_code=code,
                )
                for version, question, row, code in new
            ],
            ignore_conflicts=True,
        )
        stored = _stored(keys)
    _change([stored[key] for key in keys], by=1)


def take_away(keys: list[Key]) -> None:
    """Count one less at each key."""
    stored = _stored(keys)
    _change([stored[key] for key in keys if key in stored], by=-1)


def _stored(keys: list[Key]) -> dict[Key, int]:
    """Key -> row, of the versions that the keys are about."""
    if not keys:
        return {}
    rows = Tally.objects.filter(version__in={key[0] for key in keys})
    names = rows.values_list("pk", "version", "question_code", "row_code", "choice_code")
    return {(version, question, row, choice): pk for pk, version, question, row, choice in names}


def _change(rows: list[int], *, by: int) -> None:
    # Always locked in the same order, so that two who send at once wait for each other and never both.
    wanted = Tally.objects.filter(pk__in=rows)
    list(wanted.order_by("pk").select_for_update().values_list("pk", flat=True))
    wanted.update(n=F("n") + by)


def recount(survey: Survey) -> dict[Key, int]:
    """What the counters of a survey should say, from its responses."""
    counted: Counter[Key] = Counter()
    rows = Response.objects.filter(
        survey=survey, submission__state__in=Submission.COUNTED, submission__is_test=False
    ).select_related("version")
    for response in rows.iterator(chunk_size=CHUNK):
        counted.update(keys_of(response.version_id, load(response.version), response.data))
    return dict(counted)


def differences(survey: Survey) -> dict[Key, tuple[int, int]]:
    """Where counters and responses disagree: key -> (counter, responses); empty when all is well."""
    should = recount(survey)
    stored: dict[Key, int] = {
        (version, question, row, choice): n
        for version, question, row, choice, n in Tally.objects.filter(survey=survey).values_list(
            "version", "question_code", "row_code", "choice_code", "n"
        )
    }
    return {
        key: (stored.get(key, 0), should.get(key, 0))
        for key in sorted(stored.keys() | should.keys())
        if stored.get(key, 0) != should.get(key, 0)
    }


@transaction.atomic
def rebuild(survey: Survey) -> int:
    """Make the counters of a survey anew; the number of counters that were wrong. Nobody can send meanwhile."""
    Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    list(Tally.objects.filter(survey=survey).order_by("pk").select_for_update().values_list("pk", flat=True))
    wrong = len(differences(survey))
    should = recount(survey)
    Tally.objects.filter(survey=survey).delete()
    Tally.objects.bulk_create(
        [
            Tally(survey=survey, version_id=version, question_code=question, row_code=row, choice_code=choice, n=n)
            for (version, question, row, choice), n in sorted(should.items())
        ],
        batch_size=CHUNK,
    )
    return wrong
