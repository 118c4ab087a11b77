"""Check the answers, send them, and what can be done with a response that was sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from consultations.submissions import (
    anonymity,
    answers,
    confidentiality,
    files,
    forms,
    lifecycle,
    queries,
    rules,
    signoff,
)
from consultations.submissions.models import Submission
from consultations.submissions.views.base import CHECK, OfDraft, OfSubmission, sent_sentence, with_query
from engagement.core.errors import Refused
from engagement.core.views import ActionView, PageView


class Check(OfDraft, ActionView):
    """Every answer with a way to change it, what is missing, and the one button that sends."""

    access = rules.can_read
    form_class = forms.NothingToType
    template_name = "submissions/check.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.subject.is_draft:
            return self.to_receipt(self.subject)
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        submission = self.subject
        user = self.request.user
        parts = queries.parts_of(submission)
        standing = signoff.of(submission, parts)
        return super().get_context_data(
            standing=standing,
            unapproved=signoff.why_not_send(submission, standing, provisional=False, now=timezone.now()),
            is_shared=rules.is_colleague(user, submission),
            surveys=[self.survey(part) for part in parts if part.is_begun],
            left_alone=[part.definition.title for part in parts if not part.is_begun],
            off_path=sum(len(part.path.off_path) for part in parts),
            lacks=lifecycle.lacking(submission, parts),
            why_not=rules.why_not_send(submission),
            is_late=rules.is_late(submission),
            may_write=rules.can_write(user, submission),
            may_send=rules.types_in(user, submission) if submission.is_intake else rules.is_sender(user, submission),
            documents=list(submission.evidence.order_by("pk")),
            telling=files.telling(submission, parts),
            whole_words=confidentiality.words_for(submission) if submission.confidentiality else "",
            kept_back=kept_back(submission, parts),
            **kwargs,
        )

    def survey(self, part: queries.Part) -> dict[str, Any]:
        """One survey as summary lists, one for each page."""
        may_write = rules.can_write(self.request.user, self.subject)
        sections = []
        for section in answers.sections(part, file_url=self.file_url):
            address = with_query(self.url("section", part.survey.code, section.code), **{"from": CHECK})
            rows = [
                (
                    line.question.label,
                    self.with_fate(part, line, may_write=may_write)
                    or (gettext("Needs an answer") if line.is_missing else ""),
                    address if may_write else "",
                    line.question.label,
                )
                for line in section.lines
            ]
            if section.is_empty:
                rows = [(gettext("None added"), "", address if may_write else "", section.title)]
            sections.append({"title": section.title, "rows": rows})
        return {"title": part.definition.title, "sections": sections}

    def with_fate(self, part: queries.Part, line: answers.Line, *, may_write: bool) -> str:
        """The answer, and below it what happens to it, with a way to choose otherwise where its words are one's own."""
        text = with_links(line)
        if not text or self.subject.is_test:
            return text
        submission, question = self.subject, line.question
        words = confidentiality.words_for(submission, question.code, survey_code=part.survey.code, question=question)
        if not may_write or not confidentiality.may_be_chosen_for(question):
            return format_html('{}\n<span class="meta">{}</span>', text, words)
        return format_html(
            '{}\n<span class="meta">{} <a href="{}">{}<span class="visually-hidden">: {}</span></a></span>',
            text,
            words,
            self.url("publishing", part.survey.code, question.code),
            gettext("Choose for this answer"),
            question.label,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        """Of an anonymous response the receipt comes at once, since nothing leads back to it afterwards."""
        if not self.subject.is_anonymous:
            return super().form_valid(form)
        try:
            sent = anonymity.send(self.subject.pk)
        except Refused as refused:
            form.add_error(None, refused.message)
            return self.form_invalid(form)
        parts = queries.parts_of(sent)
        context = {
            "of": sent.consultation,
            "submission": sent,
            "surveys": [{"title": part.definition.title, "sections": answers.sections(part)} for part in parts],
            "kept_back": kept_back(sent, parts),
            "crumbs": self.crumbs()[:1],
        }
        return render(self.request, "submissions/sent_anonymously.html", context)

    def act(self, form: Any) -> None:
        submission, user = self.subject, self.request.user
        if submission.is_intake:
            lifecycle.hand_over(submission.pk, actor=user)
            messages.success(
                self.request, gettext("Handed over. Somebody else has to compare it with the original now.")
            )
            return
        if not rules.is_sender(user, submission):
            raise Refused(
                gettext(
                    "Only those who lead or approve for your organisation can send this response. "
                    "Tell them that it is ready."
                )
            )
        lifecycle.submit(submission.pk, actor=user)

    def get_success_url(self) -> str:
        return self.url("tasks") if self.subject.is_intake else self.url("receipt")


def with_links(line: answers.Line) -> str:
    """An answer in words, and where it is files with links to them."""
    if not line.files:
        return line.text
    return format_html_join("\n", '<a href="{}">{}</a> ({})', ((file.url, file.name, file.size) for file in line.files))


class Submit(Check):
    """The address that the button of the check page posts to; going there leads to the check page."""

    access = rules.can_read

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.url("check"))


def kept_back(submission: Submission, parts: list[queries.Part]) -> list[str]:
    """The questions whose answers are not to be published, in words."""
    found = []
    for part in parts:
        for code, choice in submission.stricter.get(part.survey.code, {}).items():
            if choice == Submission.Confidentiality.WITHHELD and part.definition.has_question(code):
                found.append(part.definition.question(code).label)
    return found


class Receipt(OfSubmission, PageView):
    """What was sent, word for word, with its reference; set to be printed."""

    access = rules.is_partner
    template_name = "submissions/receipt.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.subject.is_draft:
            return redirect(self.url("tasks"))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        submission, user = self.subject, self.request.user
        parts = [part for part in queries.parts_of(submission) if part.is_begun]
        standing = signoff.of(submission, parts)
        is_sender = rules.is_sender(user, submission)
        return super().get_context_data(
            surveys=[
                {"title": part.definition.title, "sections": answers.sections(part, file_url=self.file_url)}
                for part in parts
            ],
            standing=standing,
            is_provisional=submission.is_counted and submission.timing == Submission.Timing.PROVISIONAL,
            is_shared=rules.is_colleague(user, submission),
            has_history=any(part.response is not None for part in parts) or submission.statement_revision > 0,
            first_survey=parts[0].survey.code if parts else "",
            documents=list(submission.evidence.order_by("pk")),
            kept_back=kept_back(submission, parts),
            is_sent=submission.state in Submission.COUNTED,
            sender=submission.submitted_by,
            crumbs=self.crumbs()[:1],
            sentence="" if submission.state in Submission.COUNTED else sent_sentence(submission),
            may_reopen=is_sender and submission.is_counted and not rules.why_not_reopen(submission),
            may_withdraw=is_sender and submission.may_move_to(Submission.State.WITHDRAWN),
            **kwargs,
        )


class Reopen(OfSubmission, ActionView):
    """Asks before a sent response becomes a draft again."""

    access = rules.is_sender
    form_class = forms.NothingToType
    template_name = "submissions/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=gettext("Change your response?"),
            text=gettext(
                "It becomes a draft again, and does not count until you send it once more. "
                "If you send it after the consultation has closed, it is marked late."
            ),
            action=gettext("Make it a draft again"),
            cancel_url=self.url("receipt"),
            danger=False,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        lifecycle.reopen(self.subject.pk, actor=self.request.user)
        messages.success(self.request, gettext("Your response is a draft again. Send it once more when you are done."))

    def get_success_url(self) -> str:
        return self.url("tasks")


class Withdraw(OfSubmission, ActionView):
    """Asks before a response is taken back."""

    access = rules.is_sender
    form_class = forms.NothingToType
    template_name = "submissions/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = self.subject.is_draft
        return super().get_context_data(
            title=gettext("Give up this draft?") if draft else gettext("Withdraw your response?"),
            text=gettext("Nobody has seen it, and nobody will. It cannot be brought back.")
            if draft
            else gettext(
                "It is taken out of everything that we count and publish. It cannot be brought back, and the "
                "consultation has closed, so you cannot send a new one."
            )
            if rules.why_not_start(self.subject.consultation)
            else gettext(
                "It is taken out of everything that we count and publish. It cannot be brought back, but you can "
                "send a new one while the consultation is open."
            ),
            action=gettext("Give up the draft") if draft else gettext("Withdraw the response"),
            cancel_url=self.url("tasks" if draft else "receipt"),
            danger=True,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        if self.subject.is_anonymous:
            anonymity.give_up(self.subject.pk)
            messages.success(self.request, gettext("Done. Nothing of the draft is kept."))
            return
        lifecycle.withdraw(self.subject.pk, actor=self.request.user)
        messages.success(self.request, gettext("Done. The response was taken back."))

    def get_success_url(self) -> str:
        if self.subject.is_anonymous:
            return reverse("programme:consultation", args=[self.subject.consultation.reference])
        return self.url("receipt")
