"""What the booking form asks, and what staff do about needs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from engagement.accounts.models import User
from engagement.events.models import ConsentText, Event, Need, Question
from engagement.stakeholders.models import Sector

# Consent texts that an event may have; a code is kept with what people agreed to.
CONSENTS = {
    "photos": ("Photographs", "I agree to be photographed, and that the pictures are published."),
    "list": ("List of those who come", "My name and organisation may stand on a list that everybody who comes gets."),
    "follow_up": ("Follow-up", "You may write to me about what comes of this event and about later ones."),
}
NEW_ROWS = 3
MOST_QUESTIONS = 20


def question_field(question: Question) -> forms.Field:
    """The field that asks a question; whether it must be answered is decided by who answers."""
    for_whom = ""
    if question.only_for:
        for_whom = gettext("Only if you come from: %(sector)s") % {"sector": gettext(question.only_for.name)}
    options: dict[str, Any] = {"label": question.text, "required": False, "help_text": for_whom}
    choices = [(one, one) for one in question.choices]
    if question.type == Question.Type.CHOICE:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **options)
    if question.type == Question.Type.SEVERAL:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **options)
    if question.type == Question.Type.YES_NO:
        yes_no = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
        return forms.ChoiceField(choices=yes_no, widget=forms.RadioSelect, **options)
    return forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), **options)


class QuestionsForm(forms.Form):
    """The questions of an event, one group of fields each, and its consent texts."""

    COLUMNS = ("text", "type", "choices", "is_required", "only_for")

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = list(event.questions.all())
        new = max(0, min(NEW_ROWS, MOST_QUESTIONS - len(there)))
        self.keys = [str(one.pk) for one in there] + [f"new{number}" for number in range(new)]
        sectors = [("", "Everybody"), *Sector.objects.values_list("pk", "name")]
        for number, (key, one) in enumerate(zip(self.keys, [*there, *([None] * new)], strict=True), 1):
            self._add_row(f"Question {number}", key, one or Question(), sectors)
        current = {one.code: one.text for one in ConsentText.objects.filter(event=event, retired_at=None)}
        for code, (label, example) in CONSENTS.items():
            self.fields[f"consent_{code}"] = forms.CharField(
                label=f"{label}: what people agree to",
                required=False,
                max_length=300,
                initial=current.get(code, ""),
                help_text=f"Empty: not asked. For example “{example}”",
            )

    def _add_row(self, label: str, key: str, one: Question, sectors: Any) -> None:
        rows = forms.Textarea(attrs={"rows": 3})
        self.fields.update(
            {
                f"text_{key}": forms.CharField(label=label, required=False, max_length=200, initial=one.text),
                f"type_{key}": forms.ChoiceField(
                    label=f"{label}: kind of answer", choices=Question.Type.choices, initial=one.type
                ),
                f"choices_{key}": forms.CharField(
                    label=f"{label}: choices, one a line",
                    required=False,
                    max_length=2000,
                    widget=rows,
                    initial="\n".join(one.choices),
                ),
                f"is_required_{key}": forms.BooleanField(
                    label=f"{label} must be answered", required=False, initial=one.is_required
                ),
                f"only_for_{key}": forms.TypedChoiceField(
                    label=f"{label}: who is asked",
                    choices=sectors,
                    required=False,
                    coerce=int,
                    empty_value=None,
                    initial=one.only_for_id,
                ),
            }
        )

    def rows(self) -> list[list[Any]]:
        return [[self[f"{name}_{key}"] for name in self.COLUMNS] for key in self.keys]

    def agreements(self) -> list[Any]:
        return [self[f"consent_{code}"] for code in CONSENTS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for key in self.keys:
            lines = [line.strip() for line in str(cleaned.get(f"choices_{key}") or "").splitlines() if line.strip()]
            cleaned[f"choices_{key}"] = lines
            needs_choices = cleaned.get(f"type_{key}") in {Question.Type.CHOICE, Question.Type.SEVERAL}
            if cleaned.get(f"text_{key}") and needs_choices and len(lines) < 2:
                self.add_error(f"choices_{key}", "Write at least two choices, one a line.")
            elif len(lines) != len(set(lines)):
                self.add_error(f"choices_{key}", "Two choices are the same.")
        return cleaned

    def questions(self) -> list[dict[str, Any]]:
        """What `lifecycle.set_questions` takes."""
        found = []
        for key in self.keys:
            row = {name: self.cleaned_data[f"{name}_{key}"] for name in self.COLUMNS}
            row["only_for_id"] = row.pop("only_for")
            if row["type"] not in {Question.Type.CHOICE, Question.Type.SEVERAL}:
                row["choices"] = []
            found.append({"pk": int(key) if key.isdigit() else None, **row})
        return found

    def consents(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"consent_{code}"] for code in CONSENTS}


class NeedForm(forms.Form):
    """How far it is, who sees to it, and what the person is told."""

    state = forms.ChoiceField(label="How far it is", choices=Need.State.choices, widget=forms.RadioSelect)
    owner = forms.ModelChoiceField(
        User.objects.none(), label="Who sees to it", required=False, empty_label="Nobody yet"
    )
    answer = forms.CharField(
        label="What the person reads about it",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It stands on the page of their booking.",
    )
    tell = forms.BooleanField(
        label="Write to the person that there is news on the page of their booking", required=False
    )

    def __init__(self, *args: Any, need: Need, keepers: Any, **kwargs: Any) -> None:
        initial = {"state": need.state, "owner": need.owner_id, "answer": need.answer}
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.fields["owner"].queryset = keepers


class KeepersForm(forms.Form):
    keepers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="Who sees access and dietary needs besides whoever made the event",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Only those who arrange them. Each change stands in the record of acts.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [User.StaffRole.ENGAGEMENT, User.StaffRole.ADMINISTRATOR]
        self.fields["keepers"].queryset = User.objects.filter(is_active=True, staff_role__in=roles).order_by("name")
