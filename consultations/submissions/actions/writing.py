"""Writing answers: every save is kept, and nobody overwrites a colleague unawares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from consultations.submissions import queries, rules
from consultations.submissions.models import Response, ResponseRevision, SectionAssignment, Submission
from consultations.surveys.definition import OF_ENTRY, entry_key, load
from consultations.surveys.entries import entry_numbers
from consultations.surveys.models import Survey
from engagement.core.errors import Refused
from engagement.core.prepared import Given, Prepared


@dataclass(frozen=True)
class Clash:
    """One question that two people answered at the same time."""

    code: str
    mine: Any
    theirs: Any


class Conflict(Exception):
    """A colleague saved the same answers meanwhile. Both are kept: theirs stand, mine wait under `number` of the log.

    Everything else of the save was stored.
    """

    def __init__(self, number: int, clashes: list[Clash]) -> None:
        super().__init__(f"Answers met a colleague's: {', '.join(clash.code for clash in clashes)}")
        self.number, self.clashes = number, clashes


def begin_response(submission: Submission, survey: Survey) -> Response:
    """The response to this survey, made empty when nothing was saved yet."""
    if survey.current_version_id is None:
        raise Refused(gettext("This survey has not been published yet."))
    response, _ = Response.objects.get_or_create(
        submission=submission, survey=survey, defaults={"version_id": survey.current_version_id}
    )
    return response


def save_section(
    response_id: int,
    *,
    page_code: str,
    answers: Mapping[str, Any],
    revision: int | None = None,
    unfinished: Mapping[str, Any] | None = None,
    is_done: bool = False,
    language: str = "",
    actor: Any = None,
    now: datetime | None = None,
) -> Response:
    """Save what one page gave: {question code: value, None for blank}, all at once under the lock of the submission.

    `revision` is that of the response when the page was opened; None saves over whatever is there. Answers that the
    writer did not touch never undo a colleague's. `unfinished` is what was typed and could not be accepted, kept to
    be shown again. `is_done` says that the writer is through with the page: what is blank was left blank on purpose.
    `language` is the code of the one in which the page was read. After the close a draft can still be saved.

    Raises Conflict when a colleague answered the same question meanwhile (both answers are kept), and Refused when the
    submission was sent or set aside.
    """
    with transaction.atomic():
        response, clashes = _save(
            response_id,
            page_code,
            answers,
            revision=revision,
            unfinished=unfinished,
            is_done=is_done,
            language=language,
            actor=actor,
            now=now,
        )
    if clashes:
        raise Conflict(response.revision, clashes)
    return response


_OF_RESPONSE: Prepared[Submission] = Prepared(
    lambda: Submission.objects.select_for_update(of=("self",)).filter(responses=Given("response"))
)


def _locked(response_id: int) -> Response:
    """The response, with the row of its submission locked: that row guards everything that is written in it."""
    submission = _OF_RESPONSE.first(response=response_id)
    if submission is None:
        raise Submission.DoesNotExist
    refuse_sent(submission)
    response = queries.response_again(response_id)
    response.submission = submission
    return response


def refuse_sent(submission: Submission) -> None:
    if not submission.is_draft:
        raise Refused(
            gettext(
                "This response (%(reference)s) is “%(state)s”, so it cannot be changed. What you typed was not "
                "saved; it stands below."
            )
            % {"reference": submission.reference, "state": submission.get_state_display()}
        )
    if submission.state == Submission.State.AWAITING_APPROVAL and not submission.is_intake:
        raise Refused(
            gettext(
                "Somebody was asked to approve this response (%(reference)s), so it cannot be changed now. Those who "
                "lead it can take the request back first. What you typed was not saved; it stands below."
            )
            % {"reference": submission.reference}
        )


_LOCK: Prepared[SectionAssignment] = Prepared(
    lambda: SectionAssignment.objects.select_related("contact").filter(
        submission=Given("submission"), survey=Given("survey"), page=Given("page"), is_locked=True
    )
)


def refuse_locked(submission: Submission, lock: SectionAssignment | None, actor: Any) -> None:
    """Raises Refused when the section is kept for somebody else; those who lead the response are never kept out."""
    account = queries.account_of(actor)
    if lock is None or account is None or lock.contact.user_id == account.pk or rules.leads(account, submission):
        return
    raise Refused(
        gettext(
            "This section is kept for %(name)s, so you cannot change it. Leave a comment, or ask those who lead the "
            "response. What you typed was not saved; it stands below."
        )
        % {"name": lock.contact.name}
    )


def _refuse_locked_page(response: Response, page_code: str, actor: Any) -> None:
    if response.submission.organisation_id is not None and page_code:
        page = page_code.partition(OF_ENTRY)[0]
        lock = _LOCK.first(submission=response.submission_id, survey=response.survey_id, page=page)
        refuse_locked(response.submission, lock, actor)


def _save(
    response_id: int,
    page_code: str,
    answers: Mapping[str, Any],
    *,
    revision: int | None,
    unfinished: Mapping[str, Any] | None,
    is_done: bool,
    language: str,
    actor: Any,
    now: datetime | None,
) -> tuple[Response, list[Clash]]:
    response = _locked(response_id)
    _refuse_locked_page(response, page_code, actor)
    log = _Log(response, actor, page_code, now or timezone.now())
    # Blank where nothing stands is a change only for those who are through with the page.
    nothing = object() if is_done else None
    patch = {code: value for code, value in answers.items() if value != response.data.get(code, nothing)}
    theirs = _touched_since(response, revision) if patch and revision is not None else set()
    clashes = []
    if theirs & patch.keys():
        before = _as_of(response, revision or 0)
        for code in theirs & patch.keys():
            mine = patch.pop(code)
            if mine != before.get(code):
                clashes.append(Clash(code, mine, response.data.get(code)))
    if patch:
        _apply(response, patch)
        log.add(ResponseRevision.Kind.SAVED, patch)
    typed = dict(unfinished or {})
    if typed and typed != response.unfinished.get(page_code):
        log.add(ResponseRevision.Kind.UNFINISHED, typed)
    changed = typed != response.unfinished.get(page_code, {})
    kept = {code: page for code, page in response.unfinished.items() if code != page_code}
    response.unfinished = {**kept, page_code: typed} if typed else kept
    clashes.sort(key=lambda clash: clash.code)
    if clashes:
        log.add(ResponseRevision.Kind.CONFLICT, {clash.code: clash.mine for clash in clashes})
    if language and log.rows:
        response.language = language
    if log.rows or changed:
        _store(response, log)
    return response, clashes


class _Log:
    """The revisions that one save adds."""

    def __init__(self, response: Response, actor: Any, page: str, at: datetime) -> None:
        self.response, self.actor, self.page, self.at = response, queries.account_of(actor), page, at
        self.rows: list[ResponseRevision] = []

    def add(self, kind: str, patch: Mapping[str, Any], settles: int | None = None) -> None:
        self.response.revision += 1
        self.rows.append(
            ResponseRevision(
                response=self.response,
                number=self.response.revision,
                at=self.at,
                actor=self.actor,
                kind=kind,
                page=self.page,
                patch=dict(patch),
                settles=settles,
            )
        )


def _apply(response: Response, patch: Mapping[str, Any]) -> None:
    # What was saved without an answer stays as null: the page was seen, and no default is offered again.
    response.data = {**response.data, **patch}


def _store(response: Response, log: _Log) -> None:
    ResponseRevision.objects.bulk_create(log.rows)
    response.version = queries.version_for(response)
    if any(row.kind in ResponseRevision.APPLIED for row in log.rows):
        response.last_edited_by = log.actor
    response.save(
        update_fields=["data", "unfinished", "revision", "version", "language", "last_edited_by", "updated_at"]
    )
    submission = response.submission
    # What waits to be checked and is changed has to be checked anew.
    if submission.state != Submission.State.IN_PROGRESS:
        submission.move_to(Submission.State.IN_PROGRESS)
        submission.save(update_fields=["state", "updated_at"])


def _touched_since(response: Response, revision: int) -> set[str]:
    """The questions whose answer was saved after this revision."""
    if revision >= response.revision:
        return set()
    rows = response.revisions.filter(number__gt=revision, kind__in=ResponseRevision.APPLIED)
    return {code for patch in rows.values_list("patch", flat=True) for code in patch}


def _as_of(response: Response, revision: int) -> dict[str, Any]:
    """The answers as they stood at this revision."""
    data: dict[str, Any] = {}
    rows = response.revisions.filter(number__lte=revision, kind__in=ResponseRevision.APPLIED).order_by("number")
    for patch in rows.values_list("patch", flat=True):
        data.update(patch)
    return data


def settle(
    response_id: int, number: int, *, choices: Mapping[str, str], revision: int, actor: Any, now: datetime | None = None
) -> Response:
    """Decide between two answers to the same questions: {code: "mine", "theirs" or "both"} ("both" for texts).

    Raises Refused when a colleague saved one of them again since the page was shown; deciding twice changes nothing.
    """
    with transaction.atomic():
        response = _locked(response_id)
        kept = response.revisions.get(
            number=number, kind=ResponseRevision.Kind.CONFLICT, actor=queries.account_of(actor)
        )
        if response.revisions.filter(settles=number).exists():
            return response
        if _touched_since(response, revision) & kept.patch.keys():
            raise Refused(gettext("Meanwhile the answer was changed once more. Look at both again, then choose."))
        _refuse_locked_page(response, kept.page, actor)
        patch = {}
        for code, mine in kept.patch.items():
            if choices.get(code) == "mine":
                patch[code] = mine
            elif choices.get(code) == "both":
                patch[code] = "\n\n".join(str(text) for text in (response.data.get(code), mine) if text)
        _apply(response, patch)
        log = _Log(response, actor, kept.page, now or timezone.now())
        log.add(ResponseRevision.Kind.SETTLED, patch, settles=number)
        _store(response, log)
        return response


def add_entry(response_id: int, page_code: str, *, actor: Any = None, now: datetime | None = None) -> int:
    """One more entry of a page that repeats; its number. Numbers of entries that were removed are never given again.

    Raises Refused when there are as many as there may be, or when the submission was sent.
    """
    with transaction.atomic():
        response = _locked(response_id)
        _refuse_locked_page(response, page_code, actor)
        page = load(response.version).page(page_code)
        if page.most_entries is not None and len(entry_numbers(page_code, response.data)) >= page.most_entries:
            raise Refused(
                gettext("There is room for %(most_entries)s. Remove one before you add another.")
                % {"most_entries": page.most_entries}
            )
        start = entry_key(page_code, 0)[:-1]
        used = [int(rest) for key in response.data if key.startswith(start) and (rest := key[len(start) :]).isdecimal()]
        number = max(used, default=0) + 1
        _set(response, page_code, {entry_key(page_code, number): True}, actor, now)
        return number


def show_entry(
    response_id: int, page_code: str, number: int, *, is_there: bool, actor: Any = None, now: datetime | None = None
) -> None:
    """Remove an entry, or put a removed one back with all that was written in it: nothing is deleted before sending.

    Raises Refused for an entry that never was, and when the submission was sent.
    """
    with transaction.atomic():
        response = _locked(response_id)
        _refuse_locked_page(response, page_code, actor)
        key = entry_key(page_code, number)
        if key not in response.data:
            raise Refused(gettext("There is no such entry. Look at the list again."))
        if (response.data[key] is True) != is_there:
            _set(response, page_code, {key: True if is_there else None}, actor, now)


def _set(response: Response, page_code: str, patch: dict[str, Any], actor: Any, now: datetime | None) -> None:
    _apply(response, patch)
    log = _Log(response, actor, page_code, now or timezone.now())
    log.add(ResponseRevision.Kind.SAVED, patch)
    _store(response, log)


def fill(
    submission: Submission,
    survey: Survey,
    answers: Mapping[str, Any],
    *,
    actor: Any = None,
    now: datetime | None = None,
) -> Response:
    """Save many answers of a survey at once, values as in `models.Response`: for imports and demonstrations."""
    response = begin_response(submission, survey)
    return save_section(response.pk, page_code="", answers=answers, actor=actor, now=now)
