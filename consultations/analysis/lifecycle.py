"""The states of a code frame."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from consultations.analysis.models import CodeFrame
from engagement.audit import trail
from engagement.core.errors import Refused


def _locked(frame_id: int) -> CodeFrame:
    return CodeFrame.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=frame_id)


@transaction.atomic
def put_in_use(frame_id: int, *, actor: Any) -> CodeFrame:
    """From draft to in use: from now on a change of the codes makes a new version."""
    frame = _locked(frame_id)
    if not frame.codes.filter(retired_at=None).exists():
        raise Refused("The code frame is empty. Add a code first.")
    frame.move_to(CodeFrame.State.IN_USE)
    frame.save(update_fields=["state", "updated_at"])
    trail.record("code_frame.put_in_use", subject=frame, actor=actor, scope=frame.consultation.reference)
    return frame


@transaction.atomic
def freeze(frame_id: int, *, actor: Any) -> CodeFrame:
    """No code and no coding changes any more, so that a report stands on firm ground."""
    frame = _locked(frame_id)
    frame.move_to(CodeFrame.State.FROZEN)
    frame.save(update_fields=["state", "updated_at"])
    trail.record(
        "code_frame.frozen", subject=frame, actor=actor, scope=frame.consultation.reference, version=frame.version
    )
    return frame


@transaction.atomic
def unfreeze(frame_id: int, *, actor: Any, reason: str) -> CodeFrame:
    """Back in use as a new version; the reason goes into the record."""
    if not reason.strip():
        raise Refused("Say why the code frame is opened again.", field="reason")
    frame = _locked(frame_id)
    frame.move_to(CodeFrame.State.IN_USE)
    frame.version += 1
    frame.save(update_fields=["state", "version", "updated_at"])
    trail.record(
        "code_frame.unfrozen",
        subject=frame,
        actor=actor,
        scope=frame.consultation.reference,
        version=frame.version,
        reason=reason.strip(),
    )
    return frame
