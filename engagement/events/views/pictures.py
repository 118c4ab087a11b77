"""Photographs of what was written at the tables."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.generic import View

from engagement.core.access import anyone
from engagement.core.views import ActionView, AsksFirst, Guarded
from engagement.events import lifecycle, queries, rules
from engagement.events.models import Note, NotePicture
from engagement.events.views.attendee import OfAttendee
from engagement.events.views.notes import OfNotes


def _sent(picture: NotePicture) -> FileResponse:
    """The file as a picture and nothing else: its content was looked at, and the browser does not guess."""
    response = FileResponse(picture.file.open("rb"), content_type=picture.content_type, filename=picture.file_name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


class OnePicture(OfNotes):
    def get_picture(self) -> NotePicture:
        note: Note = self.get_note()
        return get_object_or_404(note.pictures, public_id=self.kwargs["picture_id"])  # type: ignore[attr-defined]


class Picture(OnePicture, Guarded, View):
    access = rules.can_read

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return _sent(self.get_picture())


class RemovePicture(AsksFirst, OnePicture, ActionView):
    access = rules.can_run
    form_class = django_forms.Form
    action = "Remove the photograph"
    is_danger = True

    def question(self) -> str:
        return f"Remove the photograph “{self.get_picture().words}”?"

    def consequence(self) -> str:
        return "The file is deleted. The note stays."

    def act(self, form: Any) -> None:
        lifecycle.remove_picture(self.get_picture().pk, actor=self.request.user)
        messages.success(self.request, "The photograph is removed.")


class AttendeePicture(OfAttendee, Guarded, View):
    """The same for those who came, of notes that were circulated to them."""

    access = anyone
    open_to_all = True

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        notes = queries.circulated_notes(self.subject.event)
        note = get_object_or_404(notes, public_id=self.kwargs["public_id"])
        return _sent(get_object_or_404(note.pictures, public_id=self.kwargs["picture_id"]))
