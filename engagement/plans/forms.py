"""A step of a plan, and the words of a message; a form checks and saves nothing."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms

from engagement.plans.models import Step
from engagement.plans.placeholders import Editable, why_not_body, why_not_subject
from engagement.plans.steps import Plan

EARLIEST, LATEST = time(8), time(18)


class StepForm(forms.Form):
    """One step: which message, so many days before or after which date, at what time."""

    kind = forms.ChoiceField(label="Which message?", widget=forms.RadioSelect)
    days = forms.IntegerField(
        label="How many days?",
        min_value=0,
        max_value=365,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        help_text="0 is the day itself.",
        error_messages={
            "required": "Say how many days.",
            "invalid": "Write the number of days in digits, for example 14.",
            "min_value": "The least is 0, the day itself.",
            "max_value": "The most is 365 days.",
        },
    )
    side = forms.ChoiceField(
        label="Before or after?", choices=[("before", "Before"), ("after", "After")], widget=forms.RadioSelect
    )
    anchor = forms.ChoiceField(label="Before or after what?")
    local_time = forms.TimeField(
        label="At what time of that day?",
        initial=time(9),
        input_formats=["%H:%M", "%H.%M", "%I:%M%p", "%I%p"],
        widget=forms.TimeInput(format="%H:%M", attrs={"size": 6}),
        help_text="Local time between 08:00 and 18:00, for example 09:00.",
        error_messages={"required": "Say at what time.", "invalid": "Write the time like 09:00."},
    )
    message = forms.CharField(
        label="Anything to add to the usual words?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It stands in the middle of the message. Leave it empty for the usual words alone.",
    )
    again_when_moved = forms.BooleanField(
        label="When the date moves, send it also to those who had it before", required=False, initial=True
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        kinds = [(kind.code, f"{kind.label}: to {kind.whom}") for kind in plan.kinds.values()]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        anchors = [(anchor.code, anchor.name[0].upper() + anchor.name[1:]) for anchor in plan.anchors.values()]
        self.fields["anchor"].choices = anchors  # type: ignore[attr-defined]

    def clean_local_time(self) -> time:
        at: time = self.cleaned_data["local_time"]
        if not EARLIEST <= at <= LATEST:
            raise forms.ValidationError("Choose a time between 08:00 and 18:00, when people read such messages.")
        return at

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = self.plan.kinds.get(data.get("kind", ""))
        if kind is not None and data.get("anchor") and data["anchor"] not in kind.anchors:
            names = " or ".join(self.plan.anchors[code].name for code in kind.anchors)
            self.add_error("anchor", f"“{kind.label}” is counted from {names}.")
        if "days" in data:
            data["days"] = -data["days"] if data.pop("side", "before") == "before" else data["days"]
        return data

    @staticmethod
    def initial_of(step: Step) -> dict[str, Any]:
        """The values of a step as this form shows them."""
        names = ("kind", "anchor", "local_time", "message", "again_when_moved")
        side = "after" if step.days > 0 else "before"
        return {**{name: getattr(step, name) for name in names}, "days": abs(step.days), "side": side}


class WordsForm(forms.Form):
    """Subject and text of one kind of message, with names in double braces."""

    subject = forms.CharField(
        label="Subject",
        strip=False,
        widget=forms.TextInput(attrs={"size": 60}),
        error_messages={"required": "Write a subject."},
    )
    body = forms.CharField(
        label="Text",
        strip=False,
        error_messages={"required": "Write the text."},
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text="Plain text. An empty line begins a new paragraph. The HTML is made from it.",
    )

    def __init__(self, *args: Any, editable: Editable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.editable = editable

    def clean_subject(self) -> str:
        subject: str = self.cleaned_data["subject"].strip(" ")
        if reasons := why_not_subject(subject, self.editable):
            raise forms.ValidationError(reasons)
        return subject

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"].replace("\r\n", "\n").strip()
        if reasons := why_not_body(body, self.editable):
            raise forms.ValidationError(reasons)
        return body
