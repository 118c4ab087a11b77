"""The surveys of a submission, as it meets them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from consultations.submissions.models import Response, Submission
from consultations.surveys import translating
from consultations.surveys.definition import Definition
from consultations.surveys.kinds.files import without_files
from consultations.surveys.models import Survey, SurveyVersion
from consultations.surveys.paper import numbered
from consultations.surveys.path import Path, walk
from engagement.core.prepared import Given, Prepared

# Changes that reach responses in progress without anybody choosing.
HARMLESS = (SurveyVersion.Change.WORDING, SurveyVersion.Change.ADDITIVE)


@dataclass
class Part:
    """One survey as this submission meets it. `response` is None until something was saved."""

    survey: Survey
    response: Response | None
    version: SurveyVersion
    definition: Definition
    path: Path

    @property
    def language(self) -> str:
        """The code of the language in which the survey is read here."""
        return translating.language_of(self.definition)

    @property
    def unfinished(self) -> dict[str, Any]:
        """Page code to what was typed there and not acceptable, for pages on the path."""
        kept = self.response.unfinished if self.response else {}
        return {code: typed for code, typed in kept.items() if typed and self.path.step(code)}

    @property
    def is_begun(self) -> bool:
        """Whether anything was answered: a survey that was left alone is not part of the submission."""
        return bool(self.path.answers or self.unfinished)


def version_for(response: Response) -> SurveyVersion:
    """The version a draft is answered in: the newest that it may move to.

    Changes of wording and additions reach drafts by themselves. At a narrowing version the one who published it chose:
    drafts move too, or stop before it and are finished in what they had reached.
    """
    newest = response.survey.current_version
    if newest is None or newest.pk == response.version_id:
        return response.version
    since = SurveyVersion.objects.filter(
        survey=response.survey_id, number__gt=response.version.number, number__lte=newest.number
    )
    reached = response.version
    for version in since.defer("definition").order_by("number"):
        if version.change not in HARMLESS and version.drafts == SurveyVersion.Drafts.STAY:
            break
        reached = version
    return newest if reached.pk == newest.pk else reached


def responses() -> QuerySet[Response]:
    """Responses with survey and versions at hand, without the documents, which are read once for each process."""
    return Response.objects.select_related("survey__current_version", "version", "last_edited_by").defer(
        "version__definition", "survey__current_version__definition", "survey__import_notes", "survey__intro"
    )


_RESPONSE: Prepared[Response] = Prepared(lambda: responses().filter(pk=Given("pk")))
_RESPONSES_OF: Prepared[Response] = Prepared(lambda: responses().filter(submission=Given("submission")))
_RESPONSE_TO: Prepared[Response] = Prepared(
    lambda: responses().filter(submission=Given("submission"), survey__code=Given("code"))
)


def response_again(pk: int) -> Response:
    """The response as it stands now, with survey and versions at hand."""
    found = _RESPONSE.first(pk=pk)
    if found is None:
        raise Response.DoesNotExist
    return found


def responses_of(submission: Submission) -> list[Response]:
    """The responses of one submission, with survey and versions at hand."""
    return _RESPONSES_OF.all(submission=submission.pk)


def part(
    survey: Survey, response: Response | None, *, is_draft: bool = True, is_anonymous: bool = False
) -> Part | None:
    """The survey with its path; None for a survey that has no version. What was sent keeps its version.

    Its texts are in the language of the page or message that is being made.
    """
    if response is not None:
        version: SurveyVersion | None = version_for(response) if is_draft else response.version
    else:
        version = survey.current_version
    if version is None:
        return None
    definition = translating.spoken(version)
    if is_anonymous:
        definition = without_files(definition)
    return Part(survey, response, version, definition, walk(definition, response.data if response else {}))


def by_numbers(part: Part) -> Part:
    """The same with the numbers on the paper before its questions, for typing in what came on one."""
    definition = numbered(part.definition)
    return replace(part, definition=definition, path=walk(definition, part.response.data if part.response else {}))


def part_of(submission: Submission, survey_code: str) -> Part | None:
    """One survey of the submission: one that was begun, or one that is live; None for anything else."""
    response = _RESPONSE_TO.first(submission=submission.pk, code=survey_code)
    if response is not None:
        return part(response.survey, response, is_draft=submission.is_draft, is_anonymous=submission.is_anonymous)
    survey = next((one for one in surveys_for(submission) if one.code == survey_code), None)
    return part(survey, None, is_anonymous=submission.is_anonymous) if survey else None


def parts_of(submission: Submission) -> list[Part]:
    """Every survey of the submission in the order of the consultation: two queries."""
    begun = {response.survey_id: response for response in responses_of(submission)}
    surveys = surveys_for(submission) if submission.is_draft else []
    known = {survey.pk for survey in surveys}
    surveys += [response.survey for key, response in begun.items() if key not in known]
    surveys.sort(key=lambda survey: (survey.order, survey.pk))
    facts = {"is_draft": submission.is_draft, "is_anonymous": submission.is_anonymous}
    found = [part(survey, begun.get(survey.pk), **facts) for survey in surveys]
    return [one for one in found if one is not None]


_LIVE_SURVEYS: Prepared[Survey] = Prepared(
    lambda: (
        Survey.objects.filter(
            consultation=Given("consultation"), state=Survey.State.LIVE, current_version__isnull=False
        )
        .select_related("current_version")
        .defer("current_version__definition", "import_notes", "intro")
        .order_by("order", "pk")
    )
)


def live_surveys(consultation_id: int) -> list[Survey]:
    """The surveys that can be answered, with their version at hand."""
    return _LIVE_SURVEYS.all(consultation=consultation_id)


_PUBLISHED_SURVEYS: Prepared[Survey] = Prepared(
    lambda: (
        Survey.objects.filter(consultation=Given("consultation"), current_version__isnull=False)
        .select_related("current_version")
        .defer("current_version__definition", "import_notes", "intro")
        .order_by("order", "pk")
    )
)


def surveys_for(submission: Submission) -> list[Survey]:
    """The surveys that this submission may answer: the live ones, for a test all that have a published version."""
    if submission.is_test:
        return _PUBLISHED_SURVEYS.all(consultation=submission.consultation_id)
    return live_surveys(submission.consultation_id)
