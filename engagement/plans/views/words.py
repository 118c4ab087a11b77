"""The words of messages: which there are, changing them, seeing them with real data, taking the usual ones back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.functional import cached_property

from engagement.accounts.rules import is_engagement_staff
from engagement.core import languages
from engagement.core.views import ActionView, AsksFirst, PageView
from engagement.messaging.rendering import Rendered, render_usual, render_words
from engagement.plans import actions, contrast, queries, wordings
from engagement.plans.forms import WordsForm
from engagement.plans.models import Wording
from engagement.plans.placeholders import Editable, editables


class OfWords:
    """A page of the words of the site, or of one consultation: then a page above says which."""

    request: HttpRequest
    kwargs: dict[str, Any]
    addresses = "plans"

    def scope(self) -> str:
        """The reference of the consultation; empty for the site."""
        return ""

    def place(self) -> list[Any]:
        return []

    def address(self, name: str, *more: Any) -> str:
        return reverse(f"{self.addresses}:{name}", args=[*self.place(), *more])

    def crumbs(self) -> list[tuple[str, str]]:
        return []

    @cached_property
    def editable(self) -> Editable:
        for one in editables().values():
            if one.code == self.kwargs["code"]:
                return one
        raise Http404("No such kind of message.")

    @cached_property
    def language(self) -> str:
        if self.kwargs["language"] not in languages.offered():
            raise Http404("The site does not offer this language.")
        return str(self.kwargs["language"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            crumbs=self.crumbs(), scope=self.scope(), words_url=self.address("words"), **kwargs
        )


class WordsList(OfWords, PageView, abstract=True):
    """Every kind of message and language, and whose words it has."""

    template_name = "plans/words.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own, site = wordings.latest(self.scope()), wordings.latest()
        rows = []
        for editable in editables().values():
            states = []
            for code, name in languages.offered().items():
                wording = own.get((editable.template, code))
                if wording is None or wording.is_usual:
                    wording = site.get((editable.template, code)) if self.scope() else None
                url = self.address("word", editable.code, code)
                states.append((name, url, wording if wording is not None and not wording.is_usual else None))
            rows.append((editable, states))
        return super().get_context_data(rows=rows, **kwargs)


class EditWords(OfWords, ActionView, abstract=True):
    """Subject and text of one kind in one language, with the names it knows; a preview before saving."""

    form_class = WordsForm
    template_name = "plans/word.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "editable": self.editable}

    @cached_property
    def present(self) -> Wording | None:
        return wordings.current(self.editable.template, self.scope(), self.language)

    @cached_property
    def usual(self) -> tuple[str, str]:
        return wordings.usual(self.editable, self.language)

    def get_initial(self) -> dict[str, Any]:
        subject, body = (self.present.subject, self.present.body) if self.present else self.usual
        return {"subject": subject, "body": body}

    def form_valid(self, form: WordsForm) -> HttpResponse:
        if "preview" in self.request.POST:
            shown = self.preview(form.cleaned_data["subject"], form.cleaned_data["body"])
            return self.render_to_response(self.get_context_data(form=form, shown=shown))
        return super().form_valid(form)

    def act(self, form: WordsForm) -> None:
        facts = (self.editable.template, self.scope(), self.language)
        actions.save_words(*facts, form.cleaned_data["subject"], form.cleaned_data["body"], actor=self.request.user)
        messages.success(self.request, "The words are saved. Messages that have not left are made anew with them.")

    @cached_property
    def real(self) -> Any:
        return self.editable.real(self.scope())

    @property
    def example(self) -> Any:
        return self.real or self.editable.stand_in()

    def preview(self, subject: str, body: str) -> Rendered:
        with translation.override(self.language):
            return render_words(wordings.said(self.editable, subject, body, self.example))

    def as_it_is(self) -> Rendered:
        """What holds now."""
        if self.present is not None:
            return self.preview(self.present.subject, self.present.body)
        with translation.override(self.language):
            return render_usual(self.editable.template, self.example)

    def get_success_url(self) -> str:
        return self.address("word", self.editable.code, self.language)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        with translation.override(self.language):
            values = self.editable.values(self.real) if self.real else {}
        return super().get_context_data(
            editable=self.editable,
            language_name=languages.offered()[self.language],
            present=self.present,
            is_real=self.real is not None,
            tokens=[
                (token, "A link of their own" if token.is_link else values.get(token.name, "")[:120])
                for token in self.editable.tokens
            ],
            versions=list(queries.versions(self.editable.template, self.scope(), self.language)[:30]),
            lowest=contrast.lowest(),
            reset_url=self.address("reset_words", self.editable.code, self.language),
            usual=self.usual,
            as_it_is=self.as_it_is(),
            **{"shown": None, **kwargs},
        )


class ResetWords(AsksFirst, OfWords, PageView, abstract=True):
    """Back to the usual words; the versions stay to be read."""

    action = "Take the usual words back"

    def question(self) -> str:
        return f"Take the usual words back for “{self.editable.label}” ({languages.offered()[self.language]})?"

    def consequence(self) -> str:
        return "Messages that have not left say the usual words. What was written here stays among the versions."

    def get_success_url(self) -> str:
        return self.address("word", self.editable.code, self.language)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        actions.save_words(self.editable.template, self.scope(), self.language, "", "", actor=request.user)
        messages.success(request, "The usual words hold again.")
        return HttpResponse(status=302, headers={"Location": self.get_success_url()})


class SiteWords(WordsList):
    access = is_engagement_staff


class EditSiteWords(EditWords):
    access = is_engagement_staff


class ResetSiteWords(ResetWords):
    access = is_engagement_staff
