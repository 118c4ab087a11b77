"""The texts of a draft in other languages, and files for those who translate them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from consultations.programme import rules
from consultations.surveys import compiling, translating, translations
from consultations.surveys.definition import Definition
from consultations.surveys.forms import translating as forms
from consultations.surveys.translations import Line, Sheet
from consultations.surveys.views.base import InSurvey
from engagement.core.errors import Refused
from engagement.core.views import ActionView, Guarded, PageView

SALT = "surveys.translations"
# A dry run that was left lying longer than this is made again.
PLAN_SECONDS = 24 * 3600
TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}


class Languages(InSurvey, PageView):
    """Every language that the survey can be read in, and how far each is."""

    access = rules.works_on
    template_name = "surveys/languages.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        definition = compiling.draft_of(self.survey)
        own = translating.language_of(definition)
        return super().get_context_data(sheets=translations.sheets(self.survey, definition), own=own, **kwargs)


class OfLanguage(InSurvey):
    """A page about one language of one draft."""

    kwargs: dict[str, Any]

    @cached_property
    def definition(self) -> Definition:
        return compiling.draft_of(self.survey)

    @cached_property
    def sheet(self) -> Sheet:
        try:
            return translations.sheet(self.survey, self.kwargs["language"], self.definition)
        except KeyError:
            raise Http404 from None

    def crumbs(self) -> list[tuple[str, str]]:
        return [*super().crumbs(), ("Languages", self.address("languages"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = translating.language_of(self.definition)
        return super().get_context_data(sheet=self.sheet, own=own, **kwargs)

    def translate_url(self) -> str:
        return self.address("translate", self.sheet.language)


class Translate(OfLanguage, ActionView):
    """Each text beside its translation, one part of the survey at a time."""

    access = rules.works_on
    changes = rules.runs
    form_class = forms.TranslationForm
    template_name = "surveys/translate.html"

    @cached_property
    def pages(self) -> list[tuple[str, str]]:
        """The parts of the survey that have texts: code and title."""
        titles = {page.code: page.title for page in self.definition.pages}
        found: dict[str, str] = {}
        for line in self.sheet.lines:
            code = line.text.where
            found.setdefault(code or "survey", titles.get(code) or code if code else "Title and introduction")
        return list(found.items())

    @property
    def page(self) -> str:
        asked = self.request.GET.get("page", "")
        return asked if asked in dict(self.pages) else ("" if self.shown != "all" else self.pages[0][0])

    @property
    def shown(self) -> str:
        asked = self.request.GET.get("show", "")
        return asked if asked in dict(forms.SHOWN) else "all"

    @cached_property
    def lines(self) -> list[Line]:
        """The lines of the chosen part, or those of the whole survey that the filter leaves."""
        wanted = {"missing": ("missing",), "outdated": ("outdated",)}.get(self.shown)
        return [
            line
            for line in self.sheet.lines
            if (not self.page or (line.text.where or "survey") == self.page) and (not wanted or line.state in wanted)
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        # What was shown when the form was opened may meanwhile be translated: every text of the part is known to it.
        lines = self.lines if self.request.method != "POST" else self.posted_lines()
        facts = {"lines": lines, "name": self.sheet.name, "language": self.sheet.language}
        return {**super().get_form_kwargs(), **facts}

    def posted_lines(self) -> list[Line]:
        return [line for line in self.sheet.lines if line.text.path in self.request.POST]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        chosen = {"page": self.page, "show": self.shown}
        return {
            **context,
            "rows": [self.row(form, line) for line in form.lines.values()],
            "filter": forms.FilterForm(initial=chosen, pages=[("", "The whole survey"), *self.pages]),
            "is_filtered": self.shown != "all",
            "next_page": self.next_page(),
        }

    @staticmethod
    def row(form: forms.TranslationForm, line: Line) -> dict[str, Any]:
        name = forms.kept(line.text.path)
        return {"line": line, "field": form[line.text.path], "kept": form[name] if name in form.fields else None}

    def next_page(self) -> str:
        """The part after this one, as an address; empty after the last and in a filtered list."""
        codes = [code for code, _ in self.pages]
        place = codes.index(self.page) + 1 if self.page in codes else len(codes)
        return f"{self.translate_url()}?page={codes[place]}" if self.shown == "all" and place < len(codes) else ""

    def act(self, form: forms.TranslationForm) -> None:
        changed = translations.save(self.survey, self.sheet.language, form.texts(), actor=self.request.user)
        if changed:
            texts = "1 text" if changed == 1 else f"{changed} texts"
            messages.success(self.request, f"{texts} saved. People read them after the next publishing.")
        else:
            messages.info(self.request, "Nothing was changed.")

    def get_success_url(self) -> str:
        if "next" in self.request.POST and self.next_page():
            return self.next_page()
        return self.request.get_full_path()


class TranslationFile(OfLanguage, Guarded):
    """The texts and their translations as a file for translators."""

    access = rules.works_on

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = kwargs["kind"]
        if kind not in TYPES:
            raise Http404
        content = translations.as_workbook(self.sheet) if kind == "xlsx" else translations.as_csv(self.sheet)
        name = f"{self.subject.reference}-{self.survey.code}-{self.sheet.language}.{kind}"
        return HttpResponse(
            content,
            content_type=TYPES[kind],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class ReadTranslations(OfLanguage, ActionView):
    """Choose a translator's file, see what it would change, confirm. Between the two nothing is kept on the server."""

    access = rules.runs
    form_class = forms.FileForm
    template_name = "surveys/translations_file.html"

    def crumbs(self) -> list[tuple[str, str]]:
        return [*super().crumbs(), (self.sheet.name, self.translate_url())]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "plan" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        form.is_bound = False
        try:
            texts = signing.loads(request.POST["plan"], salt=self.salt(), max_age=PLAN_SECONDS)
        except signing.BadSignature:
            messages.error(request, "The preview is out of date. Choose the file again.")
            return self.render_to_response(self.get_context_data(form=form), status=422)
        changed = translations.save(self.survey, self.sheet.language, texts, actor=request.user)
        messages.success(request, f"{changed} texts taken over. People read them after the next publishing.")
        response = HttpResponse(status=302)
        response["Location"] = self.translate_url()
        return response

    def salt(self) -> str:
        return f"{SALT}:{self.survey.pk}:{self.sheet.language}"

    def form_valid(self, form: Any) -> HttpResponse:
        upload = form.cleaned_data["file"]
        try:
            reading = translations.read(self.sheet, upload.read(), upload.name)
        except Refused as refused:
            form.add_error("file", refused.message)
            return self.form_invalid(form)
        plan = signing.dumps(reading.texts, salt=self.salt(), compress=True) if reading.is_possible else ""
        context = self.get_context_data(
            form=form,
            reading=reading,
            file_name=upload.name,
            errors=translations.told(reading.errors),
            notes=translations.told(reading.notes),
            plan=plan,
        )
        return self.render_to_response(context, status=200 if reading.is_possible or not reading.errors else 422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = {"reading": None, "file_name": "", "errors": [], "notes": [], "plan": ""}
        return super().get_context_data(**{**shown, **kwargs})

    def get_success_url(self) -> str:
        return reverse("surveys:languages", args=[self.subject.reference, self.survey.code])
