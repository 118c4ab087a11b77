"""Changing the code frame, cutting passages and putting codes on them."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils import timezone
from django.utils.text import slugify

from consultations.analysis.models import Code, CodeFrame, Coding, Excerpt, SourceReading
from consultations.programme.models import Consultation
from consultations.submissions.models import TextAnswer
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events.models import Note

Source = TextAnswer | Note


def start_frame(consultation: Consultation, *, actor: Any) -> CodeFrame:
    """The consultation’s frame, made with a first code for each theme; asking twice changes nothing."""
    with transaction.atomic():
        frame, made = CodeFrame.objects.get_or_create(consultation=consultation)
        if made:
            for theme in consultation.themes.all():
                Code.objects.create(
                    frame=frame, code=theme.code, label=theme.name, definition=theme.description, order=theme.order
                )
            trail.record("code_frame.started", subject=frame, actor=actor, scope=consultation.reference)
    return frame


def _open_frame(frame_id: int) -> CodeFrame:
    frame = CodeFrame.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=frame_id)
    if frame.state == CodeFrame.State.FROZEN:
        raise Refused("The code frame is frozen. Open it again, with a reason, before you change it.")
    return frame


def _changed(frame: CodeFrame) -> None:
    """A frame in use gets a new version with each change of its codes."""
    if frame.state == CodeFrame.State.IN_USE:
        frame.version += 1
        frame.save(update_fields=["version", "updated_at"])


@transaction.atomic
def add_code(
    frame_id: int, *, label: str, actor: Any, parent: Code | None = None, definition: str = "", code: str = ""
) -> Code:
    """A new code at the end of its level. Raises Refused for a label that stands there, and for a third level."""
    frame = _open_frame(frame_id)
    label = label.strip()
    if not label:
        raise Refused("Give the code a label.", field="label")
    if parent is not None and (parent.frame_id != frame.pk or parent.parent_id is not None):
        raise Refused("A code frame has two levels: choose a code of the first level.", field="parent")
    if frame.codes.filter(parent=parent, label__iexact=label, retired_at=None).exists():
        raise Refused(f"There is a code “{label}” already.", field="label")
    last = frame.codes.filter(parent=parent).aggregate(last=Max("order"))["last"] or 0
    made = Code.objects.create(
        frame=frame,
        parent=parent,
        code=_free_code(frame, code or slugify(label)),
        label=label,
        definition=definition.strip(),
        order=last + 1,
    )
    _changed(frame)
    trail.record("code.added", subject=made, actor=actor, scope=frame.consultation.reference, code=made.code)
    return made


def _free_code(frame: CodeFrame, wanted: str) -> str:
    wanted = wanted[:50] or "code"
    taken = set(frame.codes.values_list("code", flat=True))
    number, found = 2, wanted
    while found in taken:
        found, number = f"{wanted}-{number}", number + 1
    return found


@transaction.atomic
def change_code(code_id: int, *, label: str, definition: str, actor: Any) -> Code:
    """Another label or definition; what was coded keeps the code."""
    code = Code.objects.get(pk=code_id)
    frame = _open_frame(code.frame_id)
    label = label.strip()
    if not label:
        raise Refused("Give the code a label.", field="label")
    if frame.codes.filter(parent=code.parent, label__iexact=label, retired_at=None).exclude(pk=code.pk).exists():
        raise Refused(f"There is a code “{label}” already.", field="label")
    before = code.label
    code.label, code.definition = label, definition.strip()
    code.save(update_fields=["label", "definition", "updated_at"])
    _changed(frame)
    trail.record(
        "code.changed", subject=code, actor=actor, scope=frame.consultation.reference, before=before, after=label
    )
    return code


@transaction.atomic
def retire_code(code_id: int, *, actor: Any) -> None:
    """Take a code out of use. One that stands on passages stays on them; one that does not is deleted."""
    code = Code.objects.get(pk=code_id)
    frame = _open_frame(code.frame_id)
    if code.children.filter(retired_at=None).exists():
        raise Refused(f"“{code.label}” has codes under it. Retire those first.")
    trail.record("code.retired", subject=code, actor=actor, scope=frame.consultation.reference, code=code.code)
    if code.codings.exists() or code.children.exists():
        code.retired_at = timezone.now()
        code.save(update_fields=["retired_at", "updated_at"])
    else:
        code.delete()
    _changed(frame)


def consultation_of(source: Source, consultation: Consultation) -> Consultation:
    """The consultation itself, once more checked to be the source's own; raises Refused otherwise."""
    if isinstance(source, TextAnswer) and source.submission.consultation_id != consultation.pk:
        raise Refused("This answer belongs to another consultation.")
    if isinstance(source, Note) and source.state != Note.State.AGREED:
        raise Refused("Only agreed notes are coded.")
    return consultation


@transaction.atomic
def code_passages(
    consultation: Consultation,
    source: Source,
    spans: Iterable[tuple[int, int]],
    codes: Iterable[Code],
    *,
    actor: Any,
    stance: str = "",
) -> list[Excerpt]:
    """Put every code on every passage (start, end) of the source; asking twice changes nothing.

    Raises Refused when there is no passage or no code, when a passage lies outside the text, or when the frame is
    frozen.
    """
    consultation_of(source, consultation)
    codes, spans = list(codes), list(spans)
    if not spans:
        raise Refused("Choose at least one sentence.", field="sentences")
    if not codes:
        raise Refused("Choose at least one code.", field="codes")
    frame = _open_frame(codes[0].frame_id)
    if frame.consultation_id != consultation.pk or any(code.frame_id != frame.pk for code in codes):
        raise Refused("These codes belong to another consultation.")
    made = []
    for start, end in spans:
        if not 0 <= start < end <= len(source.text):
            raise Refused("This passage lies outside the text.")
        made.append(_cut(consultation, source, start, end, actor))
        for code in codes:
            Coding.objects.update_or_create(
                excerpt=made[-1],
                code=code,
                defaults={"stance": stance},
                create_defaults={"stance": stance, "coder": actor},
            )
    if frame.state == CodeFrame.State.DRAFT:
        frame.move_to(CodeFrame.State.IN_USE)
        frame.save(update_fields=["state", "updated_at"])
    trail.record(
        "passage.coded",
        subject=source,
        actor=actor,
        scope=consultation.reference,
        codes=[code.code for code in codes],
        spans=[list(span) for span in spans],
    )
    return made


def _cut(consultation: Consultation, source: Source, start: int, end: int, actor: Any) -> Excerpt:
    key = {"answer": source} if isinstance(source, TextAnswer) else {"note": source}
    excerpt, _ = Excerpt.objects.get_or_create(
        **key,
        start=start,
        end=end,
        defaults={
            "consultation": consultation,
            "text": source.text[start:end],
            "source_sha256": hashlib.sha256(source.text.encode()).hexdigest(),
            "created_by": actor,
        },
    )
    return excerpt


@transaction.atomic
def remove_coding(coding_id: int, *, actor: Any) -> None:
    """Take one code off a passage; a passage without codes goes too, unless a summary cites it."""
    coding = Coding.objects.select_related("excerpt__consultation", "code").get(pk=coding_id)
    _open_frame(coding.code.frame_id)
    excerpt = coding.excerpt
    trail.record(
        "passage.uncoded",
        subject=excerpt,
        actor=actor,
        scope=excerpt.consultation.reference,
        code=coding.code.code,
        span=[excerpt.start, excerpt.end],
    )
    coding.delete()
    if not excerpt.codings.exists():
        with contextlib.suppress(ProtectedError):  # something cites it: the passage stays, without codes
            excerpt.delete()


@transaction.atomic
def mark_read(source: Source, *, actor: Any, is_read: bool = True) -> None:
    """Say that there is nothing more to code in a text, or take that back."""
    key = {"answer": source} if isinstance(source, TextAnswer) else {"note": source}
    if is_read:
        SourceReading.objects.get_or_create(**key, defaults={"reader": actor})
    else:
        SourceReading.objects.filter(**key).delete()
