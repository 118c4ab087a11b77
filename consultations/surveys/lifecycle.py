"""Every change of a survey's state: publishing a version, putting it live, closing it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from consultations.surveys import compiling
from consultations.surveys.changes import Change, changes_between, forbidden, strongest
from consultations.surveys.definition import Definition, load
from consultations.surveys.models import Picture, Survey, SurveyVersion
from consultations.surveys.problems import problems_in
from engagement.audit import trail
from engagement.core.errors import Refused

MOST_LISTED = 20


@transaction.atomic
def publish(survey_id: int, *, actor: Any = None, drafts: str = SurveyVersion.Drafts.STAY) -> SurveyVersion:
    """Freeze the draft as the next version and make it the one that people answer.

    `drafts` says what becomes of responses in progress when something is removed or made stricter; wording and
    additions reach them whatever it says. An unchanged draft gives no new version: the current one comes back. What
    was deleted from the draft can be put back no longer. Raises Refused with every problem when the draft cannot be
    published, or when it uses a code again for another kind of question.
    """
    survey = _locked(survey_id)
    definition = compiling.draft_of(survey)
    problems = problems_in(definition)
    if problems:
        raise Refused(_listed("The survey cannot be published yet.", [str(problem) for problem in problems]))
    current = survey.current_version
    if current is not None and current.sha256 == definition.sha256:
        return current
    blocked = forbidden(earlier_definitions(survey), definition)
    if blocked:
        raise Refused(_listed("The survey cannot be published.", [change.text for change in blocked]))
    change = (
        strongest(changes_between(load(current), definition)) if current is not None else SurveyVersion.Change.FIRST
    )
    version = SurveyVersion.objects.create(
        survey=survey,
        number=(survey.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1,
        definition=definition.to_json(),
        sha256=definition.sha256,
        change=change,
        drafts=drafts if change == SurveyVersion.Change.NARROWING else SurveyVersion.Drafts.MOVE,
        published_at=timezone.now(),
        published_by=actor,
    )
    shown = [question.settings.get("picture") for question in definition.questions() if question.kind == "image"]
    Picture.objects.filter(public_id__in=filter(None, shown), published_at=None).update(published_at=timezone.now())
    survey.removals.all().delete()
    survey.current_version = version
    if survey.state == Survey.State.DRAFT:
        survey.move_to(Survey.State.READY)
    survey.save(update_fields=["current_version", "state", "updated_at"])
    trail.record(
        "survey.published",
        subject=survey,
        actor=actor,
        scope=survey.consultation.reference,
        version=version.number,
        sha256=version.sha256,
        change=str(change),
        drafts=str(version.drafts),
    )
    return version


@transaction.atomic
def let_drafts_move(survey_id: int, number: int, *, actor: Any = None) -> SurveyVersion:
    """Let responses that were to finish on an earlier version move to this one after all. Never the other way round:
    what has moved may have been answered anew. Asking twice changes nothing; raises Refused for an unknown number.
    """
    survey = _locked(survey_id)
    version = survey.versions.filter(number=number).first()
    if version is None:
        raise Refused("This survey has no such version.")
    if version.drafts == SurveyVersion.Drafts.MOVE:
        return version
    # `save` and the database refuse a change of the document; what becomes of drafts is not part of it.
    SurveyVersion.objects.filter(pk=version.pk).update(drafts=SurveyVersion.Drafts.MOVE)
    version.drafts = SurveyVersion.Drafts.MOVE
    trail.record(
        "survey.drafts_moved", subject=survey, actor=actor, scope=survey.consultation.reference, version=number
    )
    return version


@transaction.atomic
def go_live(survey_id: int, *, actor: Any = None) -> Survey:
    """Let people answer the published version. Asking twice changes nothing; raises Refused without a version."""
    survey = _locked(survey_id)
    if survey.state == Survey.State.LIVE:
        return survey
    if survey.current_version_id is None:
        raise Refused("Publish the survey before you put it live.")
    return _moved(survey, Survey.State.LIVE, "survey.put_live", actor)


@transaction.atomic
def close(survey_id: int, *, actor: Any = None) -> Survey:
    """Take no more answers to this survey. Asking twice changes nothing."""
    survey = _locked(survey_id)
    if survey.state == Survey.State.CLOSED:
        return survey
    return _moved(survey, Survey.State.CLOSED, "survey.closed", actor)


def earlier_definitions(survey: Survey) -> list[Definition]:
    """The documents of every version so far, oldest first."""
    return [load(version) for version in survey.versions.order_by("number")]


def pending_changes(survey: Survey, definition: Definition) -> list[Change]:
    """What publishing this draft would change, forbidden reuse of codes included; empty for a first version."""
    if survey.current_version is None:
        return []
    changes = changes_between(load(survey.current_version), definition)
    told = {change.code for change in changes if change.kind == "forbidden"}
    blocked = [change for change in forbidden(earlier_definitions(survey), definition) if change.code not in told]
    return [*blocked, *changes]


def _locked(survey_id: int) -> Survey:
    return (
        Survey.objects.select_for_update(of=("self",))
        .select_related("consultation", "theme", "current_version")
        .get(pk=survey_id)
    )


def _moved(survey: Survey, state: str, verb: str, actor: Any) -> Survey:
    survey.move_to(state)
    survey.save(update_fields=["state", "updated_at"])
    trail.record(verb, subject=survey, actor=actor, scope=survey.consultation.reference)
    return survey


def _listed(lead: str, sentences: list[str]) -> str:
    shown = sentences[:MOST_LISTED]
    more = f" And {len(sentences) - MOST_LISTED} more." if len(sentences) > MOST_LISTED else ""
    return f"{lead} {' '.join(shown)}{more}"
