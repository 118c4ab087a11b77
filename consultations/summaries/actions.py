"""Asking for a draft, and editing its statements."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Max

from consultations.analysis import figures
from consultations.analysis.models import Excerpt
from consultations.evidence import lifecycle as evidence
from consultations.programme.models import Consultation
from consultations.summaries import drafting, queries, tasks
from consultations.summaries.models import Citation, Finding, Summary
from engagement.audit import trail
from engagement.core import jobs
from engagement.core.errors import Refused


@transaction.atomic
def request_draft(consultation: Consultation, *, title: str, actor: Any) -> Summary:
    """A new version, drafted by a task. While one is being drafted, that one is returned instead."""
    Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    running = Summary.objects.filter(consultation=consultation, state__in=Summary.RUNNING).first()
    if running is not None:
        return running
    last = Summary.objects.filter(consultation=consultation).aggregate(last=Max("version"))["last"] or 0
    summary = Summary.objects.create(
        consultation=consultation,
        title=title.strip() or f"What we heard: {consultation.title}",
        version=last + 1,
        author=actor,
    )
    trail.record("summary.requested", subject=summary, actor=actor, scope=consultation.reference, version=last + 1)
    tasks.draft.delay_on_commit(summary.pk)
    return summary


@transaction.atomic
def try_again(summary_id: int) -> None:
    """Ask once more for a draft that failed."""
    summary = Summary.objects.select_for_update(of=("self",)).get(pk=summary_id)
    jobs.try_again(summary)
    tasks.draft.delay_on_commit(summary.pk)


@transaction.atomic
def call_off(summary_id: int, *, actor: Any) -> None:
    """Stop drafting; nothing of it is kept."""
    summary = Summary.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=summary_id)
    jobs.call_off(summary)
    trail.record("summary.cancelled", subject=summary, actor=actor, scope=summary.consultation.reference)


def _open_summary(summary_id: int) -> Summary:
    summary = Summary.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=summary_id)
    if summary.state != Summary.State.DRAFT:
        raise Refused("Only a draft can be changed. Send it back to its author first, or make a new version.")
    return summary


def _edited(summary: Summary, finding: Finding, actor: Any, verb: str) -> None:
    """Whoever changes a draft is its author from then on, so that they cannot approve it."""
    if summary.author_id != actor.pk:
        summary.author = actor
        summary.save(update_fields=["author", "updated_at"])
    trail.record(
        f"finding.{verb}", subject=finding, actor=actor, scope=summary.consultation.reference, summary=summary.pk
    )


@transaction.atomic
def add_finding(summary_id: int, *, kind: str, text: str, actor: Any, after: Finding | None = None) -> Finding:
    """A new statement behind another one, or at the end."""
    summary = _open_summary(summary_id)
    if not text.strip():
        raise Refused("Write the statement.", field="text")
    place = after.order if after else summary.findings.aggregate(last=Max("order"))["last"] or 0
    summary.findings.filter(order__gt=place).update(order=F("order") + 1)
    finding = Finding.objects.create(
        summary=summary,
        kind=kind,
        text=text.strip(),
        order=place + 1,
        theme=after.theme if after else None,
        is_edited=True,
    )
    if kind != Finding.Kind.QUOTATION:
        evidence.follow_citations(summary.consultation, before="", now=finding.text, actor=actor)
    _edited(summary, finding, actor, "added")
    return finding


@transaction.atomic
def change_finding(finding_id: int, *, text: str, actor: Any) -> Finding:
    """Other words. A quotation keeps the words that were said: it is shortened only by leaving it out."""
    finding = Finding.objects.get(pk=finding_id)
    summary = _open_summary(finding.summary_id)
    if finding.kind == Finding.Kind.QUOTATION:
        raise Refused("A quotation stands word for word. Remove it, or add another passage.")
    if not text.strip() and finding.kind != Finding.Kind.FIGURE:
        raise Refused("Write the statement, or remove it.", field="text")
    before, finding.text, finding.is_edited = finding.text, text.strip(), True
    finding.save(update_fields=["text", "is_edited", "updated_at"])
    evidence.follow_citations(summary.consultation, before=before, now=finding.text, actor=actor)
    _edited(summary, finding, actor, "changed")
    return finding


@transaction.atomic
def remove_finding(finding_id: int, *, actor: Any) -> None:
    """Take a statement out."""
    finding = Finding.objects.get(pk=finding_id)
    summary = _open_summary(finding.summary_id)
    _edited(summary, finding, actor, "removed")
    finding.delete()
    evidence.follow_citations(summary.consultation, before=finding.text, now="", actor=actor)


@transaction.atomic
def move_finding(finding_id: int, *, up: bool, actor: Any) -> None:
    """One place up or down; at the end nothing happens."""
    finding = Finding.objects.get(pk=finding_id)
    summary = _open_summary(finding.summary_id)
    rows = summary.findings.order_by("order", "pk")
    statements = list(rows)
    place = statements.index(finding)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(statements):
        return
    statements[place], statements[other] = statements[other], statements[place]
    for order, one in enumerate(statements, 1):
        if one.order != order:
            Finding.objects.filter(pk=one.pk).update(order=order)
    _edited(summary, finding, actor, "moved")


@transaction.atomic
def cite(finding_id: int, excerpt: Excerpt, *, actor: Any) -> None:
    """Add a source to a statement; asking twice changes nothing."""
    finding = Finding.objects.get(pk=finding_id)
    summary = _open_summary(finding.summary_id)
    if excerpt.consultation_id != summary.consultation_id:
        raise Refused("This passage belongs to another consultation.")
    Citation.objects.get_or_create(finding=finding, excerpt=excerpt)
    _edited(summary, finding, actor, "cited")


@transaction.atomic
def quote(summary_id: int, excerpt: Excerpt, *, actor: Any, after: Finding | None = None) -> Finding:
    """Add a passage as a quotation, word for word. Refused when its words may not be published."""
    summary = _open_summary(summary_id)
    if excerpt.consultation_id != summary.consultation_id or not queries.may_quote(excerpt):
        raise Refused("The words of this passage may not be published.")
    finding = add_finding(summary.pk, kind=Finding.Kind.QUOTATION, text=excerpt.text, actor=actor, after=after)
    Citation.objects.create(finding=finding, excerpt=excerpt)
    return finding


@transaction.atomic
def refresh_figures(summary_id: int, *, actor: Any) -> int:
    """Bring every figure of a draft up to date, and the sentences drafted from them; returns how many changed.

    A sentence that somebody edited keeps their words: the page asks them to read it again.
    """
    summary = _open_summary(summary_id)
    changed = 0
    for finding in summary.findings.exclude(query={}):
        table = figures.compute(summary.consultation, finding.query)
        if table.as_json() != finding.result:
            finding.result = table.as_json()
            if not finding.is_edited and (sentence := drafting.sentence_of(finding.query, table)):
                finding.text = sentence
            finding.save(update_fields=["result", "text", "updated_at"])
            _edited(summary, finding, actor, "refreshed")
            changed += 1
    return changed
