"""What stands beside the answers: the statement, documents, and what may be published."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext

from consultations.submissions import actions, forms, queries, rules
from consultations.submissions.models import AnswerFile, EvidenceDocument, Submission, Upload
from consultations.submissions.views.base import CHECK, KeepsTyping, OfDraft, OfSubmission
from engagement.core.templatetags.ui import clock
from engagement.core.views import ActionView, PageView


class Statement(OfDraft, KeepsTyping, ActionView):
    """The written statement: one text, saved whole, never over a colleague's."""

    access = rules.can_write
    form_class = forms.StatementForm
    template_name = "submissions/statement.html"
    clash: actions.StatementConflict | None = None

    def get_initial(self) -> dict[str, Any]:
        typed = self.kept_typing()
        if typed:
            return {"statement": typed.get("statement", ""), "revision": typed.get("revision", "")}
        return {"statement": self.subject.statement, "revision": self.subject.statement_revision}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        last = self.subject.statements.filter(is_applied=True).select_related("actor").order_by("-number").first()
        return super().get_context_data(clash=self.clash, last=last, is_kept=bool(self.kept_typing()), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except actions.StatementConflict as conflict:
            # The page comes back with both texts: mine to be edited, theirs beside it, at the present revision.
            self.clash = conflict
            form.data = form.data.copy()
            form.data["revision"] = str(conflict.revision)
            form.add_error(
                "statement",
                gettext(
                    "A colleague saved the statement while you were writing. Their text stands below yours: "
                    "put together what shall stand, and save again. Both texts are kept in the history."
                ),
            )
            return self.form_invalid(form)

    def act(self, form: forms.StatementForm) -> None:
        revision = form.cleaned_data["revision"]
        actions.save_statement(
            self.subject.pk, form.cleaned_data["statement"], revision=revision or 0, actor=self.request.user
        )
        self.forget_typing()
        messages.success(self.request, gettext("Saved at %(clock)s.") % {"clock": clock(timezone.now())})

    def get_success_url(self) -> str:
        return self.url("check") if self.request.GET.get("from") == CHECK else self.url("tasks")


class Documents(OfDraft, ActionView):
    """Evidence in files: add one, see them, take one away."""

    access = rules.can_add_documents
    form_class = forms.DocumentForm
    template_name = "submissions/documents.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        documents = self.subject.evidence.select_related("uploaded_by").order_by("pk")
        return super().get_context_data(documents=documents, **kwargs)

    def act(self, form: forms.DocumentForm) -> None:
        document = actions.add_document(
            self.subject.pk, form.cleaned_data["file"], title=form.cleaned_data["title"], actor=self.request.user
        )
        messages.success(self.request, gettext("%(title)s was added.") % {"title": document.title})

    def get_success_url(self) -> str:
        return self.url("documents")


class RemoveDocument(OfDraft, ActionView):
    access = rules.can_write
    form_class = forms.NothingToType
    template_name = "submissions/confirm.html"

    def document(self) -> EvidenceDocument:
        if not hasattr(self, "_document"):
            self._document = get_object_or_404(self.subject.evidence, public_id=self.kwargs["document"])
        return self._document

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=gettext("Remove “%(title)s”?") % {"title": self.document().title},
            text=gettext("The file is deleted. You can add it again later."),
            action=gettext("Remove the document"),
            cancel_url=self.url("documents"),
            danger=True,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        title = self.document().title
        actions.remove_document(self.document().pk, actor=self.request.user)
        messages.success(self.request, gettext("%(title)s was removed.") % {"title": title})

    def get_success_url(self) -> str:
        return self.url("documents")


class Confidentiality(OfDraft, KeepsTyping, ActionView):
    """May we publish it, with or without the name; single answers may be kept back."""

    access = rules.can_write
    form_class = forms.ConfidentialityForm
    template_name = "submissions/confidentiality.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "parts": queries.parts_of(self.subject),
            "personal": self.subject.organisation_id is None,
            # Without a name there is none to publish, and without an address nobody to be contacted.
            "named": bool(self.subject.organisation_id or self.subject.respondent_name or not self.subject.link_key),
            "reachable": not self.subject.link_key or bool(self.subject.respondent_email),
        }

    def get_initial(self) -> dict[str, Any]:
        kept_back = [
            f"{survey}:{question}"
            for survey, questions in self.subject.stricter.items()
            for question, choice in questions.items()
            if choice == Submission.Confidentiality.WITHHELD
        ]
        return {
            "confidentiality": self.subject.confidentiality,
            "reason": self.subject.confidentiality_reason,
            "kept_back": kept_back,
            "may_contact": self.subject.may_contact,
            "seen": self.subject.confidentiality,
        }

    def act(self, form: forms.ConfidentialityForm) -> None:
        actions.choose_confidentiality(
            self.subject.pk,
            form.cleaned_data["confidentiality"],
            reason=form.cleaned_data["reason"],
            stricter=form.stricter(self.subject.stricter),
            may_contact=form.cleaned_data.get("may_contact", False),
            seen=form.cleaned_data["seen"],
            actor=self.request.user,
        )

    def get_success_url(self) -> str:
        return self.url("check")


class OwnDocument(OfSubmission, PageView):
    """A document of one's own submission, to be saved; never shown inside the site."""

    access = rules.can_read

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        document = get_object_or_404(self.rows(), public_id=kwargs["document"])
        is_own = document.uploaded_by_id is not None and document.uploaded_by_id == request.user.pk
        if document.is_cleared or (is_own and document.scan != Upload.Scan.FOUND):
            return as_attachment(document)
        messages.warning(request, why_locked(document))
        return redirect(self.url("tasks"))

    def rows(self) -> Any:
        return self.subject.evidence.all()


class OwnFile(OwnDocument):
    """A file that was added to a question of one's own submission, also one that was taken away and not yet deleted."""

    access = rules.can_read

    def rows(self) -> Any:
        return AnswerFile.objects.filter(response__submission=self.subject)


class CleanFiles(OfDraft, ActionView):
    """Asks before what files tell of their makers is taken out of them."""

    access = rules.can_write
    form_class = forms.NothingToType
    template_name = "submissions/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=gettext("Take out what your files tell of their makers?"),
            text=gettext(
                "Places, cameras, authors and the names beside changes are removed from pictures and from Word, Excel, "
                "PowerPoint and OpenDocument files. What can be read or seen in them stays as it is. PDF files cannot "
                "be cleaned here: save them without their properties and add them again."
            ),
            action=gettext("Take it out"),
            cancel_url=self.url("check"),
            danger=False,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        cleaned = actions.clean_files(self.subject.pk, actor=self.request.user)
        if cleaned:
            messages.success(self.request, gettext("Cleaned: %(names)s.") % {"names": ", ".join(cleaned)})
        else:
            messages.info(self.request, gettext("Nothing could be taken out."))

    def get_success_url(self) -> str:
        return self.url("check")


def why_locked(document: Upload) -> str:
    """Why the file is given to nobody but its sender."""
    if document.scan == Upload.Scan.FOUND:
        return gettext(
            "The virus scanner found something harmful in %(name)s, so it is locked. Take it away and add a clean one."
        ) % {"name": document.file_name}
    return gettext("%(name)s has not been looked at by the virus scanner yet. Try again in a few minutes.") % {
        "name": document.file_name
    }


def as_attachment(document: Upload) -> FileResponse:
    """The file as a download under the name it came with; the browser is never asked to show it."""
    return FileResponse(
        document.file.open("rb"),
        as_attachment=True,
        filename=document.file_name,
        content_type=document.content_type,
        headers={"X-Content-Type-Options": "nosniff"},
    )
