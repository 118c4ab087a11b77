"""Every change of state of a piece of evidence, and how the register follows what becomes of submissions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from consultations.evidence import queries
from consultations.evidence.models import EvidenceItem, Source, numbers_in
from consultations.programme.models import Consultation
from consultations.submissions.models import EvidenceDocument, Submission
from engagement.audit import trail
from engagement.core.errors import Refused

State = EvidenceItem.State


@transaction.atomic
def follow(submission: Submission) -> None:
    """Bring the register up to date with a submission that was just sent, taken back or brought back.

    Each of its documents is in the register from the sending on. An entry whose last submission was taken back is
    withdrawn, and comes back with it. Called in the transaction of the act (`settings.SUBMISSION_ACTS`); calling it
    again changes nothing.
    """
    documents = list(EvidenceDocument.objects.filter(submission=submission).order_by("pk"))
    if not documents or submission.is_test:
        return
    if submission.state in queries.THERE:
        for document in documents:
            take_in(document)
    _settle(EvidenceItem.objects.filter(sources__document__in=documents))


def take_in(document: EvidenceDocument) -> EvidenceItem:
    """The entry for the content of this document, made where there is none, with the document among its sources."""
    item, is_new = EvidenceItem.objects.get_or_create(
        sha256=document.sha256,
        defaults={
            "file_name": document.file_name,
            "content_type": document.content_type,
            "size": document.size,
            "title": document.title,
        },
    )
    Source.objects.get_or_create(document=document, defaults={"item": item})
    if is_new:
        trail.record("evidence.received", subject=item, sha256=item.sha256)
    return item


def _settle(items: Iterable[EvidenceItem]) -> None:
    """Withdraw what has no live source any more; bring back what has one again."""
    rows = EvidenceItem.objects.select_for_update(of=("self",)).filter(pk__in={item.pk for item in items})
    for item in rows.order_by("pk"):
        is_there = queries.sources_of(item).exists()
        if not is_there and item.state != State.WITHDRAWN:
            _move(item, State.WITHDRAWN, "evidence.withdrawn")
        elif is_there and item.state == State.WITHDRAWN:
            _move(item, _unmarked(item), "evidence.returned")
        if item.state == State.CATALOGUED and queries.cited_in(item):
            _move(item, State.CITED, "evidence.cited")


def _unmarked(item: EvidenceItem) -> State:
    """What it is when nothing stands against it; cited ones become so in `_settle`."""
    return State.CATALOGUED if item.catalogued_at else State.UPLOADED


def _move(item: EvidenceItem, state: State, verb: str, *, actor: Any = None, reason: str = "") -> None:
    before = item.state
    item.move_to(state)
    item.reason = reason
    item.save(update_fields=["state", "reason", "updated_at"])
    trail.record(verb, subject=item, actor=actor, before=before, **({"reason": reason} if reason else {}))


def locked(item_id: int) -> EvidenceItem:
    """The row, held until the transaction ends."""
    return EvidenceItem.objects.select_for_update(of=("self",)).get(pk=item_id)


@transaction.atomic
def catalogue(item_id: int, *, actor: Any, **facts: Any) -> EvidenceItem:
    """Write down what it is: `facts` are columns of the entry and `areas`. From then on it can be cited."""
    item = locked(item_id)
    if item.state in {State.QUARANTINED, State.WITHDRAWN}:
        raise Refused(f"This piece of evidence is “{item.get_state_display()}”, so it is not described.")
    areas = facts.pop("areas", None)
    changed = [name for name, value in facts.items() if getattr(item, name) != value]
    for name, value in facts.items():
        setattr(item, name, value)
    is_first = item.state == State.UPLOADED
    if is_first:
        item.move_to(State.CATALOGUED)
    item.catalogued_at, item.catalogued_by = timezone.now(), actor
    item.save()
    if areas is not None and set(areas) != set(item.areas.all()):
        item.areas.set(areas)
        changed.append("areas")
    if is_first or changed:
        trail.record("evidence.catalogued", subject=item, actor=actor, fields=sorted(changed))
    return item


@transaction.atomic
def quarantine(item_id: int, *, actor: Any, reason: str) -> EvidenceItem:
    """Keep its file from everybody until somebody has decided; nothing new cites it."""
    item = locked(item_id)
    if item.state == State.QUARANTINED:
        return item
    if not reason.strip():
        raise Refused("Write why. The reason stands in the register.", field="reason")
    _move(item, State.QUARANTINED, "evidence.quarantined", actor=actor, reason=reason.strip())
    return item


@transaction.atomic
def release(item_id: int, *, actor: Any) -> EvidenceItem:
    """Out of quarantine, as it was before."""
    item = locked(item_id)
    if item.state != State.QUARANTINED:
        return item
    _move(item, _unmarked(item), "evidence.released", actor=actor)
    _settle([item])
    return item


@transaction.atomic
def follow_citations(consultation: Consultation, *, before: str, now: str, actor: Any) -> None:
    """A text of this consultation said `before` and says `now`: what it names is cited, what nothing names any more is
    not. Call it when the text is saved.

    Raises Refused for a reference that the register of the consultation does not have, and for a piece that was not
    catalogued.
    """
    named, gone = numbers_in(now), numbers_in(before)
    if not named and not gone:
        return
    known = queries.by_numbers(consultation, named)
    for number in named:
        if number not in known:
            raise Refused(f"EV-{number:04} is not in the evidence register of this consultation. Look its number up.")
        if not known[number].is_citable and number not in gone:
            raise Refused(
                f"{known[number].reference} is “{known[number].get_state_display()}”. Only evidence that was "
                "catalogued can be cited."
            )
    rows = EvidenceItem.objects.select_for_update(of=("self",)).filter(pk__in={*named, *gone})
    for item in rows.order_by("pk"):
        is_cited = bool(queries.cited_in(item))
        if is_cited and item.state == State.CATALOGUED:
            _move(item, State.CITED, "evidence.cited", actor=actor)
        elif not is_cited and item.state == State.CITED:
            _move(item, State.CATALOGUED, "evidence.no_longer_cited", actor=actor)


@transaction.atomic
def forget(items: Iterable[EvidenceItem]) -> int:
    """Delete entries whose files have gone with the responses they came with; those that are cited stay as references.

    Returns how many there were.
    """
    number = 0
    for item in EvidenceItem.objects.filter(pk__in=[one.pk for one in items], sources=None, uses=None):
        if item.state != State.CITED:
            item.delete()
            number += 1
    return number
