"""The coding desk: what is next, one text, the codes at hand."""

from __future__ import annotations

from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from consultations.analysis import actions, queries, rules
from consultations.analysis.forms import PassageForm, TextFilter
from consultations.analysis.instrument import asked_questions
from consultations.analysis.models import Code, CodeFrame, Coding
from consultations.analysis.sentences import Sentence, sentences
from consultations.programme.views.base import OfConsultation
from consultations.submissions.models import TextAnswer
from consultations.surveys import kinds
from engagement.core.errors import Refused
from engagement.core.views import ActionView, ListPage, PageView
from engagement.events import queries as events
from engagement.events.models import Note


def _questions(consultation: Any) -> dict[str, str]:
    """Every long-text question as “survey/question” with its words."""
    found = {}
    for survey in consultation.surveys.exclude(current_version=None).prefetch_related("versions"):
        for asked in asked_questions(survey):
            if kinds.of(asked.question).is_coded:
                found[f"{survey.code}/{asked.question.code}"] = asked.question.label
    return found


def filtered(consultation: Any, chosen: dict[str, str]) -> tuple[QuerySet[TextAnswer], QuerySet[Note]]:
    """Answers and notes that fit the filter; a filter that one kind cannot have leaves none of it."""
    answers, notes = queries.answers(consultation), queries.notes(consultation)
    if chosen.get("source") == "note":
        answers = answers.none()
    if chosen.get("source") == "answer" or chosen.get("question") or chosen.get("sector"):
        notes = notes.none()
    if question := chosen.get("question"):
        survey_code, _, question_code = question.partition("/")
        answers = answers.filter(response__survey__code=survey_code, question_code=question_code)
    if sector := chosen.get("sector"):
        answers = answers.filter(submission__kind__sector__code=sector)
    if reading := chosen.get("reading"):
        answers, notes = answers.filter(is_read=reading == "read"), notes.filter(is_read=reading == "read")
    if search := chosen.get("search"):
        answers, notes = answers.filter(text__icontains=search), notes.filter(text__icontains=search)
    return answers, notes


def _address(consultation: Any, source: TextAnswer | Note, query: str = "") -> str:
    kind = "answer" if isinstance(source, TextAnswer) else "note"
    address = reverse("analysis:text", args=[consultation.reference, kind, source.pk])
    return f"{address}?{query}" if query else address


def _who(text: TextAnswer | Note) -> str:
    """Whose words these are, for the officers who read them."""
    if isinstance(text, Note):
        return text.event.title
    submission = text.submission
    return str(submission.organisation or submission.respondent_name or submission.reference)


class Desk(OfConsultation, ListPage):
    """The texts to read, with how far the reading is."""

    access = rules.can_read
    template_name = "analysis/desk.html"
    context_object_name = "texts"
    paginate_by = 25

    def get_queryset(self) -> Any:
        self.questions = _questions(self.consultation)
        self.form = TextFilter(self.request.GET, questions=list(self.questions.items()))
        self.chosen = self.form.chosen()
        self.answers, self.notes = filtered(self.consultation, self.chosen)
        return _Chain(self.answers, self.notes)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        query = urlencode(self.chosen)
        context["rows"] = [
            {
                "text": text,
                "url": _address(self.consultation, text, query),
                "is_note": isinstance(text, Note),
                "who": _who(text),
                "question": ""
                if isinstance(text, Note)
                else self.questions.get(f"{text.survey_code}/{text.question_code}", "Written statement"),
            }
            for text in context["texts"]
        ]
        context |= {
            "form": self.form,
            "chosen": self.chosen,
            "progress": queries.progress(self.consultation),
            "frame": queries.frame_of(self.consultation),
            "can_code": rules.can_code(self.request.user, self.consultation),
        }
        return context


class _Chain:
    """Answers, then notes, as one list for the paginator: it counts and slices each in the database."""

    ordered = True

    def __init__(self, *parts: QuerySet[Any]) -> None:
        self.parts = parts
        self._counts: list[int] | None = None

    def count(self) -> int:
        if self._counts is None:
            self._counts = [part.count() for part in self.parts]
        return sum(self._counts)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, place: slice) -> list[Any]:
        self.count()
        assert self._counts is not None
        found: list[Any] = []
        start, stop = place.start or 0, place.stop
        for part, count in zip(self.parts, self._counts, strict=True):
            if start < count and stop > 0:
                found.extend(part[max(start, 0) : min(stop, count)])
            start, stop = start - count, stop - count
        return found


class Text(OfConsultation, ActionView):
    """One text, large, with its sentences to choose and the codes at hand."""

    access = rules.can_read
    changes = rules.can_code
    form_class = PassageForm
    template_name = "analysis/text.html"

    def get_subject(self) -> Any:
        consultation = super().get_subject()
        rows: QuerySet[Any]
        if self.kwargs["kind"] == "answer":
            rows = queries.answers(consultation)
        elif self.kwargs["kind"] == "note":
            rows = queries.notes(consultation).prefetch_related("organisations")
        else:
            raise Http404
        self.text = get_object_or_404(rows, pk=self.kwargs["pk"])
        self.frame = queries.frame_of(consultation)
        self.entries = queries.tree(self.frame)
        self.sentences = sentences(self.text.text)
        return consultation

    def get_form_kwargs(self) -> dict[str, Any]:
        codes = list(chain.from_iterable([entry.code, *entry.children] for entry in self.entries))
        return {**super().get_form_kwargs(), "text_sentences": self.sentences, "codes": codes}

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if "read" in request.POST or "unread" in request.POST:
            actions.mark_read(self.text, actor=request.user, is_read="read" in request.POST)
            return HttpResponseRedirect(self._next() if "read" in request.POST else self.get_success_url())
        return super().post(request, *args, **kwargs)

    def act(self, form: PassageForm) -> None:
        made = actions.code_passages(
            self.consultation,
            self.text,
            form.spans(),
            form.cleaned_data["codes"],
            actor=self.request.user,
            stance=form.cleaned_data["stance"],
        )
        labels = ", ".join(f"“{code.label}”" for code in form.cleaned_data["codes"])
        passages = "1 passage" if len(made) == 1 else f"{len(made)} passages"
        messages.success(self.request, f"{passages} coded as {labels}.")

    def get_success_url(self) -> str:
        return _address(self.consultation, self.text, self.request.GET.urlencode())

    def _filter(self) -> dict[str, str]:
        return TextFilter(self.request.GET, questions=list(_questions(self.consultation).items())).chosen()

    def _next(self) -> str:
        """The next unread text of the same filter, or the desk when there is none."""
        chosen = {**self._filter(), "reading": "unread"}
        query = self.request.GET.urlencode()
        answers, notes = filtered(self.consultation, chosen)
        candidates = [notes.filter(pk__gt=self.text.pk), answers, notes]
        if isinstance(self.text, TextAnswer):
            candidates = [answers.filter(pk__gt=self.text.pk), notes, answers]
        for rows in candidates:
            if following := rows.first():
                return _address(self.consultation, following, query)
        messages.success(self.request, "You have read every text of this list.")
        desk = reverse("analysis:desk", args=[self.consultation.reference])
        return f"{desk}?{query}" if query else desk

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        key = "answer" if isinstance(self.text, TextAnswer) else "note"
        codings = list(
            Coding.objects.filter(**{f"excerpt__{key}": self.text})
            .select_related("excerpt", "code", "coder")
            .order_by("excerpt__start", "excerpt__end", "code__order", "pk")
        )
        chosen = set(context["form"].data.getlist("sentences")) if context["form"].is_bound else set()
        picked = set(context["form"].data.getlist("codes")) if context["form"].is_bound else set()
        context |= {
            "text": self.text,
            "is_note": isinstance(self.text, Note),
            "who": events.attribution(self.text) if isinstance(self.text, Note) else _who(self.text),
            "question": self._question(),
            "lines": [
                {
                    "place": place,
                    "sentence": sentence,
                    "codes": _codes_on(sentence, codings),
                    "is_chosen": str(place) in chosen,
                    "ends_paragraph": "\n" in self._gap(place),
                }
                for place, sentence in enumerate(self.sentences)
            ],
            "codings": codings,
            "picked": picked,
            "frame": self.frame,
            "entries": self.entries,
            "progress": queries.progress(self.consultation),
            "can_code": rules.can_code(self.request.user, self.consultation) and _is_open(self.frame),
            "query": self.request.GET.urlencode(),
        }
        return context

    def _gap(self, place: int) -> str:
        following = self.sentences[place + 1].start if place + 1 < len(self.sentences) else len(self.text.text)
        return self.text.text[self.sentences[place].end : following]

    def _question(self) -> str:
        if isinstance(self.text, Note):
            return str(self.text.topic or "")
        found = _questions(self.consultation)
        return found.get(f"{self.text.survey_code}/{self.text.question_code}", "Written statement")


def _is_open(frame: CodeFrame | None) -> bool:
    return frame is not None and frame.state != CodeFrame.State.FROZEN


def _codes_on(sentence: Sentence, codings: list[Coding]) -> list[Code]:
    found = {
        coding.code.pk: coding.code
        for coding in codings
        if coding.excerpt.start < sentence.end and coding.excerpt.end > sentence.start
    }
    return list(found.values())


class RemoveCoding(OfConsultation, PageView):
    """Take one code off a passage; a POST only."""

    access = rules.can_code
    http_method_names = ["post"]

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        coding = get_object_or_404(
            Coding.objects.select_related("excerpt__answer", "excerpt__note", "code"),
            excerpt__consultation=self.consultation,
            pk=kwargs["pk"],
        )
        source = coding.excerpt.answer or coding.excerpt.note
        assert source is not None
        try:
            actions.remove_coding(coding.pk, actor=request.user)
            messages.success(request, f"“{coding.code.label}” was taken off the passage.")
        except Refused as refused:
            messages.error(request, refused.message)
        return HttpResponseRedirect(_address(self.consultation, source, request.GET.urlencode()))
