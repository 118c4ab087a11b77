"""Keying a paper a second time, comparing the two, and choosing what stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from consultations.submissions import keying, queries
from consultations.submissions.actions.writing import begin_response
from consultations.submissions.models import Response, ResponseRevision, Submission
from consultations.surveys.definition import load
from engagement.audit import trail
from engagement.core.errors import Refused

Kind = ResponseRevision.Kind
State = Submission.State


def _locked(submission_id: int) -> Submission:
    submission = Submission.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=submission_id)
    if not submission.is_intake or submission.state != State.AWAITING_APPROVAL:
        raise Refused("Only what was typed in and waits to be checked is keyed a second time.")
    return submission


def _add(response: Response, kind: str, patch: Mapping[str, Any], actor: Any, settles: int | None = None) -> None:
    response.revision += 1
    ResponseRevision.objects.create(
        response=response,
        number=response.revision,
        at=timezone.now(),
        actor=actor,
        kind=kind,
        patch=dict(patch),
        settles=settles,
    )


@transaction.atomic
def begin_second(submission_id: int, *, actor: Any) -> None:
    """Begin to key the paper again, with nothing of the first keying in sight. Beginning twice changes nothing.

    Raises Refused for whoever typed it in, while a colleague is at it, and after it was done.
    """
    submission = _locked(submission_id)
    if submission.entered_by_id == actor.pk:
        raise Refused("You typed this in, so somebody else has to key it a second time.")
    known = keying.of(submission)
    if known.is_finished:
        raise Refused("This was keyed a second time already.")
    if known.is_begun:
        if known.by != actor:
            raise Refused(f"{known.by} is keying this a second time.")
        return
    begun = [part.response for part in queries.parts_of(submission) if part.response is not None]
    live = queries.live_surveys(submission.consultation_id)
    responses = begun or [begin_response(submission, survey) for survey in live[:1]]
    if not responses:
        raise Refused("There is no survey to key. A statement alone is compared by reading it.")
    for response in responses:
        _add(response, Kind.SECOND, {}, actor)
        response.save(update_fields=["revision"])
    trail.record(
        "submission.second_keying_begun", subject=submission, actor=actor, scope=submission.consultation.reference
    )


@transaction.atomic
def save_second(response_id: int, answers: Mapping[str, Any], *, actor: Any) -> None:
    """Keep what one page gave in the second keying; the response itself is not touched."""
    submission = _locked(Response.objects.values_list("submission", flat=True).get(pk=response_id))
    known = keying.of(submission)
    if not known.hides_from(actor):
        raise Refused("You are not keying this a second time, or it is done.")
    one = next((one for one in known.surveys if one.response.pk == response_id), None)
    if one is None:
        raise Refused("This survey is not keyed a second time.")
    changed = {key: value for key, value in answers.items() if value != one.answers.get(key)}
    if changed:
        _add(one.response, Kind.SECOND, changed, actor)
        one.response.save(update_fields=["revision"])


@transaction.atomic
def finish_second(submission_id: int, *, actor: Any) -> int:
    """The second keying is done: what differs is written down, and how much is returned. Twice changes nothing."""
    submission = _locked(submission_id)
    known = keying.of(submission)
    if known.is_finished:
        return sum(len(one.compared.patch) for one in known.surveys if one.compared is not None)
    if not known.hides_from(actor):
        raise Refused("You are not keying this a second time.")
    many = 0
    for one in known.surveys:
        found = keying.differences(load(one.response.version), one.response.data, one.answers)
        many += len(found)
        _add(one.response, Kind.COMPARED, found, actor)
        one.response.save(update_fields=["revision"])
    trail.record(
        "submission.keyed_twice",
        subject=submission,
        actor=actor,
        scope=submission.consultation.reference,
        differences=many,
    )
    return many


@transaction.atomic
def settle_second(submission_id: int, choices: Mapping[tuple[str, str], str], *, actor: Any) -> None:
    """Say for each difference, (survey code, key), whether the “first” or the “second” keying stands.

    Raises Refused while one is without a choice, and for whoever typed it in first. Deciding twice changes nothing.
    """
    submission = _locked(submission_id)
    known = keying.of(submission)
    if known.is_settled:
        return
    if not known.is_finished:
        raise Refused("The second keying is not done yet.")
    if submission.entered_by_id == actor.pk:
        raise Refused("You typed this in first, so somebody else has to say which one stands.")
    taken = {"first": 0, "second": 0}
    for one in known.surveys:
        if one.compared is None or one.settled is not None or not one.compared.patch:
            continue
        patch = {}
        for key, values in one.compared.patch.items():
            choice = choices.get((one.response.survey.code, key), "")
            if choice not in taken:
                raise Refused("Choose for each difference what the paper says.")
            taken[choice] += 1
            if choice == "second":
                patch[key] = values["second"]
        one.response.data = {**one.response.data, **patch}
        _add(one.response, Kind.SETTLED, patch, actor, settles=one.compared.number)
        one.response.save(update_fields=["data", "revision", "updated_at"])
    trail.record(
        "submission.differences_settled",
        subject=submission,
        actor=actor,
        scope=submission.consultation.reference,
        first_stands=taken["first"],
        second_stands=taken["second"],
    )
