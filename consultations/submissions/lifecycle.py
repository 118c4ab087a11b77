"""Every change of a submission's state: lock the row, move, save, record. Each may be called twice."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from consultations.invitations import lifecycle as invitations
from consultations.programme.models import Consultation
from consultations.submissions import emails, files, keying, queries, rules, tallies
from consultations.submissions.models import Response, ResponseRevision, Submission, TextAnswer
from consultations.surveys import kinds
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.core.prepared import Given, Prepared

State = Submission.State


_LOCKED: Prepared[Submission] = Prepared(
    lambda: (
        Submission.objects.select_for_update(of=("self",))
        .select_related("consultation", "organisation__kind", "kind", "respondent")
        .filter(pk=Given("pk"))
    )
)


def _locked(submission_id: int) -> Submission:
    found = _LOCKED.first(pk=submission_id)
    if found is None:
        raise Submission.DoesNotExist
    return found


# --- sending --------------------------------------------------------------------------------------------


@transaction.atomic
def submit(submission_id: int, *, actor: Any = None, now: datetime | None = None) -> Submission:
    """Send a submission. A second call finds it sent and changes nothing.

    Keeps the answers on the path and leaves the others in the log; writes long answers as rows to be coded; counts;
    says who they are today (kind, areas); makes the invitations of the organisation responded; sends the receipt.
    Raises Refused with a sentence while something required is missing, and when the consultation takes nothing.
    What another channel brought is accepted by `accept_typed_in`, where missing answers are no hindrance.
    """
    now, actor = now or timezone.now(), queries.account_of(actor)
    submission = _locked(submission_id)
    if submission.state in Submission.COUNTED:
        return submission
    if not submission.is_draft:
        raise Refused(gettext("This response was set aside, so it cannot be sent again. Write to us if that is wrong."))
    if reason := rules.why_not_send(submission, now):
        raise Refused(reason)
    parts = [part for part in queries.parts_of(submission) if part.is_begun]
    if not submission.is_intake and (lacks := lacking(submission, parts)):
        raise Refused(" ".join(lacks))
    submission.move_to(State.SUBMITTED)
    submission.submitted_at = now
    submission.submitted_by = actor
    submission.timing = _timing(submission, now)
    if submission.kind is None and submission.organisation:
        submission.kind = submission.organisation.kind
    if submission.privacy_version is None:
        submission.privacy_version = submission.consultation.privacy_version
    submission.save(
        update_fields=[
            "state", "submitted_at", "submitted_by", "timing", "kind", "privacy_version", "updated_at",
        ]
    )  # fmt: skip
    if submission.organisation and not submission.areas.exists():
        submission.areas.set(submission.organisation.areas.all())
    freeze(submission, parts, actor=actor, now=now)
    if not submission.is_test:
        tallies.count(submission, by=1)
        _tell_invitations(invitations.mark_responded, submission, now)
    trail.record(
        "submission.submitted",
        subject=submission,
        actor=actor,
        scope=submission.consultation.reference,
        channel=submission.channel,
        timing=submission.timing,
        capacity=submission.capacity,
        confidentiality=submission.confidentiality,
        surveys=[part.survey.code for part in parts],
        **({"is_test": True} if submission.is_test else {}),
    )
    if submission.channel == Submission.Channel.ONLINE:
        emails.receipt(submission, parts, actor)
    return submission


def lacking(submission: Submission, parts: list[queries.Part]) -> list[str]:
    """What stands in the way of sending, as sentences; empty when nothing does."""
    found = []
    begun = [part for part in parts if part.is_begun]
    if not begun and not submission.statement.strip() and not submission.evidence.exists():
        found.append(gettext("There is nothing to send yet. Answer a survey, write a statement or add a document."))
    for part in begun:
        number = len(part.path.missing)
        if number:
            sentence = ngettext(
                "“%(title)s” has %(n)s question that needs an answer before it can be sent.",
                "“%(title)s” has %(n)s questions that need an answer before it can be sent.",
                number,
            )
            found.append(sentence % {"title": part.definition.title, "n": number})
        for page_code in part.unfinished:
            step = part.path.step(page_code)
            title = step.title if step else page_code
            sentence = gettext("Something that you typed in “%(title)s” could not be accepted yet. Look at it again.")
            found.append(sentence % {"title": title})
    locked = [part for part in begun if asks_for_files(part)]
    found += [
        gettext("The virus scanner found something harmful in %(name)s. Take it away before you send.") % {"name": name}
        for name in (files.locked(submission, locked) if locked else ())
    ]
    if not submission.confidentiality:
        found.append(gettext("Say whether we may publish your response."))
    return found


def asks_for_files(part: queries.Part) -> bool:
    """Whether the survey has a question for files: only then there is anything to look for."""
    return any(kinds.of(question).holds_files for question in part.definition.questions())


def _timing(submission: Submission, now: datetime) -> str:
    consultation = submission.consultation
    if submission.is_intake and submission.received_on and consultation.closes_at:
        last: date = timezone.localdate(consultation.closes_at)
        return Submission.Timing.ON_TIME if submission.received_on <= last else Submission.Timing.LATE
    late = rules.is_past_close(consultation, now)
    return Submission.Timing.LATE if late else Submission.Timing.ON_TIME


def _settle(part: queries.Part, actor: Any, now: datetime) -> None:
    """Only answers on the path stay; the others are named in the log, where reopening finds them."""
    response = part.response
    if response is None:
        return
    dropped = {
        code: value
        for code, value in response.data.items()
        if value not in kinds.BLANK and code not in part.path.answers
    }
    if dropped:
        response.revision += 1
        ResponseRevision.objects.create(
            response=response,
            number=response.revision,
            at=now,
            actor=actor,
            kind=ResponseRevision.Kind.SENT,
            patch=dict.fromkeys(dropped),
        )
    response.data = part.path.answers
    response.unfinished = {}
    response.version = part.version
    response.save(update_fields=["data", "unfinished", "version", "revision", "updated_at"])


def _write_texts(submission: Submission, parts: list[queries.Part]) -> None:
    rows = []
    answered = [(part, part.response) for part in parts if part.response is not None]
    for part, response in answered:
        for step in part.path.each():
            for question in step.questions:
                text = part.path.answers.get(step.key(question.code)) if kinds.of(question).is_coded else None
                if text:
                    rows.append(TextAnswer(response=response, question_code=question.code, entry=step.entry, text=text))
    if submission.statement.strip():
        rows.append(
            TextAnswer(response=_first_response(submission, answered), question_code="", text=submission.statement)
        )
    TextAnswer.objects.bulk_create(rows)


def freeze(submission: Submission, parts: list[queries.Part], *, actor: Any, now: datetime) -> None:
    """What every way of sending does with the answers: only those on the path stay, long ones become rows to code."""
    for part in parts:
        _settle(part, actor, now)
    files.purge(part.response for part in parts if part.response is not None and asks_for_files(part))
    _write_texts(submission, parts)


def _first_response(submission: Submission, answered: list[Any]) -> Response:
    """What the written statement hangs on: the first response, made empty where there is none."""
    if answered:
        return answered[0][1]
    response = submission.responses.order_by("pk").first()
    if response is None:
        survey = next(iter(queries.surveys_for(submission)), None)
        if survey is None or survey.current_version is None:
            raise Refused(gettext("A statement can be sent once this consultation has a survey that is open."))
        response = Response.objects.create(submission=submission, survey=survey, version=survey.current_version)
    return response


def _tell_invitations(tell: Any, submission: Submission, now: datetime) -> None:
    tell(submission.consultation, organisation=submission.organisation, user=submission.respondent, now=now)


# --- back to the partner --------------------------------------------------------------------------------


@transaction.atomic
def reopen(submission_id: int, *, actor: Any = None, now: datetime | None = None) -> Submission:
    """Make a sent response a draft again, before the close; answers that had been left out come back from the log.

    Raises Refused after the close, and once officers have begun to work with it. A draft stays as it is.
    """
    now = now or timezone.now()
    submission = _locked(submission_id)
    if submission.is_draft:
        return submission
    if reason := rules.why_not_reopen(submission, now):
        raise Refused(reason)
    if not submission.is_test:
        tallies.count(submission, by=-1)
        _tell_invitations(invitations.mark_unanswered, submission, now)
    try:
        TextAnswer.objects.filter(response__submission=submission).delete()
    except ProtectedError as error:
        raise Refused(str(rules.IN_WORK)) from error
    for response in submission.responses.select_for_update(of=("self",)).order_by("pk"):
        response.data = files.without_gone(response, {**_replayed(response), **response.data})
        response.save(update_fields=["data", "updated_at"])
    submission.move_to(State.IN_PROGRESS)
    submission.submitted_at, submission.submitted_by, submission.timing = None, None, ""
    submission.save(update_fields=["state", "submitted_at", "submitted_by", "timing", "updated_at"])
    trail.record("submission.reopened", subject=submission, actor=actor, scope=submission.consultation.reference)
    return submission


def _replayed(response: Response) -> dict[str, Any]:
    """The answers as they were last saved, on the path or off it."""
    data: dict[str, Any] = {}
    rows = response.revisions.filter(kind__in=ResponseRevision.APPLIED).order_by("number")
    for patch in rows.values_list("patch", flat=True):
        data.update(patch)
    return data


@transaction.atomic
def withdraw(submission_id: int, *, actor: Any = None, reason: str = "", now: datetime | None = None) -> Submission:
    """The partner takes it back, sent or not. It leaves every figure; what was sent is kept for the record."""
    submission = _locked(submission_id)
    if submission.state == State.WITHDRAWN:
        return submission
    consultation = submission.consultation
    if consultation.state in {Consultation.State.REPORTED, Consultation.State.ARCHIVED} and not submission.is_draft:
        raise Refused(
            gettext("The results are out, so this response can no longer be withdrawn here. Write to %(us)s about it.")
            % {"us": consultation.contact_email or gettext("us")}
        )
    return _set_aside(submission, State.WITHDRAWN, "submission.withdrawn", actor=actor, reason=reason, now=now)


# --- staff ----------------------------------------------------------------------------------------------


@transaction.atomic
def accept(submission_id: int, *, actor: Any = None) -> Submission:
    """A member of staff has looked at it: it is what it says it is. Accepting twice changes nothing."""
    submission = _locked(submission_id)
    if submission.state == State.ACCEPTED:
        return submission
    submission.move_to(State.ACCEPTED)
    submission.save(update_fields=["state", "updated_at"])
    trail.record("submission.accepted", subject=submission, actor=actor, scope=submission.consultation.reference)
    return submission


@transaction.atomic
def mark_duplicate(submission_id: int, *, reason: str, actor: Any = None) -> Submission:
    """It says again what another submission says: out of every figure, kept, with the reason."""
    return _set_aside(
        _locked(submission_id),
        State.DUPLICATE,
        "submission.marked_duplicate",
        actor=actor,
        reason=reason,
        is_asked=True,
    )


@transaction.atomic
def reject(submission_id: int, *, reason: str, actor: Any = None) -> Submission:
    """It is no answer to this consultation: out of every figure, kept, with the reason."""
    return _set_aside(
        _locked(submission_id), State.REJECTED, "submission.rejected", actor=actor, reason=reason, is_asked=True
    )


@transaction.atomic
def restore(submission_id: int, *, actor: Any = None, now: datetime | None = None) -> Submission:
    """What was set aside as a duplicate or rejected counts again; raises Refused when another one took its place."""
    submission = _locked(submission_id)
    if submission.state not in {State.DUPLICATE, State.REJECTED}:
        raise Refused("This response was not set aside, so there is nothing to bring back.")
    submission.move_to(State.SUBMITTED)
    submission.set_aside_reason = ""
    try:
        with transaction.atomic():
            submission.save(update_fields=["state", "set_aside_reason", "updated_at"])
    except IntegrityError as error:
        raise Refused(
            "This partner has another response by now, and each has one. Mark that one as a duplicate first."
        ) from error
    if not submission.is_test:
        tallies.count(submission, by=1)
        _tell_invitations(invitations.mark_responded, submission, now or timezone.now())
    trail.record("submission.restored", subject=submission, actor=actor, scope=submission.consultation.reference)
    return submission


def _set_aside(
    submission: Submission,
    state: str,
    verb: str,
    *,
    actor: Any,
    reason: str,
    is_asked: bool = False,
    now: datetime | None = None,
) -> Submission:
    if submission.state == state:
        return submission
    if is_asked and not reason.strip():
        raise Refused(gettext("Write why. The reason is kept with the response."), field="reason")
    counted, before = submission.is_counted, submission.state
    submission.move_to(state)
    submission.set_aside_reason = reason.strip()
    submission.save(update_fields=["state", "set_aside_reason", "updated_at"])
    if counted:
        tallies.count(submission, by=-1)
        _tell_invitations(invitations.mark_unanswered, submission, now or timezone.now())
    trail.record(verb, subject=submission, actor=actor, scope=submission.consultation.reference, before=before)
    return submission


# --- intake ---------------------------------------------------------------------------------------------


@transaction.atomic
def hand_over(submission_id: int, *, actor: Any = None) -> Submission:
    """The one who typed it in is done; it waits for somebody else to check it against the original."""
    submission = _locked(submission_id)
    if submission.state == State.AWAITING_APPROVAL:
        return submission
    if not submission.confidentiality:
        raise Refused("Say first whether we may publish it. If the sender does not say, choose “Do not publish”.")
    parts = [part for part in queries.parts_of(submission) if part.is_begun]
    if not parts and not submission.statement.strip() and not submission.evidence.exists():
        raise Refused("There is nothing to check yet. Type in answers or a statement, or attach the original.")
    submission.move_to(State.AWAITING_APPROVAL)
    submission.save(update_fields=["state", "updated_at"])
    trail.record("submission.typed_in", subject=submission, actor=actor, scope=submission.consultation.reference)
    return submission


@transaction.atomic
def accept_typed_in(submission_id: int, *, actor: Any, now: datetime | None = None) -> Submission:
    """Somebody else has compared it with the original: now it is a submission, on time or late by the day it came.

    Raises Refused when the one who checks is the one who typed it in.
    """
    submission = _locked(submission_id)
    if submission.state in Submission.COUNTED:
        return submission
    if submission.state != State.AWAITING_APPROVAL:
        raise Refused("This response is still being typed in. It can be checked when that is done.")
    if actor is None or submission.entered_by_id == actor.pk:
        raise Refused("You typed this in, so somebody else has to check it.")
    keying.refuse_open(submission)
    return submit(submission_id, actor=actor, now=now)


@transaction.atomic
def send_back(submission_id: int, *, actor: Any, reason: str) -> Submission:
    """The one who checks found something to correct."""
    submission = _locked(submission_id)
    if submission.state != State.AWAITING_APPROVAL:
        raise Refused("This response is not waiting to be checked.")
    if not reason.strip():
        raise Refused("Write what is to be corrected.", field="reason")
    submission.move_to(State.IN_PROGRESS)
    submission.set_aside_reason = reason.strip()
    submission.save(update_fields=["state", "set_aside_reason", "updated_at"])
    trail.record("submission.sent_back", subject=submission, actor=actor, scope=submission.consultation.reference)
    return submission
