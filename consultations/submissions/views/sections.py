"""The pages of the surveys, and what happens when two people answer the same question."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from consultations.submissions import actions, files, forms, queries, rules
from consultations.submissions.models import ResponseRevision
from consultations.submissions.moved import news_of
from consultations.submissions.views.addedfiles import keep_files
from consultations.submissions.views.around import around
from consultations.submissions.views.base import CHECK, KeepsTyping, OfDraft, with_query
from consultations.submissions.views.publishing import address_for, fates
from consultations.surveys.definition import OF_ENTRY, entry_key
from consultations.surveys.entries import plain_answers, removed_entries
from consultations.surveys.forms import PageForm
from consultations.surveys.minutes import minutes_for
from consultations.surveys.path import Step, in_words
from engagement.core.errors import Refused
from engagement.core.templatetags.ui import clock
from engagement.core.views import ActionView, PageView


class Section(OfDraft, KeepsTyping, PageView):
    """One page of a survey, with two buttons: save and continue (checked), save and come back later (kept as it is).

    The site's script also posts the form while somebody writes; it is saved as it is and answered in JSON.
    """

    access = rules.can_write
    template_name = "submissions/section.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.subject.is_draft:
            return self.to_receipt(self.subject)
        part = self.part()
        step = part.path.step(kwargs["page"])
        if step is None:
            nearest = part.path.nearest(kwargs["page"].partition(OF_ENTRY)[0])
            return redirect(self.section_url(nearest.code) if nearest else self.url("tasks"))
        if step.is_list:
            return self.show_list(part, step)
        typed = self.kept_typing()
        unfinished = part.response.unfinished.get(step.code) if part.response else None
        form = PageForm(
            typed,
            step=step,
            answers=step.answers,
            unfinished=unfinished,
            left_blank=part.path.left_blank,
            known_files=files.items_of(part.response, step),
        )
        revision = typed.get("revision") if typed else None
        return self.show(part, step, form, revision=revision, kept=bool(typed))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        part = self.part()
        page = kwargs["page"]
        on_path = part.path.step(page)
        step = on_path or self.step_off_path(part, page)
        if step.is_list:
            return self.post_list(part, step)
        is_script = request.headers.get("X-Requested-With") == "fetch"
        is_later = is_script or "later" in request.POST or "publishing" in request.POST
        require = not is_later and not self.eases and on_path is not None
        form = PageForm(
            request.POST,
            # While somebody writes, files stay in the browser: they are sent with the button.
            files=None if is_script else request.FILES,
            step=step,
            answers=step.answers,
            require=require,
            known_files=files.items_of(part.response, step),
        )
        is_valid = form.is_valid()
        has_files = keep_files(request, part, self.subject, step, form)
        if not is_valid and not is_later and not has_files:
            return self.show(part, step, form, status=422)
        try:
            self.save(part, form, is_done=not is_later and form.is_valid())
        except actions.Conflict as conflict:
            self.forget_typing()
            if is_script:
                return JsonResponse({"message": gettext("A colleague changed the same answer.")}, status=409)
            return redirect(self.url("conflict", part.survey.code, conflict.number))
        except Refused as refused:
            form.add_error(None, refused.message)
            return self.show(part, step, form, status=422)
        self.forget_typing()
        if is_script:
            return JsonResponse(
                {
                    "message": gettext("Saved %(clock)s") % {"clock": clock(timezone.now())},
                    "fields": {"revision": self.part().response.revision},
                }
            )
        if form.refused_files or (not is_later and not form.is_valid()):
            # The files that came along are kept, whatever else is wrong on the page.
            now = self.part()
            return self.show(now, step, form, status=422, revision=now.response.revision if now.response else 0)
        if not is_later and self.has_new_questions(step):
            messages.info(request, gettext("Saved. Because of what you answered, this page asks something more."))
            return redirect(self.section_url(page))
        if "publishing" in request.POST:
            return redirect(address_for(self, part, step, request.POST["publishing"]))
        if is_later:
            messages.success(
                request, gettext("Saved at %(clock)s. Come back whenever you like.") % {"clock": clock(timezone.now())}
            )
            return redirect(self.url("tasks"))
        return redirect(self.next_url())

    def has_new_questions(self, before: Step) -> bool:
        """Whether the answers that were just saved brought further questions onto the same page."""
        now = self.part().path.step(before.code)
        if now is None:
            return False
        return bool(
            {question.code for question in now.questions if question.is_answered}
            - {question.code for question in before.questions}
        )

    @property
    def eases(self) -> bool:
        """Whether required answers may be missing: in what another channel brought, nobody can ask again."""
        return self.subject.is_intake

    def part(self) -> queries.Part:
        if not hasattr(self, "_part"):
            found = queries.part_of(self.subject, self.kwargs["survey"])
            if found is None:
                raise Http404
            self._part = queries.by_numbers(found) if self.subject.is_intake else found
        return self._part

    def step_off_path(self, part: queries.Part, code: str) -> Step:
        """The page that was posted although it is not on the path any more: what was typed is kept all the same."""
        page_code, _, number = code.partition(OF_ENTRY)
        page = next((page for page in part.definition.pages if page.code == page_code), None)
        if page is None or page.repeats != bool(number) or (number and not number.isdecimal()):
            raise Http404
        if number and entry_key(page_code, int(number)) not in (part.response.data if part.response else {}):
            raise Http404
        return Step(page, page.questions, part.definition, part.path.answers, part.path.answers, int(number or 0), 1)

    def save(self, part: queries.Part, form: PageForm, *, is_done: bool) -> None:
        response = part.response or actions.begin_response(self.subject, part.survey)
        saved = actions.save_section(
            response.pk,
            page_code=self.kwargs["page"],
            answers=form.answers(),
            revision=self.posted_revision(),
            unfinished=form.wrong(),
            is_done=is_done,
            language=part.language,
            actor=self.request.user,
        )
        self._part = queries.part(saved.survey, saved, is_anonymous=self.subject.is_anonymous) or part

    def posted_revision(self) -> int:
        typed = self.request.POST.get("revision", "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0

    def section_url(self, page: str) -> str:
        address = self.url("section", self.part().survey.code, page)
        return with_query(address, **{"from": self.origin})

    @property
    def origin(self) -> str:
        """“check” when the visit came from the check page, to which it goes back."""
        return CHECK if self.request.GET.get("from") == CHECK else ""

    def next_url(self) -> str:
        """The next page by the answers as they are now; the check page when the visit came from there."""
        part = self.part()
        page, _, entry = self.kwargs["page"].partition(OF_ENTRY)
        if entry:
            return self.section_url(page)
        step = part.path.next_after(page)
        if self.origin:
            # A changed answer may have opened new pages that have to be filled in before checking again.
            opened = next((code for code, _ in part.path.missing), "")
            return self.section_url(opened) if opened else self.url("check")
        return self.section_url(step.code) if step else self.url("tasks")

    def show(
        self,
        part: queries.Part,
        step: Any,
        form: PageForm,
        *,
        status: int = 200,
        revision: Any = None,
        kept: bool = False,
    ) -> HttpResponse:
        response = part.response
        posted = self.request.POST.get("revision") if self.request.method == "POST" else None
        context = self.get_context_data(
            form=form,
            **self.place_of(part, step),
            revision=revision or posted or (response.revision if response else 0),
            saved_at=response.updated_at if response and response.revision else None,
            saved_by=self.saved_by(response),
            is_kept=kept,
            fates=fates(self.subject, part, step),
        )
        return render(self.request, self.template_name, context, status=status)

    def place_of(self, part: queries.Part, step: Step) -> dict[str, Any]:
        """Where the step stands and what comes before it; an entry stands where its page does."""
        pages = part.path.pages
        place = next((number for number, one in enumerate(pages, 1) if one.page.code == step.page.code), len(pages))
        before = part.path.step(step.page.code) if step.entry else part.path.previous_before(step.code)
        return {
            "part": part,
            "step": step,
            "place": place,
            "total": len(pages),
            "where": where_words(part.definition.title, place, len(pages), minutes_for(pages[place:])),
            "before": self.section_url(before.code) if before else "",
            "from_check": bool(self.origin),
            "news": self.news(part),
            **around(self.request.user, self.subject, part, step.page.code),
        }

    def news(self, part: queries.Part) -> str:
        """What changed since the last save, told until the next one."""
        if part.response is None or part.response.version_id == part.version.pk:
            return ""
        news = news_of(part)
        return news.text if news else ""

    # --- pages that repeat ------------------------------------------------------------------------------

    def show_list(self, part: queries.Part, step: Step, *, lacks: str = "") -> HttpResponse:
        """The entries of a page that repeats, each with a way to change and to remove it."""
        entries = []
        for entry in step.entries:
            asked = [question for question in entry.questions if question.is_answered]
            lines = [line for question in asked for line in entry.lines(question)]
            status = part.path.status(entry.code)
            entries.append({"step": entry, "url": self.section_url(entry.code), "lines": lines, "status": status})
        kept = part.response.data if part.response else {}
        removed = removed_entries(step.page.code, kept)
        context = self.get_context_data(**self.place_of(part, step), entries=entries, removed=removed, lacks=lacks)
        return render(self.request, "submissions/entries.html", context, status=422 if lacks else 200)

    def post_list(self, part: queries.Part, step: Step) -> HttpResponse:
        """Add, remove or put back an entry, or go on."""
        posted, user = self.request.POST, self.request.user
        try:
            response = part.response or actions.begin_response(self.subject, part.survey)
            if "add" in posted:
                number = actions.add_entry(response.pk, step.page.code, actor=user)
                return redirect(self.section_url(entry_key(step.page.code, number)))
            for name, is_there in (("remove", False), ("put_back", True)):
                if name in posted:
                    number = int(posted[name]) if posted[name].isdecimal() and len(posted[name]) < 9 else 0
                    actions.show_entry(response.pk, step.page.code, number, is_there=is_there, actor=user)
                    self.say_shown(number, is_there)
                    return redirect(self.section_url(step.code))
            least = step.page.least_entries or 0
            if "later" not in posted and len(step.entries) < least and not self.eases:
                return self.show_list(part, step, lacks=gettext("Add at least %(least)s.") % {"least": least})
            saved = actions.save_section(
                response.pk,
                page_code=step.code,
                answers={step.code: None},
                is_done="later" not in posted,
                language=part.language,
                actor=user,
            )
        except Refused as refused:
            return self.show_list(part, step, lacks=refused.message)
        self._part = queries.part(saved.survey, saved, is_anonymous=self.subject.is_anonymous) or part
        return redirect(self.url("tasks") if "later" in posted else self.next_url())

    def say_shown(self, number: int, is_there: bool) -> None:
        if is_there:
            messages.success(self.request, gettext("Put back."))
        else:
            messages.success(
                self.request, gettext("Removed. Nothing is deleted before you send: you can put it back below.")
            )

    def saved_by(self, response: Any) -> str:
        if response is None or response.last_edited_by is None or response.last_edited_by == self.request.user:
            return ""
        return str(response.last_edited_by)


def where_words(title: str, place: int, total: int, minutes: int) -> str:
    """“Skills: section 2 of 5, about 6 minutes left after this”."""
    words = gettext("%(title)s: section %(place)s of %(total)s") % {"title": title, "place": place, "total": total}
    if not minutes:
        return words
    left = ngettext("about %(n)s minute left after this", "about %(n)s minutes left after this", minutes)
    return f"{words}, {left % {'n': minutes}}"


class Conflict(OfDraft, ActionView):
    """Two people answered the same question: both answers side by side, and a choice."""

    access = rules.can_write
    form_class = forms.SettleForm
    template_name = "submissions/conflict.html"

    def kept(self) -> ResponseRevision:
        if not hasattr(self, "_kept"):
            rows = queries.conflicts_of(self.subject, self.request.user)
            self._kept = get_object_or_404(
                rows, response__survey__code=self.kwargs["survey"], number=self.kwargs["number"]
            )
        return self._kept

    def clashes(self) -> list[dict[str, Any]]:
        """Both answers to each question, in words."""
        kept = self.kept()
        part = queries.part_of(self.subject, self.kwargs["survey"])
        if part is None or part.response is None:
            raise Http404
        self.response = part.response
        found = []
        for code, mine in kept.patch.items():
            plain = code.rpartition(OF_ENTRY)[2]
            base = plain.removesuffix("__other").removesuffix("__comment")
            if not part.definition.has_question(base):
                continue
            question = part.definition.question(base)
            beside = {"__other": gettext(" (other)"), "__comment": gettext(" (comment)")}.get(
                plain.removeprefix(base), ""
            )
            label = f"{question.label}{beside}"
            theirs = part.response.data.get(code)
            found.append(
                {
                    "code": code,
                    "label": label,
                    "mine": self.words(part, code, mine),
                    "theirs": self.words(part, code, theirs),
                    "is_text": isinstance(mine, str) and isinstance(theirs, str) and question.kind in forms.TEXT_KINDS,
                }
            )
        return found

    @staticmethod
    def words(part: queries.Part, code: str, value: Any) -> str:
        if code.endswith(("__other", "__comment")):
            return value or ""
        plain = code.rpartition(OF_ENTRY)[2]
        return in_words(part.definition, plain, {**plain_answers(part.path.answers, code), plain: value})

    def theirs(self) -> str:
        by = queries.last_writer(self.response, self.kept().patch, besides=self.request.user)
        return str(by or gettext("a colleague"))

    def get_form_kwargs(self) -> dict[str, Any]:
        self._clashes = self.clashes()
        kwargs = super().get_form_kwargs()
        kwargs["initial"] = {"revision": self.response.revision}
        return {
            **kwargs,
            "labels": {clash["code"]: clash["label"] for clash in self._clashes},
            "texts": {clash["code"] for clash in self._clashes if clash["is_text"]},
            "theirs": self.theirs(),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        for clash in self._clashes:
            clash["field"] = form[f"choice-{clash['code']}"]
        # After a refusal the page shows what stands now, and the choice is about that.
        return {**context, "clashes": self._clashes, "theirs": self.theirs(), "revision": self.response.revision}

    def act(self, form: forms.SettleForm) -> None:
        actions.settle(
            self.response.pk,
            self.kwargs["number"],
            choices=form.choices(),
            revision=form.cleaned_data["revision"],
            actor=self.request.user,
        )
        messages.success(self.request, gettext("Saved. The answer that you did not choose is kept in the history."))

    def get_success_url(self) -> str:
        page = self.kept().page
        return self.url("section", self.kwargs["survey"], page) if page else self.url("tasks")
