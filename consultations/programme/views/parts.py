"""Themes, documents and people of a consultation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse

from consultations.programme import actions, forms, rules
from consultations.programme.models import Assignment, Document, Theme
from consultations.programme.views.base import OfConsultation, PressView
from engagement.core.views import ActionView, AsksFirst, PageView


class OfThemes(OfConsultation):
    def get_theme(self) -> Theme:
        return get_object_or_404(self.consultation.themes.select_related("consultation"), code=self.kwargs["code"])

    def get_success_url(self) -> str:
        return reverse("programme:themes", args=[self.consultation.reference])


class Themes(OfConsultation, PageView):
    access = rules.works_on
    template_name = "programme/themes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            themes=list(self.subject.themes.all()), may_edit=rules.edits(self.request.user, self.subject), **kwargs
        )


class NewTheme(OfThemes, ActionView):
    creates_once = True
    access = rules.edits
    form_class = forms.NewThemeForm
    template_name = "programme/theme.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "consultation": self.subject}

    def act(self, form: Any) -> None:
        theme = actions.add_theme(self.subject, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, f"“{theme.name}” is now a theme.")


class EditTheme(OfThemes, ActionView):
    access = rules.edits
    form_class = forms.ThemeForm
    template_name = "programme/theme.html"

    def get_initial(self) -> dict[str, Any]:
        theme = self.get_theme()
        return {"name": theme.name, "description": theme.description, "scheme": theme.scheme}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(theme=self.get_theme(), **kwargs)

    def act(self, form: Any) -> None:
        actions.change_theme(self.get_theme(), actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Theme saved.")


class MoveTheme(OfThemes, PressView):
    access = rules.edits

    def act(self) -> None:
        actions.move_theme(self.get_theme(), actor=self.request.user, up=self.kwargs["way"] == "up")


class RemoveTheme(AsksFirst, OfThemes, PressView):
    access = rules.edits
    action = "Remove the theme"
    is_danger = True
    done = "Theme removed."

    def question(self) -> str:
        return f"Remove the theme “{self.get_theme().name}”?"

    def consequence(self) -> str:
        return "It is deleted with its description. A theme that a survey, a question or an event refers to stays."

    def act(self) -> None:
        actions.remove_theme(self.get_theme(), actor=self.request.user)


class Documents(OfConsultation, ActionView):
    """The list with the form for the next one. Reading needs less than adding, so a form has a rule of its own."""

    access = rules.works_on
    changes = rules.runs
    form_class = forms.DocumentForm
    template_name = "programme/documents.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            documents=list(self.subject.documents.all()),
            may_add=rules.runs(self.request.user, self.subject),
            **kwargs,
        )

    def act(self, form: Any) -> None:
        document = actions.add_document(
            self.subject, actor=self.request.user, title=form.cleaned_data["title"], upload=form.cleaned_data["file"]
        )
        messages.success(self.request, f"“{document.title}” is now on the page.")

    def get_success_url(self) -> str:
        return reverse("programme:documents", args=[self.subject.reference])


class RemoveDocument(OfConsultation, ActionView):
    access = rules.runs
    form_class = forms.PlainForm
    template_name = "programme/confirm.html"

    def get_document(self) -> Document:
        return get_object_or_404(
            self.subject.documents.select_related("consultation"), public_id=self.kwargs["public_id"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Remove “{self.get_document().title}”?",
            text="It disappears from the public page, and the file is deleted. The record keeps that it was there.",
            more=[],
            action="Remove the document",
            back=self.get_success_url(),
            is_danger=True,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        actions.remove_document(self.get_document(), actor=self.request.user)
        messages.success(self.request, "Document removed.")

    def get_success_url(self) -> str:
        return reverse("programme:documents", args=[self.subject.reference])


class Team(OfConsultation, ActionView):
    """Who works on it. Reading needs less than adding, so a form has a rule of its own."""

    access = rules.works_on
    changes = rules.runs
    form_class = forms.AssignmentForm
    template_name = "programme/team.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.subject.assignments.select_related("user").order_by("role", "user__name", "user__email", "pk")
        may_add = rules.runs(self.request.user, self.subject)
        return super().get_context_data(assignments=list(rows), may_add=may_add, **kwargs)

    def act(self, form: Any) -> None:
        actions.assign(self.subject, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, f"{form.cleaned_data['user']} now works on it.")

    def get_success_url(self) -> str:
        return reverse("programme:team", args=[self.subject.reference])


class EndAssignment(AsksFirst, PressView):
    access = rules.runs
    action = "Take them off"
    is_danger = True
    done = "Taken off the consultation."

    def get_assignment(self) -> Assignment:
        rows = Assignment.objects.filter(consultation=self.subject).select_related("consultation", "user")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def question(self) -> str:
        assignment = self.get_assignment()
        return f"Take {assignment.user} off as {assignment.get_role_display().lower()}?"

    def consequence(self) -> str:
        return "From that moment they no longer see what is not public of this consultation. You can add them again."

    def act(self) -> None:
        actions.unassign(self.get_assignment(), actor=self.request.user)

    def get_success_url(self) -> str:
        return reverse("programme:team", args=[self.subject.reference])
