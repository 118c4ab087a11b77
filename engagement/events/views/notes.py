"""What was said? Notes for staff: written at the table, circulated, amended, agreed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms as django_forms
from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse

from engagement.core.views import ActionView, PageView
from engagement.events import actions, forms, lifecycle, queries, rules
from engagement.events.models import Note, NoteAmendment
from engagement.events.views.staff import OfStaffEvent, staff_crumbs


class OfNotes(OfStaffEvent):
    """A page among the notes of one event."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("crumbs", [*staff_crumbs(self.subject), ("Notes", self.get_success_url())])
        return super().get_context_data(**kwargs)

    def get_success_url(self) -> str:
        return reverse("events:notes", args=[self.subject.public_id])

    def get_note(self) -> Note:
        return get_object_or_404(queries.notes_of(self.subject), public_id=self.kwargs["note_id"])  # type: ignore[attr-defined]


def _rows(notes: Any, user: Any) -> list[dict[str, Any]]:
    """Notes as the page shows them: who may be named, what may be done, which amendments wait."""
    rows = []
    for note in notes:
        amendments = list(note.amendments.all())
        waiting = [one for one in amendments if one.state == NoteAmendment.State.PROPOSED]
        rows.append(
            {
                "note": note,
                "attribution": queries.attribution(note),
                "amendments": amendments,
                "waiting": waiting,
                "may_agree": not waiting and note.may_move_to(Note.State.AGREED) and rules.can_agree(user, note),
                "is_own": rules.wrote_it(user, note),
            }
        )
    return rows


# What notes are put together by: the words of a note, and what stands over those without.
GROUPINGS: dict[str, tuple[Callable[[Note], str], str]] = {
    "topic": (lambda note: note.topic.title if note.topic else "", "No topic"),
    "table": (lambda note: note.table_name, "No table"),
    "question": (lambda note: note.question, "No question"),
}


class Notes(OfNotes, PageView):
    access = rules.can_read
    template_name = "events/manage/notes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = _rows(queries.notes_of(self.subject), self.request.user)
        by = self.request.GET.get("by", "")
        title_of, none = GROUPINGS.get(by, GROUPINGS["topic"])
        groups: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            groups.setdefault(title_of(row["note"]) or none, []).append(row)
        agreed = sum(row["note"].state == Note.State.AGREED for row in rows)
        return super().get_context_data(
            crumbs=staff_crumbs(self.subject),
            groups=list(groups.items()),
            by=by if by in GROUPINGS else "topic",
            groupings=[("topic", "By topic"), ("table", "By table"), ("question", "By question")],
            total=len(rows),
            drafts=sum(row["note"].state == Note.State.DRAFT for row in rows),
            agreed=agreed,
            progress_words=f"{agreed} of {len(rows)} notes agreed",
            to_agree=sum(row["may_agree"] and row["note"].state != Note.State.DRAFT for row in rows),
            **kwargs,
        )


class NotePage(OfNotes):
    """A page with the form of a note."""

    def get_form_kwargs(self) -> dict[str, Any]:
        topics, heard = self.subject.topics.all(), queries.heard_organisations(self.subject)
        return {**super().get_form_kwargs(), "topics": topics, "organisations": heard}  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            tables=queries.table_names(self.subject), questions=queries.questions_asked(self.subject), **kwargs
        )

    def add_picture(self, note: Note, form: forms.NoteForm) -> None:
        if form.cleaned_data["picture"]:
            lifecycle.add_picture(
                note.pk,
                form.cleaned_data["picture"],
                form.cleaned_data["picture_words"],
                actor=self.request.user,  # type: ignore[attr-defined]
            )


class WriteNote(NotePage, ActionView):
    """Quick capture: saving keeps topic, table and question for the next point."""

    creates_once = True
    access = rules.can_run
    form_class = forms.NoteForm
    template_name = "events/manage/write_note.html"
    note: Note

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET
        return {
            "topic": asked.get("topic", ""),
            "table_name": asked.get("table", ""),
            "question": asked.get("question", ""),
        }

    def act(self, form: forms.NoteForm) -> None:
        self.note = lifecycle.write_note(self.subject.pk, form.values(), actor=self.request.user)
        self.add_picture(self.note, form)
        messages.success(self.request, "The point is saved. Write the next one, or go to all notes.")

    def get_success_url(self) -> str:
        if not hasattr(self, "note"):
            return super().get_success_url()
        kept = {"topic": self.note.topic_id or "", "table": self.note.table_name}
        if self.note.question:
            kept["question"] = self.note.question
        return f"{reverse('events:write_note', args=[self.subject.public_id])}?{urlencode(kept)}"


class EditNote(NotePage, ActionView):
    access = rules.can_run
    form_class = forms.NoteForm
    template_name = "events/manage/write_note.html"

    def get_initial(self) -> dict[str, Any]:
        return forms.NoteForm.initial_of(self.get_note())

    def act(self, form: forms.NoteForm) -> None:
        note = actions.correct_note(self.get_note().pk, form.values(), actor=self.request.user)
        self.add_picture(note, form)
        messages.success(self.request, "The note is corrected.")


class CirculateNotes(OfNotes, ActionView):
    access = rules.can_run
    form_class = django_forms.Form
    template_name = "events/manage/circulate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            drafts=self.subject.notes.filter(state=Note.State.DRAFT).count(),
            people=queries.attendees(self.subject).count(),
            **kwargs,
        )

    def act(self, form: Any) -> None:
        people = lifecycle.circulate(self.subject.pk, actor=self.request.user)
        messages.success(self.request, f"The notes go to {people} {'person' if people == 1 else 'people'} who came.")


class AgreeNotes(OfNotes, ActionView):
    """Every note that the person may agree, in one go."""

    access = rules.can_run
    form_class = django_forms.Form
    template_name = "events/manage/agree_all.html"

    def act(self, form: Any) -> None:
        agreed = lifecycle.agree_all(self.subject.pk, actor=self.request.user)
        messages.success(self.request, f"{agreed} {'note is' if agreed == 1 else 'notes are'} agreed.")


class OneNote(OfNotes, ActionView, abstract=True):
    """One act on one note; says no on its own page."""

    access = rules.can_run
    form_class: Any = django_forms.Form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        note = self.get_note()
        return super().get_context_data(note=note, attribution=queries.attribution(note), **kwargs)


class AgreeNote(OneNote):
    access = rules.can_run
    template_name = "events/manage/agree.html"

    def act(self, form: Any) -> None:
        lifecycle.agree(self.get_note().pk, actor=self.request.user)
        messages.success(self.request, "The note is agreed.")


class DisputeNote(OneNote):
    access = rules.can_run
    form_class = forms.DisputeForm
    template_name = "events/manage/dispute.html"

    def act(self, form: Any) -> None:
        lifecycle.dispute(self.get_note().pk, form.cleaned_data["reason"], actor=self.request.user)
        messages.success(self.request, "The note is marked as disputed.")


class AmendNote(OneNote):
    """Staff's own amendment: kept with its author like everybody's, and still to be accepted."""

    access = rules.can_run
    form_class = forms.AmendmentForm
    template_name = "events/manage/amend.html"

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.get_note().text}

    def act(self, form: Any) -> None:
        user = self.request.user
        lifecycle.propose(self.get_note().pk, form.cleaned_data["text"], author_name=str(user), actor=user)
        messages.success(self.request, "The amendment is kept. Accept it to change the note.")


class DecideAmendment(OneNote):
    """Accept or decline what somebody proposed, with both texts side by side."""

    access = rules.can_run
    template_name = "events/manage/decide.html"

    class DecisionForm(django_forms.Form):
        decision = django_forms.ChoiceField(
            label="Your decision",
            choices=[("accept", "Accept: the note says this from now on"), ("decline", "Decline: the note stays")],
            widget=django_forms.RadioSelect,
            error_messages={"required": "Choose whether to accept or to decline the amendment."},
        )

    form_class = DecisionForm

    def get_amendment(self) -> NoteAmendment:
        proposed = self.get_note().amendments.filter(public_id=self.kwargs["amendment_id"])
        return get_object_or_404(proposed)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(amendment=self.get_amendment(), **kwargs)

    def act(self, form: Any) -> None:
        decide = lifecycle.accept if form.cleaned_data["decision"] == "accept" else lifecycle.decline
        amendment = decide(self.get_amendment().pk, actor=self.request.user)
        messages.success(self.request, f"The amendment is {amendment.get_state_display().lower()}.")
