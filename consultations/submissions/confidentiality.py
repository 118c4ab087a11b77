"""The one policy on what an output may carry of a submission.

Summaries, exports, quotations, appendices, public pages and the API all ask here and nowhere else:

| the partner chose     | counted in figures | text may be published | name may be shown |
|-----------------------|--------------------|-----------------------|-------------------|
| publish with name     | yes                | yes                   | yes               |
| publish without name  | yes                | yes                   | no                |
| do not publish        | yes                | no                    | no                |
| nothing yet (a draft) | no                 | no                    | no                |

An answer may be stricter than its submission, never laxer: `Submission.stricter` holds choices for single answers
and the stricter of the two rules. A question that holds personal data is never published. What may not be published
may still have to be released under the law on access to information; that is a decision of people, not of this policy.
Where a row holds a name, an answer that may be published without it only is left out of the row.

`fate` decides; what partners are told before they send (`in_words`) is made of the same fate as what outputs go by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from consultations.submissions.models import Submission
from consultations.surveys import kinds

Choice = Submission.Confidentiality
# From the most open to the strictest.
ORDER = [Choice.NAMED.value, Choice.UNNAMED.value, Choice.WITHHELD.value]
STATEMENT = ""


def level(submission: Submission, question_code: str = STATEMENT, *, survey_code: str | None = None) -> str:
    """How strict the submission is about one answer: a value of `Submission.Confidentiality`.

    `question_code` "" is the written statement and the documents. Without `survey_code` the strictest choice for a
    question of this code in any survey counts. A submission without a choice is as strict as can be.
    """
    levels = [submission.confidentiality or Choice.WITHHELD.value]
    for code, questions in (submission.stricter or {}).items():
        if survey_code in (None, code) and question_code in questions:
            levels.append(questions[question_code])
    return max(levels, key=lambda value: ORDER.index(value) if value in ORDER else len(ORDER))


@dataclass(frozen=True)
class Fate:
    """What becomes of one answer once the response is sent: what outputs go by, and what its writer is told.

    `is_named` is about this answer: where it is false, no output puts the name beside it.
    """

    is_published: bool
    is_named: bool
    is_personal: bool = False
    is_chosen: bool = True


def fate(
    submission: Submission, question_code: str = STATEMENT, *, survey_code: str | None = None, question: Any = None
) -> Fate:
    """The fate of one answer; `question` (of the definition) tells of personal data."""
    chosen = level(submission, question_code, survey_code=survey_code)
    is_personal = question is not None and bool(question.personal)
    is_published = chosen in {Choice.NAMED, Choice.UNNAMED} and not is_personal
    return Fate(is_published, chosen == Choice.NAMED, is_personal, bool(submission.confidentiality))


def in_words(found: Fate, *, is_organisation: bool) -> str:
    """The fate of an answer as its writer reads it."""
    if found.is_personal:
        return gettext("Never published, since it is about a person. Those who work on the consultation read it.")
    if not found.is_chosen:
        return gettext("Say what we may publish, and you see here what happens to it.")
    if not found.is_published:
        return gettext("Not published. Those who work on the consultation read it.")
    if not found.is_named:
        return gettext("May be published without your name.")
    if is_organisation:
        return gettext("May be published with the name of your organisation.")
    return gettext("May be published with your name.")


def words_for(
    submission: Submission, question_code: str = STATEMENT, *, survey_code: str | None = None, question: Any = None
) -> str:
    """What happens to this answer of this submission, as its writer reads it."""
    found = fate(submission, question_code, survey_code=survey_code, question=question)
    return in_words(found, is_organisation=submission.organisation_id is not None)


def may_be_chosen_for(question: Any) -> bool:
    """Whether its answer may be treated more strictly than the whole: what is written in own words, besides what is
    never published."""
    return kinds.of(question).figure == "written" and not question.personal


def stricter_choices(submission: Submission) -> list[str]:
    """What may be chosen for a single answer besides following the whole: only what is stricter."""
    whole = submission.confidentiality or Choice.NAMED.value
    return ORDER[ORDER.index(whole) + 1 :] if whole in ORDER else []


def may_publish(
    submission: Submission, question_code: str = STATEMENT, *, survey_code: str | None = None, question: Any = None
) -> bool:
    """Whether the text of this answer may leave the house; `question` (of the definition) tells of personal data."""
    return (
        submission.is_counted
        and fate(submission, question_code, survey_code=survey_code, question=question).is_published
    )


def may_name(submission: Submission, question_code: str = STATEMENT, *, survey_code: str | None = None) -> bool:
    """Whether the partner may be named beside this answer, or in the list of those who answered."""
    return submission.is_counted and fate(submission, question_code, survey_code=survey_code).is_named


def shown_as(submission: Submission, question_code: str = STATEMENT, *, survey_code: str | None = None) -> str:
    """Who said it, as an output may say it: the name, or only the sector.

    The kind is left out on purpose: there may be one university in the area. Needs `organisation` and `kind__sector`
    at hand.
    """
    if may_name(submission, question_code, survey_code=survey_code):
        return submission.from_whom
    sector = submission.kind.sector if submission.kind else None
    if sector is None:
        return "A partner"
    return "An individual" if sector.code == "individual" else f"A partner ({sector.name.lower()})"


def publishable() -> Q:
    """Submissions whose text may be published, as a filter; single answers still have to be asked about."""
    return Q(
        state__in=Submission.COUNTED, is_test=False, confidentiality__in=[Choice.NAMED.value, Choice.UNNAMED.value]
    )


def reading_is_recorded(user: Any, submission: Submission) -> bool:
    """Whether this person's reading of the text goes into the record: administrators, and text not to be published.

    They keep the site and work on no consultation, so looking is an act of its own.
    """
    return user.staff_role == "administrator" and (
        submission.confidentiality == Choice.WITHHELD or bool(submission.stricter)
    )
