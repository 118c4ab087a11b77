"""Many submissions at once, for measuring and for trying pages at scale: invented, plausible, the same each time.

Rows are inserted in bulk. What a sent submission has, these have too: answers on their path, long answers as rows, the
counters of choices, kind and areas; so every figure, page and export is right about them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from consultations.dashboards.demonstration.register import AREAS
from consultations.dashboards.demonstration.voices import Speech, Voice
from consultations.programme import actions as programme
from consultations.programme import lifecycle
from consultations.programme.models import Consultation
from consultations.submissions import tallies
from consultations.submissions.counting import Mark, marks_of
from consultations.submissions.models import Response, Submission, TextAnswer
from consultations.surveys import actions as surveys
from consultations.surveys import lifecycle as publishing
from consultations.surveys import xlsform
from consultations.surveys.definition import Definition, Question, entry_key, load
from consultations.surveys.kinds.tables import ConstantSum
from consultations.surveys.models import Survey
from consultations.surveys.path import walk
from engagement.accounts.actions import ensure_user
from engagement.stakeholders.actions import ensure_classification
from engagement.stakeholders.models import Area, Kind, Organisation

SEED, BATCH = 2019, 1000
# Walking the path costs more than anything else, so this many sheets are filled in and dealt out with other texts.
SHEETS = 500
SECTORS = {"business": 34, "education": 10, "public": 11, "voluntary": 15, "individual": 30}
CHANNELS = {"online": 84, "email": 9, "letter": 4, "telephone": 3}
PUBLISHING = {"named": 78, "unnamed": 14, "withheld": 8}
# Every so many submissions speak for an organisation.
ORGANISATION_EVERY = 5
DAYS_OPEN = 20


@dataclass(frozen=True)
class Sheet:
    """One filled-in survey: its answers, which of them are long texts, and what it adds one to."""

    answers: dict[str, Any]
    texts: tuple[str, ...]
    marks: tuple[Mark, ...]


@transaction.atomic
def seed(number: int, content: bytes, file_name: str) -> Consultation:
    """A consultation that is open with `number` counted submissions to the survey of this workbook.

    Raises Refused when the workbook cannot be imported or published.
    """
    rng = random.Random(SEED)  # noqa: S311 - invents, and guards nothing
    ensure_classification()
    consultation, survey = _consultation(number, content, file_name)
    sheets = list(_sheets(survey, rng, min(number, SHEETS)))
    _insert(consultation, survey, sheets, number, rng)
    return consultation


def _consultation(number: int, content: bytes, file_name: str) -> tuple[Consultation, Survey]:
    author = ensure_user("author@seed.soundings.example", "Seed")
    reviewer = ensure_user("reviewer@seed.soundings.example", "Seed, second person")
    consultation = programme.create_consultation(
        actor=author,
        reference=_free_reference(number),
        title=f"Seeded consultation with {number:,} submissions",
        purpose="Invented answers in large numbers, to see how the platform bears them.",
        decision_owner="Nobody",
        privacy_notice="Nobody’s data: every answer is invented.",
        closes_at=timezone.now() + timedelta(days=30),
    )
    survey = surveys.import_workbook(consultation, xlsform.read(content, file_name), actor=author)[0]
    publishing.publish(survey.pk, actor=author)
    publishing.go_live(survey.pk, actor=author)
    lifecycle.submit_for_review(consultation.pk, actor=author)
    lifecycle.schedule(consultation.pk, actor=reviewer)
    consultation = lifecycle.open_now(consultation.pk, actor=reviewer)
    Consultation.objects.filter(pk=consultation.pk).update(opens_at=timezone.now() - timedelta(days=DAYS_OPEN))
    return consultation, Survey.objects.select_related("current_version").get(pk=survey.pk)


def _free_reference(number: int) -> str:
    reference, again = f"seed-{number}", 2
    while Consultation.objects.filter(reference=reference).exists():
        reference, again = f"seed-{number}-{again}", again + 1
    return reference


# --- answers --------------------------------------------------------------------------------------------


def _sheets(survey: Survey, rng: random.Random, number: int) -> Iterator[Sheet]:
    version = survey.current_version
    assert version is not None
    definition = load(version)
    for _ in range(number):
        answers = walk(definition, invented(definition, rng)).answers
        texts = tuple(
            question.code
            for question in definition.questions()
            if question.kind == "long_text" and question.code in answers
        )
        yield Sheet(answers, texts, tuple(marks_of(definition, answers)))


def invented(definition: Definition, rng: random.Random) -> dict[str, Any]:
    """An answer to most questions, whatever they are; the path says later which of them count."""
    answers: dict[str, Any] = {}
    for page in definition.pages:
        many = rng.randint(page.least_entries or 1, page.most_entries or (page.least_entries or 1) + 2)
        for number in range(1, many + 1) if page.repeats else (0,):
            if number:
                answers[entry_key(page.code, number)] = True
            for question in page.questions:
                if question.is_answered and (question.required or rng.random() < 0.85):
                    value = _answer(question, rng)
                    if value not in (None, [], {}):
                        key = entry_key(page.code, number, question.code) if number else question.code
                        answers[key] = value
    return answers


def _answer(question: Question, rng: random.Random) -> Any:
    answer = ANSWERS.get(question.kind)
    return answer(question, rng) if answer else rng.choice(FEW_WORDS)


FEW_WORDS = ("Skills", "The buses", "Space", "Neighbours", "Nothing at present")
PLACES = ("Aldinby", "Hexmere", "Wansborough", "Tynebank")


def _limits(question: Question) -> tuple[int, int]:
    least = int(question.settings.get("least") or 0)
    return least, max(least, int(question.settings.get("most") or least + 20))


def _ranked(question: Question, rng: random.Random) -> list[str]:
    codes = [choice.code for choice in question.choices]
    rng.shuffle(codes)
    return codes[: int(question.settings.get("most_choices") or len(codes))]


def _placed(question: Question, rng: random.Random) -> dict[str, str]:
    area = _chosen(question, rng)
    return {"place": rng.choice(PLACES), **({"area": area} if area else {})}


def _shares(question: Question, rng: random.Random) -> dict[str, int]:
    left = int(ConstantSum.total(question))
    found = {}
    for row in question.rows[:-1]:
        found[row.code] = rng.randint(0, left)
        left -= found[row.code]
    return {**found, **({question.rows[-1].code: left} if question.rows else {})}


def _weights(question: Question) -> list[float]:
    """Some choices are liked more than others, the same ones each time."""
    own = random.Random(question.code)  # noqa: S311 - invents, and guards nothing
    return [own.choice([1, 2, 3, 5]) for _ in question.choices]


def _chosen(question: Question, rng: random.Random) -> str | None:
    if not question.choices:
        return None
    return rng.choices([choice.code for choice in question.choices], _weights(question))[0]


def _ticked(question: Question, rng: random.Random) -> list[str]:
    """One to three choices in the order of the form; one that excludes the others stands alone."""
    most = min(int(question.settings.get("most_choices") or 3), 3)
    picked = {_chosen(question, rng) for _ in range(rng.randint(1, most))}
    alone = next((choice.code for choice in question.choices if choice.is_exclusive and choice.code in picked), None)
    return [alone] if alone else [choice.code for choice in question.choices if choice.code in picked]


ANSWERS: dict[str, Callable[[Question, random.Random], Any]] = {
    "single": _chosen,
    "scale": _chosen,
    "yes_no": _chosen,
    "consent": lambda question, rng: "ok",
    "multiple": _ticked,
    "ranking": _ranked,
    "matrix": lambda question, rng: {row.code: _chosen(question, rng) for row in question.rows if rng.random() < 0.95},
    "matrix_several": lambda question, rng: {row.code: _ticked(question, rng) for row in question.rows},
    "matrix_numbers": lambda question, rng: {
        row.code: {choice.code: rng.randint(*_limits(question)) for choice in question.choices} for row in question.rows
    },
    "constant_sum": _shares,
    "integer": lambda question, rng: rng.randint(*_limits(question)),
    "decimal": lambda question, rng: round(rng.uniform(*_limits(question)), 1),
    "date": lambda question, rng: f"{rng.randint(2010, 2018)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
    "time": lambda question, rng: f"{rng.randint(8, 18):02d}:{rng.choice((0, 15, 30, 45)):02d}",
    "location": _placed,
    "long_text": lambda question, rng: "…",  # each submission gets its own
    "email": lambda question, rng: "someone@example.org",
    "phone": lambda question, rng: "01632 960000",
    "url": lambda question, rng: "https://example.org",
    "address": lambda question, rng: {"line1": "1 Quay Lane", "town": rng.choice(PLACES), "postcode": "ZZ1 1ZZ"},
    "organisation": lambda question, rng: {"name": f"{rng.choice(PLACES)} Works"},
}


# --- rows -----------------------------------------------------------------------------------------------


class _Crowd:
    """Who they are: kinds, areas and organisations."""

    def __init__(self, consultation: Consultation, rng: random.Random) -> None:
        self.consultation, self.rng = consultation, rng
        self.kinds: dict[str, list[Kind]] = {}
        for kind in Kind.objects.select_related("sector").order_by("pk"):
            self.kinds.setdefault(kind.sector.code, []).append(kind)
        areas = {area.code: area for area in Area.objects.all()}
        self.areas = [(areas[code], share) for code, _, share, _ in AREAS]

    def submission(self, place: int, now: datetime) -> tuple[Submission, Area]:
        rng = self.rng
        sector = rng.choices(list(SECTORS), list(SECTORS.values()))[0]
        speaks_for_many = place % ORGANISATION_EVERY == 0 and sector != "individual"
        at = now - timedelta(minutes=rng.randrange(5, DAYS_OPEN * 24 * 60))
        choice = rng.choices(list(PUBLISHING), list(PUBLISHING.values()))[0]
        submission = Submission(
            consultation=self.consultation,
            reference=f"S{self.consultation.pk}-{place + 1:06d}",
            respondent_name=f"Respondent {place + 1}",
            capacity=Submission.Capacity.ORGANISATION if speaks_for_many else Submission.Capacity.SELF,
            channel=rng.choices(list(CHANNELS), list(CHANNELS.values()))[0],
            state=Submission.State.ACCEPTED if rng.random() < 0.8 else Submission.State.SUBMITTED,
            kind=rng.choice(self.kinds[sector]),
            confidentiality=choice,
            confidentiality_reason="Commercially sensitive." if choice == "withheld" else "",
            privacy_version=self.consultation.privacy_version,
            timing=Submission.Timing.ON_TIME,
            submitted_at=at,
            received_on=timezone.localdate(at),
        )
        if speaks_for_many:
            name = f"Partner {place + 1} of {self.consultation.reference}"
            submission.organisation = Organisation(name=name, kind=submission.kind)
        area = rng.choices([area for area, _ in self.areas], [share for _, share in self.areas])[0]
        return submission, area


def _insert(consultation: Consultation, survey: Survey, sheets: list[Sheet], number: int, rng: random.Random) -> None:
    crowd, speech, now = _Crowd(consultation, rng), Speech(rng), timezone.now()
    version = survey.current_version
    assert version is not None
    # How many submissions that count in this column have this sheet.
    dealt: Counter[tuple[int, tallies.Column]] = Counter()
    through = Submission.areas.through
    for begin in range(0, number, BATCH):
        people = [crowd.submission(place, now) for place in range(begin, min(begin + BATCH, number))]
        rows = [submission for submission, _ in people]
        Organisation.objects.bulk_create([row.organisation for row in rows if row.organisation is not None])
        for row in rows:
            row.organisation = row.organisation  # takes over the new key
        Submission.objects.bulk_create(rows)
        through.objects.bulk_create([through(submission_id=row.pk, area_id=area.pk) for row, area in people])
        responses, texts = [], []
        for row, area in people:
            drawn = rng.randrange(len(sheets))
            sheet = sheets[drawn]
            assert row.kind is not None
            dealt.update((drawn, column) for column in tallies.columns_of(row.kind.sector_id, row.channel, [area.pk]))
            said = {code: speech.say(_voice(row, area), least=1, most=4).text for code in sheet.texts}
            response = Response(
                submission=row, survey=survey, version=version, data={**sheet.answers, **said}, revision=1
            )
            responses.append(response)
            texts += [
                TextAnswer(submission=row, response=response, question_code=code, text=text)
                for code, text in said.items()
            ]
        Response.objects.bulk_create(responses)
        for text in texts:
            text.response, text.submission = text.response, text.submission  # takes over the new keys
        TextAnswer.objects.bulk_create(texts, batch_size=2 * BATCH)
        speech.said.clear()
    counted: Counter[tallies.Key] = Counter()
    for (drawn, column), times in dealt.items():
        for key in tallies.keys_of(version.pk, [column], sheets[drawn].marks):
            counted[key] += times
    tallies.insert(survey.pk, counted)


def _voice(submission: Submission, area: Area) -> Voice:
    assert submission.kind is not None
    return Voice(submission.kind.code, submission.kind.sector.code, area.code)
