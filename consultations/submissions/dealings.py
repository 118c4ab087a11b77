"""What an organisation sent us, as part of what passed between us. Never a draft."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.text import Truncator

from consultations.submissions import confidentiality, queries
from consultations.submissions.models import Response, Submission
from consultations.surveys.definition import Definition
from engagement.stakeholders.dealings import Dealing, midday
from engagement.stakeholders.models import Organisation

# Answers in words of one submission that are shown, and how much of each.
MOST_TEXTS, LONGEST = 4, 240
WITHHELD = "Some of it is not to be published and is not repeated here. Open the response to read it."


def with_organisation(organisation: Organisation, user: Any, most: int) -> list[Dealing]:
    """What was sent to consultations that this person works on, with the first words of it.

    Text that is not to be published is not repeated: it is read on the page of the response, where an administrator's
    reading goes on record.
    """
    responses = Response.objects.select_related("survey", "version").prefetch_related("text_answers").order_by("pk")
    rows = (
        queries.received(user)
        .filter(organisation=organisation)
        .select_related("consultation")
        .prefetch_related(Prefetch("responses", queryset=responses))
        .order_by("-submitted_at", "-pk")[:most]
    )
    return [
        Dealing(
            at=row.submitted_at or midday(row.received_on or row.created_at.date()),
            side="told",
            what=f"Response {row.reference}, {row.get_channel_display().lower()}: {row.get_state_display().lower()}",
            about=row.consultation.title,
            url=reverse("submissions:detail", args=[row.consultation.reference, row.reference]),
            lines=tuple(_words(row)),
        )
        for row in rows
    ]


def _words(submission: Submission) -> Iterator[str]:
    shown, is_withheld = 0, False
    if submission.statement.strip():
        if confidentiality.level(submission) == Submission.Confidentiality.WITHHELD:
            is_withheld = True
        else:
            shown += 1
            yield _short(submission.statement)
    for response in submission.responses.all():
        definition = Definition.from_json(response.version.definition)
        for answer in response.text_answers.all():
            if not answer.question_code or not definition.has_question(answer.question_code):
                continue
            question = definition.question(answer.question_code)
            level = confidentiality.level(submission, answer.question_code, survey_code=response.survey.code)
            if question.personal or level == Submission.Confidentiality.WITHHELD:
                is_withheld = True
            elif shown < MOST_TEXTS:
                shown += 1
                yield f"{question.label} – {_short(answer.text)}"
    if is_withheld:
        yield WITHHELD


def _short(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(LONGEST)
