"""Sending a response, and what stands in the way of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from consultations.invitations import lifecycle as invitations
from consultations.submissions import emails, files, queries, rules, signoff, tallies
from consultations.submissions.lifecycle.rows import locked, moved, tell_invitations
from consultations.submissions.models import ResponseRevision, Submission, TextAnswer
from consultations.surveys import kinds
from engagement.audit import trail
from engagement.core.errors import Refused

State = Submission.State


@transaction.atomic
def submit(
    submission_id: int, *, actor: Any = None, provisional: bool = False, now: datetime | None = None
) -> Submission:
    """Send a submission. A second call finds it sent and changes nothing. `provisional` sends it on time, subject to
    the approval that was asked for.

    Keeps the answers on the path and leaves the others in the log; writes long answers as rows to be coded; counts;
    says who they are today (kind, areas); makes the invitations of the organisation responded; sends the receipt.
    Raises Refused with a sentence while something required is missing, while a needed approval is not there, and when
    the consultation takes nothing.
    What another channel brought is accepted by `accept_typed_in`, where missing answers are no hindrance.
    """
    now, actor = now or timezone.now(), queries.account_of(actor)
    submission = locked(submission_id)
    if submission.state in Submission.COUNTED:
        return submission
    if not submission.is_draft:
        raise Refused(gettext("This response was set aside, so it cannot be sent again. Write to us if that is wrong."))
    if reason := rules.why_not_send(submission, now):
        raise Refused(reason)
    parts = [part for part in queries.parts_of(submission) if part.is_begun]
    if not submission.is_intake and (lacks := lacking(submission, parts)):
        raise Refused(" ".join(lacks))
    standing = signoff.of(submission, parts)
    if reason := signoff.why_not_send(submission, standing, provisional=provisional, now=now):
        raise Refused(reason)
    submission.move_to(State.SUBMITTED)
    submission.submitted_at = now
    submission.submitted_by = actor
    submission.timing = Submission.Timing.PROVISIONAL if provisional else timing_of(submission, now)
    if standing.waiting is not None:
        standing.waiting.provisional_since = now
        standing.waiting.save(update_fields=["provisional_since", "updated_at"])
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
    moved(submission)
    if not submission.is_test:
        tallies.count(submission, by=1)
        tell_invitations(invitations.mark_responded, submission, now)
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
        emails.receipt(submission, parts, actor, awaited=standing.words)
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


def timing_of(submission: Submission, now: datetime) -> str:
    """Whether what is sent at this moment, or the letter that came on its day, is in time for this partner."""
    if submission.is_intake and submission.received_on and (closes_at := rules.closes_at(submission)):
        last: date = timezone.localdate(closes_at)
        return Submission.Timing.ON_TIME if submission.received_on <= last else Submission.Timing.LATE
    late = rules.is_late(submission, now)
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
    for part in parts:
        if part.response is None:
            continue
        for step in part.path.each():
            for question in step.questions:
                text = part.path.answers.get(step.key(question.code)) if kinds.of(question).is_coded else None
                if text:
                    facts = {"response": part.response, "question_code": question.code, "entry": step.entry}
                    rows.append(TextAnswer(submission=submission, text=text, **facts))
    if submission.statement.strip():
        rows.append(TextAnswer(submission=submission, text=submission.statement))
    TextAnswer.objects.bulk_create(rows)


def freeze(submission: Submission, parts: list[queries.Part], *, actor: Any, now: datetime) -> None:
    """What every way of sending does with the answers: only those on the path stay, long ones become rows to code."""
    for part in parts:
        _settle(part, actor, now)
    files.purge(part.response for part in parts if part.response is not None and asks_for_files(part))
    _write_texts(submission, parts)
