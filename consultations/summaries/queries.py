"""Reads of summaries: what pages, the Word document and the lifecycle go by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext

from consultations.analysis import figures
from consultations.analysis import queries as analysis
from consultations.analysis.models import Excerpt
from consultations.analysis.tables import Table, for_publication
from consultations.programme import queries as programme
from consultations.programme.models import Consultation
from consultations.submissions import confidentiality
from consultations.submissions.models import Submission
from consultations.summaries import evidence
from consultations.summaries.models import Citation, Finding, Summary
from engagement.core.errors import Refused
from engagement.events import queries as events
from engagement.events.models import Note


def visible_to(user: Any) -> QuerySet[Summary]:
    """The summaries of the consultations that this member of staff works on."""
    return Summary.objects.filter(consultation__in=programme.visible_to(user)).select_related(
        "consultation", "author", "approved_by"
    )


def published(consultation: Consultation) -> Summary | None:
    """The summary that everybody may read, or None."""
    return Summary.objects.filter(consultation=consultation, state=Summary.State.PUBLISHED).first()


def findings(summary: Summary) -> QuerySet[Finding]:
    """The statements in order with everything that is shown of their sources; a fixed number of queries."""
    cited = Citation.objects.select_related(
        "excerpt__answer__submission__organisation",
        "excerpt__answer__submission__kind__sector",
        "excerpt__answer__response__survey",
        "excerpt__note__event",
    ).prefetch_related("excerpt__note__organisations")
    return summary.findings.select_related("theme").prefetch_related(Prefetch("citations", cited.order_by("pk")))


def source_words(excerpt: Excerpt) -> str:
    """Where a passage comes from, as everybody may read it."""
    if excerpt.note is not None:
        who = events.attribution(excerpt.note)
        speaker = "A table" if who == events.NOT_ATTRIBUTED else who
        return f"{speaker} at “{excerpt.note.event.title}”"
    assert excerpt.answer is not None
    answer = excerpt.answer
    return confidentiality.shown_as(answer.submission, answer.question_code, survey_code=answer.survey_code)


def may_quote(excerpt: Excerpt) -> bool:
    """Whether the words of this passage may be published, and are still the words that were said."""
    if excerpt.note is not None:
        return excerpt.note.state == Note.State.AGREED and _unchanged(excerpt, excerpt.note.text)
    assert excerpt.answer is not None
    answer = excerpt.answer
    return confidentiality.may_publish(
        answer.submission, answer.question_code, survey_code=answer.survey_code
    ) and _unchanged(excerpt, excerpt.answer.text)


def still_counts(excerpt: Excerpt) -> bool:
    """Whether the source of a cited passage is still in the figures and says the same as when it was cut."""
    if excerpt.note is not None:
        return excerpt.note.state == Note.State.AGREED and _unchanged(excerpt, excerpt.note.text)
    assert excerpt.answer is not None
    submission = excerpt.answer.submission
    return submission.state in Submission.COUNTED and _unchanged(excerpt, excerpt.answer.text)


def _unchanged(excerpt: Excerpt, text: str) -> bool:
    return sha256(text.encode()).hexdigest() == excerpt.source_sha256


@dataclass(frozen=True)
class Problem:
    """A reason why a summary cannot be approved yet, and the statement it is about."""

    finding: Finding
    sentence: str


def problems(summary: Summary, statements: Iterable[Finding] | None = None) -> list[Problem]:
    """What is uncited, stale or not to be quoted, statement by statement."""
    found = []
    computed: dict[str, Any] = {}
    statements = list(findings(summary) if statements is None else statements)
    unknown = evidence.unknown(summary, statements)
    for finding in statements:
        excerpts = [citation.excerpt for citation in finding.citations.all()]
        name = f"“{finding.text[:60].strip()}”" if finding.text else finding.get_kind_display()
        if finding.kind == Finding.Kind.FINDING and not excerpts and not finding.query:
            found.append(Problem(finding, f"{name} cites nothing. Add a passage or a figure that it rests on."))
        if finding.kind == Finding.Kind.QUOTATION:
            if not excerpts:
                found.append(Problem(finding, f"{name} is a quotation without its source."))
            elif not may_quote(excerpts[0]):
                found.append(Problem(finding, f"{name} may not be quoted, or its source has changed. Remove it."))
        elif any(not still_counts(excerpt) for excerpt in excerpts):
            found.append(Problem(finding, f"{name} cites a passage that no longer counts. Remove the citation."))
        for number in evidence.named_by(finding):
            if number in unknown:
                found.append(Problem(finding, f"{name} names {unknown[number]}. Take it out."))
        if finding.query and _is_stale(summary.consultation, finding, computed):
            found.append(Problem(finding, f"{name} rests on a figure that has changed. Bring the figure up to date."))
    return found


def _is_stale(consultation: Consultation, finding: Finding, computed: dict[str, Any]) -> bool:
    """Whether the figure has changed. Statements about rows of one figure share what it says now."""
    query = {name: value for name, value in finding.query.items() if name != "row"}
    key = repr(sorted(query.items()))
    if key not in computed:
        try:
            computed[key] = figures.compute(consultation, query).as_json()
        except Refused:
            computed[key] = None
    return bool(computed[key] != finding.result)


def table_of(finding: Finding) -> Table | None:
    """The stored figure of a statement, as staff see it."""
    return Table.from_json(finding.result) if finding.result else None


@dataclass(frozen=True)
class Statement:
    """A statement as it is published: its words, its figure with small numbers hidden, and its sources in words."""

    kind: str
    text: str
    table: Table | None
    sources: list[str]
    anchor: str


def as_published(summary: Summary) -> list[Statement]:
    """Every statement as outsiders may read it; the page and the Word document both come from here."""
    statements = []
    for place, finding in enumerate(findings(summary), 1):
        excerpts = [citation.excerpt for citation in finding.citations.all()]
        if finding.kind == Finding.Kind.QUOTATION and not (excerpts and may_quote(excerpts[0])):
            continue
        table = table_of(finding)
        statements.append(
            Statement(
                kind=finding.kind,
                text=finding.text,
                table=for_publication(table) if table and finding.kind == Finding.Kind.FIGURE else None,
                sources=sorted({source_words(excerpt) for excerpt in excerpts}),
                anchor=f"s{place}",
            )
        )
    named = evidence.listed(summary, statements)
    if named:
        statements.append(Statement(Finding.Kind.HEADING, gettext("Evidence"), None, [], "evidence"))
        statements += [Statement(Finding.Kind.CONTEXT, words, None, [], f"e{n}") for n, words in enumerate(named, 1)]
    return statements


def quotable(consultation: Consultation, *, search: str = "", code: str = "") -> list[Excerpt]:
    """Passages that may be quoted, newest first, at most fifty."""

    rows = analysis.excerpts(consultation)
    if search:
        rows = rows.filter(text__icontains=search)
    if code:
        rows = rows.filter(codings__code__code=code).distinct()
    return [excerpt for excerpt in rows.order_by("-pk")[:200] if may_quote(excerpt)][:50]
