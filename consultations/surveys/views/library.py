"""Questions that are taken from elsewhere, the library of the site, and copies of whole surveys."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse

from consultations.programme import queries as programme
from consultations.programme import rules
from consultations.programme.models import Assignment, Consultation
from consultations.programme.views.base import PressView
from consultations.surveys import copying, library, placing, removals
from consultations.surveys.forms.building import PlainForm
from consultations.surveys.forms.library import ELSEWHERE, CopyForm, SaveForm, SearchForm
from consultations.surveys.models import LibraryQuestion, Page, Removal
from consultations.surveys.models import Question as QuestionRow
from consultations.surveys.views.base import InSurvey
from engagement.accounts.rules import is_administrator
from engagement.core.errors import Refused
from engagement.core.views import ActionView

KINDS = dict(QuestionRow.Kind.choices)


class TakeQuestion(InSurvey, ActionView):
    """Find a question in the library or in another survey, and put it into a page. What is looked for stands in the
    address; each question has a button of its own."""

    access = rules.runs
    form_class = PlainForm
    template_name = "surveys/library.html"

    @cached_property
    def search(self) -> SearchForm:
        form = SearchForm(self.request.GET)
        form.is_valid()
        return form

    @property
    def is_elsewhere(self) -> bool:
        return self.search.cleaned_data.get("where") == ELSEWHERE

    @property
    def words(self) -> str:
        return str(self.search.cleaned_data.get("q") or "")

    def found(self) -> list[dict[str, Any]]:
        """What is shown of each question, one more than fits so that the page can say so."""
        most = library.MOST_FOUND + 1
        if self.is_elsewhere:
            rows = library.found_elsewhere(self.request.user, self.survey, self.words)
            return [
                {
                    "value": f"question-{row.pk}",
                    "label": row.label,
                    "code": row.code,
                    "kind": KINDS.get(row.kind, row.kind),
                    "origin": f"{row.survey.title}, {row.survey.consultation.title}",
                    "choices": [],
                    "remove": "",
                }
                for row in rows[:most]
            ]
        return [self.shown(item) for item in library.found_in_library(self.words)[:most]]

    def shown(self, item: LibraryQuestion) -> dict[str, Any]:
        asked = library.question_of(item)
        address = ""
        if may_remove(self.request.user, item):
            address = self.address("remove_from_library", self.page.pk, item.pk)
        return {
            "value": f"library-{item.pk}",
            "label": item.label,
            "code": item.code,
            "kind": KINDS.get(item.kind, item.kind),
            "origin": " – ".join(part for part in (item.topic, item.origin) if part),
            "choices": [choice.label for choice in asked.choices],
            "remove": address,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.found()
        return super().get_context_data(
            page=self.page,
            search=self.search,
            found=found[: library.MOST_FOUND],
            has_more=len(found) > library.MOST_FOUND,
            words=self.words,
            is_elsewhere=self.is_elsewhere,
            lacks_standard=not self.is_elsewhere and library.lacks_standard_questions(),
            **kwargs,
        )

    def act(self, form: Any) -> None:
        if "standard" in self.request.POST:
            number = library.add_standard_questions(actor=self.request.user)
            messages.success(self.request, f"{number} standard question{'' if number == 1 else 's'} added.")
            self.next = self.request.get_full_path()
            return
        placed = self.taken(self.request.POST.get("take", ""))
        messages.success(self.request, " ".join([f"“{placed.question.label}” is on the page now.", *placed.notes]))
        self.next = f"{self.address('edit')}#question-{placed.question.pk}"

    def taken(self, value: str) -> placing.Placed:
        source, _, number = value.partition("-")
        pk = int(number) if number.isdecimal() and len(number) < 15 else 0
        if source == "library":
            item = LibraryQuestion.objects.filter(pk=pk).first()
            if item is not None:
                return library.take(item, self.page)
        elif source == "question":
            row = library.found_elsewhere(self.request.user, self.survey, "").filter(pk=pk).first()
            if row is not None:
                return library.take_from(row, self.page)
        raise Refused("This question is not there any more. Choose another.")

    def get_success_url(self) -> str:
        return self.next


class SaveToLibrary(InSurvey, ActionView):
    access = rules.runs
    form_class = SaveForm
    template_name = "surveys/save_to_library.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "topics": library.topics()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(question=self.question, back=self.get_success_url(), **kwargs)

    def act(self, form: Any) -> None:
        library.save(self.question, topic=form.cleaned_data["topic"].strip(), actor=self.request.user)
        messages.success(self.request, "The question is in the library: every survey of this site can take it.")

    def get_success_url(self) -> str:
        return f"{self.address('edit')}#question-{self.question.pk}"


def may_remove(user: Any, item: LibraryQuestion) -> bool:
    """Administrators, and whoever saved it."""
    return is_administrator(user) or (item.saved_by_id is not None and item.saved_by_id == user.pk)


class RemoveFromLibrary(InSurvey, ActionView):
    access = rules.runs
    form_class = PlainForm
    template_name = "surveys/confirm.html"

    def get_subject(self) -> Consultation:
        consultation = super().get_subject()
        self.item = get_object_or_404(LibraryQuestion, pk=self.kwargs["item"])
        if not may_remove(self.request.user, self.item):
            raise PermissionDenied
        return consultation

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Remove “{self.item.label}” from the library?",
            text="Surveys that took it keep it. Nobody can take it from the library any more.",
            action="Remove it",
            back=self.get_success_url(),
            **kwargs,
        )

    def act(self, form: Any) -> None:
        library.remove(self.item, actor=self.request.user)
        messages.success(self.request, "Removed from the library.")

    def get_success_url(self) -> str:
        return self.address("library", self.page.pk)


class PutBack(InSurvey, PressView):
    """What was deleted from the draft comes back to where it was."""

    access = rules.runs
    anchor = ""

    def act(self) -> None:
        removal = get_object_or_404(Removal.objects.select_related("survey"), survey=self.survey, pk=self.kwargs["pk"])
        back, notes = removals.put_back(removal)
        self.done = " ".join([f"“{removal.label}” is back.", *notes])
        self.anchor = f"{'page' if isinstance(back, Page) else 'question'}-{back.pk}"

    def get_success_url(self) -> str:
        return f"{self.address('edit')}#{self.anchor}"


class CopySurvey(InSurvey, ActionView):
    """A copy of the whole draft, here or in another consultation that the person runs."""

    creates_once = True
    access = rules.runs
    form_class = CopyForm
    template_name = "surveys/copy.html"

    def targets(self) -> Any:
        user = self.request.user
        found = programme.visible_to(user)
        if not is_administrator(user):
            runs = Assignment.objects.filter(user=user, role=Assignment.Role.ENGAGEMENT)
            found = found.filter(pk__in=runs.values("consultation"))
        return found.order_by("title", "pk")

    def get_initial(self) -> dict[str, Any]:
        return {"title": f"{self.survey.title} (copy)"[:200], "consultation": self.consultation.pk}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "targets": self.targets()}

    def act(self, form: Any) -> None:
        target = form.cleaned_data["consultation"]
        copy, notes = copying.copy_survey(
            self.survey, target, title=form.cleaned_data["title"], actor=self.request.user
        )
        self.next = reverse("surveys:edit", args=[target.reference, copy.code])
        messages.success(self.request, " ".join(["This is the copy; it is a draft.", *notes]))

    def get_success_url(self) -> str:
        return self.next
