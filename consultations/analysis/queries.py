"""Reads of the analysis: what there is to code, what was coded, and how far the reading is."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from consultations.analysis.models import Code, CodeFrame, Coding, Excerpt, SourceReading
from consultations.programme.models import Consultation, ConsultationEvent
from consultations.submissions.models import TextAnswer
from consultations.submissions.queries import counted
from engagement.events.models import Note


@dataclass(frozen=True)
class Progress:
    """How far the reading of a consultation is: texts read out of all there are."""

    read: int
    total: int


@dataclass(frozen=True)
class FrameEntry:
    """A code of the first level with those under it, and on how many passages each stands."""

    code: Code
    children: list[Code] = field(default_factory=list)


def answers(consultation: Consultation) -> QuerySet[TextAnswer]:
    """Long answers of counted submissions, with what a list of them shows: who, which question, codes, read or not."""
    return (
        TextAnswer.objects.filter(submission__in=counted(consultation))
        .select_related(
            "submission__organisation",
            "submission__kind__sector",
            "submission__consultation",
            "response__survey",
            "response__version",
        )
        .annotate(
            codings_count=_codings_of("answer"), is_read=Exists(SourceReading.objects.filter(answer=OuterRef("pk")))
        )
        .order_by("pk")
    )


def notes(consultation: Consultation) -> QuerySet[Note]:
    """Agreed notes of the consultation's events, annotated like `answers`; the others are not evidence yet."""
    return (
        Note.objects.filter(
            state=Note.State.AGREED,
            event__in=ConsultationEvent.objects.filter(consultation=consultation).values("event"),
        )
        .select_related("event", "topic")
        .annotate(codings_count=_codings_of("note"), is_read=Exists(SourceReading.objects.filter(note=OuterRef("pk"))))
        .order_by("pk")
    )


def _codings_of(source: str) -> Coalesce:
    key = f"excerpt__{source}"
    counts = Coding.objects.filter(**{key: OuterRef("pk")}).order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def progress(consultation: Consultation) -> Progress:
    """Texts read to their end, of all answers and agreed notes; two queries."""
    answered = answers(consultation).aggregate(total=Count("pk"), read=Count("pk", filter=Q(is_read=True)))
    noted = notes(consultation).aggregate(total=Count("pk"), read=Count("pk", filter=Q(is_read=True)))
    return Progress(read=answered["read"] + noted["read"], total=answered["total"] + noted["total"])


def frame_of(consultation: Consultation) -> CodeFrame | None:
    """The consultation's code frame, or None before there is one."""
    return CodeFrame.objects.filter(consultation=consultation).first()


def tree(frame: CodeFrame | None, *, with_retired: bool = False) -> list[FrameEntry]:
    """The codes in two levels, each with `passages_count`; one query."""
    if frame is None:
        return []
    codes = frame.codes.annotate(passages_count=Count("codings")).order_by("order", "pk")
    if not with_retired:
        codes = codes.filter(retired_at=None)
    entries = {code.pk: FrameEntry(code) for code in codes if code.parent_id is None}
    for code in codes:
        if code.parent_id in entries:
            entries[code.parent_id].children.append(code)
    return list(entries.values())


def excerpts(consultation: Consultation) -> QuerySet[Excerpt]:
    """Passages with their codes and their sources; three queries however many there are."""
    return (
        Excerpt.objects.filter(consultation=consultation)
        .filter(Q(answer=None) | Q(answer__submission__in=counted(consultation)))
        .filter(Q(note=None) | Q(note__state=Note.State.AGREED))
        .select_related(
            "answer__submission__organisation",
            "answer__submission__kind__sector",
            "answer__response__survey",
            "note__event",
            "note__topic",
        )
        .prefetch_related(Prefetch("codings", Coding.objects.select_related("code", "coder").order_by("pk")))
        .order_by("pk")
    )
