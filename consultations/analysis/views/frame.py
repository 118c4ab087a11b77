"""The code frame: its codes, their definitions, its states."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from consultations.analysis import actions, lifecycle, queries, rules
from consultations.analysis.forms import CodeForm, ReasonForm
from consultations.analysis.models import Code, CodeFrame
from consultations.programme.views.base import OfConsultation
from engagement.core.errors import Refused
from engagement.core.views import ActionView, AsksFirst, PageView


class OfFrame(OfConsultation):
    """A page of the frame; the frame is part of the consultation, so its scope is the consultation's."""

    extra_context = {"nav_current": "analysis:desk"}

    @property
    def frame(self) -> CodeFrame:
        return get_object_or_404(CodeFrame, consultation=self.consultation)

    def get_success_url(self) -> str:
        return reverse("analysis:frame", args=[self.consultation.reference])


class Frame(OfConsultation, PageView):
    """The codes in two levels with the passages they stand on."""

    access = rules.can_read
    template_name = "analysis/frame.html"
    extra_context = {"nav_current": "analysis:desk"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        frame = queries.frame_of(self.consultation)
        user = self.request.user
        return super().get_context_data(
            frame=frame,
            entries=queries.tree(frame),
            can_change=frame is not None and rules.can_change_frame(user, self.consultation),
            can_freeze=rules.can_freeze(user, self.consultation),
            **kwargs,
        )


class _Press(OfFrame, ActionView, abstract=True):
    """A button that needs nothing but a reason, or not even that."""

    template_name = "analysis/frame_press.html"
    form_class: Any = ReasonForm
    heading = text = label = done = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(heading=self.heading, text=self.text, label=self.label, **kwargs)


class StartFrame(OfConsultation, PageView):
    """Make the frame from the themes; a POST only."""

    access = rules.can_code
    http_method_names = ["post"]

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        actions.start_frame(self.consultation, actor=request.user)
        messages.success(request, "The code frame was started from the themes of the consultation.")
        return _to_frame(self.consultation.reference)


class FreezeFrame(AsksFirst, OfFrame, PageView):
    """No changes any more."""

    access = rules.can_freeze
    action = "Freeze the code frame"
    is_danger = True

    def question(self) -> str:
        return "Freeze the code frame?"

    def consequence(self) -> str:
        return (
            "No code and no coded passage changes after that, for anybody. It can be opened again only with a reason, "
            "which goes into the record."
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(nav_current="analysis:desk", **kwargs)

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        try:
            lifecycle.freeze(self.frame.pk, actor=request.user)
            messages.success(request, "The code frame is frozen.")
        except Refused as refused:
            messages.error(request, refused.message)
        return _to_frame(self.consultation.reference)


class UnfreezeFrame(_Press):
    """Open a frozen frame again, with a reason."""

    access = rules.can_freeze
    heading = "Open the code frame again"
    text = "What was reported from it stays as it is; the reason goes into the record."
    label = "Open the code frame"

    def act(self, form: ReasonForm) -> None:
        lifecycle.unfreeze(self.frame.pk, actor=self.request.user, reason=form.cleaned_data["reason"])


class AddCode(OfFrame, ActionView):
    """One more code."""

    creates_once = True
    access = rules.can_change_frame
    form_class = CodeForm
    template_name = "analysis/code_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "frame": self.frame}

    def act(self, form: CodeForm) -> None:
        code = actions.add_code(self.frame.pk, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, f"“{code.label}” was added.")


class ChangeCode(OfFrame, ActionView):
    """Another label or definition."""

    access = rules.can_change_frame
    form_class = CodeForm
    template_name = "analysis/code_form.html"

    @property
    def code(self) -> Code:
        return get_object_or_404(Code, frame__consultation=self.consultation, code=self.kwargs["code"], retired_at=None)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "frame": self.frame, "code": self.code}

    def get_initial(self) -> dict[str, Any]:
        return {"label": self.code.label, "definition": self.code.definition}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(code=self.code, **kwargs)

    def act(self, form: CodeForm) -> None:
        actions.change_code(self.code.pk, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "The code was changed.")


class RetireCode(AsksFirst, OfFrame, PageView):
    """A code out of use."""

    access = rules.can_change_frame
    action = "Take it out of use"
    is_danger = True

    @property
    def code(self) -> Code:
        return get_object_or_404(Code, frame__consultation=self.consultation, code=self.kwargs["code"], retired_at=None)

    def question(self) -> str:
        return f"Take “{self.code.label}” out of use?"

    def consequence(self) -> str:
        return (
            "It can no longer be put on anything and cannot be brought back. It stays on the passages that carry it; "
            "a code that stands on none is deleted."
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(nav_current="analysis:desk", **kwargs)

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        try:
            actions.retire_code(self.code.pk, actor=request.user)
            messages.success(request, "The code was taken out of use.")
        except Refused as refused:
            messages.error(request, refused.message)
        return _to_frame(self.consultation.reference)


def _to_frame(reference: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": reverse("analysis:frame", args=[reference])})
