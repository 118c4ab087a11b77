"""What people who came see: the notes, and a way to put them right."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext

from engagement.core.access import anyone
from engagement.core.views import ActionView, PageView
from engagement.events import forms, lifecycle, queries
from engagement.events.models import Note, Registration


class OfAttendee:
    """A page for somebody who came, named by the link in their message."""

    subject: Registration

    def get_subject(self) -> Registration:
        registration = queries.by_token(queries.NOTES_TOKEN, self.kwargs["token"])  # type: ignore[attr-defined]
        if not queries.attendees(registration.event).filter(pk=registration.pk).exists():
            raise Http404("Notes are for those who came.")
        return registration

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.update(registration=self.subject, event=self.subject.event, token=self.kwargs["token"])  # type: ignore[attr-defined]
        return super().get_context_data(**kwargs)  # type: ignore[misc]


def _attribution(note: Note) -> str:
    """As `queries.attribution` says it, which for nobody has words of ours instead of a name."""
    said = queries.attribution(note)
    return gettext(said) if said == queries.NOT_ATTRIBUTED else said


class AttendeeNotes(OfAttendee, PageView):
    access = anyone
    open_to_all = True
    template_name = "events/attendee_notes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notes = [
            {
                "note": note,
                "attribution": _attribution(note),
                "own": [one for one in note.amendments.all() if one.registration_id == self.subject.pk],
                "may_amend": note.state != Note.State.AGREED,
            }
            for note in queries.circulated_notes(self.subject.event)
        ]
        return super().get_context_data(notes=notes, **kwargs)


class ProposeAmendment(OfAttendee, ActionView):
    access = anyone
    open_to_all = True
    form_class = forms.AmendmentForm
    template_name = "events/amend.html"

    def get_note(self) -> Note:
        return get_object_or_404(queries.circulated_notes(self.subject.event), public_id=self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.get_note().text}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        note = self.get_note()
        return super().get_context_data(note=note, attribution=_attribution(note), **kwargs)

    def act(self, form: forms.AmendmentForm) -> None:
        lifecycle.propose(
            self.get_note().pk,
            form.cleaned_data["text"],
            author_name=self.subject.name,
            registration=self.subject,
        )
        messages.success(self.request, gettext("Your amendment is with the people who ran the event."))

    def get_success_url(self) -> str:
        return reverse("events:attendee_notes", args=[self.kwargs["token"]])
