"""Points as they are written at the tables: from a page, from a device that had no network, with photographs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from engagement.audit import trail
from engagement.core import metadata, scanning
from engagement.core.errors import Refused
from engagement.core.stored import delete_when_certain
from engagement.core.uploads import Checked
from engagement.events.lifecycle.notes import lock
from engagement.events.models import Note, NotePicture


@transaction.atomic
def write_note(event_id: int, values: Mapping[str, Any], *, device_id: uuid.UUID | None = None, actor: Any) -> Note:
    """Write a point down; `values` as of `NoteForm.values()`.

    One that came from a device before is left as it is, whatever became of it since, and however often it is sent.
    """
    fields = dict(values)
    organisations = fields.pop("organisations")
    if device_id is None:
        note, is_new = Note.objects.create(event_id=event_id, written_by=actor, **fields), True
    else:
        written = {"event_id": event_id, "written_by": actor, **fields}
        note, is_new = Note.objects.get_or_create(device_id=device_id, defaults=written)
    if is_new:
        note.organisations.set(organisations)
        trail.record("note.written", subject=note.event, actor=actor, note=note.pk)
    return note


@transaction.atomic
def add_picture(note_id: int, upload: Checked, words: str, *, actor: Any) -> NotePicture:
    """Keep a photograph with the note, without what the camera wrote into it about place, time and device.

    The same photograph twice is one. Raises Refused for a file in which the scanner finds something, for one that it
    cannot look at now, and for a note that is agreed.
    """
    note = lock(note_id)
    if note.state == Note.State.AGREED:
        raise Refused("This note is agreed, so nothing is added to it any more.")
    verdict = scanning.scan(upload.content)
    if verdict is scanning.Verdict.FOUND:
        raise Refused("The virus scanner found something harmful in this file.", field="picture")
    if verdict is scanning.Verdict.WAITING:
        raise Refused("The virus scanner does not answer, so the file cannot be taken now. Try again.", field="picture")
    content = metadata.without(upload.content, upload.suffix)
    same = note.pictures.filter(sha256=upload.sha256).first()
    if same is not None:
        return same
    picture = NotePicture(
        note=note,
        file_name=upload.file_name,
        content_type=upload.content_type,
        size=len(content),
        # Of the file as it was sent, so that the same one is told.
        sha256=upload.sha256,
        words=words,
        added_by=actor,
    )
    picture.file.save(f"picture{upload.suffix}", ContentFile(content), save=False)
    picture.save()
    trail.record("note.picture_added", subject=note.event, actor=actor, note=note.pk)
    return picture


@transaction.atomic
def remove_picture(picture_id: int, *, actor: Any) -> None:
    """Take a photograph away; its file goes once that is certain. Raises Refused for a note that is agreed."""
    picture = NotePicture.objects.select_related("note").get(pk=picture_id)
    note = lock(picture.note_id)
    if note.state == Note.State.AGREED:
        raise Refused("This note is agreed, so nothing is taken from it any more.")
    trail.record("note.picture_removed", subject=note.event, actor=actor, note=note.pk)
    delete_when_certain(picture.file)
    picture.delete()
