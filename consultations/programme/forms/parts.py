"""Themes, documents, people and events of a consultation."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from consultations.programme.forms.fields import text_area
from consultations.programme.models import Assignment, Consultation, Theme
from engagement.accounts.models import User
from engagement.core import uploads
from engagement.core.errors import Refused
from engagement.events.forms import EventForm


class ThemeForm(forms.Form):
    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Give the theme a name."})
    description = text_area("Description", "What belongs to it, in a sentence or two.", rows=3)
    scheme = forms.CharField(
        label="Scheme",
        max_length=60,
        required=False,
        help_text="The list that it comes from, such as Five foundations of productivity.",
    )


class NewThemeForm(ThemeForm):
    code = forms.CharField(
        label="Code",
        max_length=40,
        required=False,
        help_text="Its short name in figures and files, which cannot be changed. Left empty, it is made from the name.",
    )

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consultation = consultation

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "name" not in data or "code" not in data:
            return data
        data["code"] = data["code"].strip().lower() or slugify(data["name"])[:40].strip("-")
        if not re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", data["code"]):
            self.add_error("code", "Use only letters a to z, digits and single hyphens, such as clean-growth.")
        elif self.consultation.themes.filter(code=data["code"]).exists():
            self.add_error("code", f"This consultation has a theme “{data['code']}” already. Choose another code.")
        return data


class DocumentForm(forms.Form):
    title = forms.CharField(
        label="Title", max_length=200, error_messages={"required": "Give the document the title that readers see."}
    )
    file = forms.FileField(
        label="File",
        help_text=f"{uploads.WORDS}, at most {settings.UPLOAD_MEGABYTES} megabytes.",
        error_messages={
            "required": "Choose a file.",
            "empty": "This file is empty. Choose a file with something in it.",
            "missing": "Choose a file.",
        },
    )

    def clean_file(self) -> uploads.Checked:
        file = self.cleaned_data["file"]
        most = settings.UPLOAD_MEGABYTES
        if file.size > most * 1024 * 1024:
            raise ValidationError(f"{file.name} is larger than {most} megabytes. Choose a smaller file.")
        try:
            return uploads.check(file.name, file.read(), most_megabytes=most)
        except Refused as refused:
            raise ValidationError(refused.message) from None


class AssignmentForm(forms.Form):
    user = forms.ModelChoiceField(
        label="Member of staff",
        queryset=User.objects.none(),
        empty_label="Choose a person",
        error_messages={"required": "Choose a person.", "invalid_choice": "Choose a person from the list."},
    )
    role = forms.ChoiceField(label="Works on it as", choices=Assignment.Role.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(is_active=True).exclude(staff_role="")
        self.fields["user"].queryset = staff.order_by("name", "email", "pk")  # type: ignore[attr-defined]


class ThemeChoiceForm(forms.Form):
    """Which themes an event talks about."""

    themes = forms.ModelMultipleChoiceField(
        label="Themes that it talks about",
        queryset=Theme.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Each becomes a topic of the event; what is said there is evidence on the theme.",
    )

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["themes"].queryset = consultation.themes.all()  # type: ignore[attr-defined]


class NewEventForm(EventForm):
    """An event with the themes that it talks about."""

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["themes"] = forms.ModelMultipleChoiceField(
            label="Themes that it talks about",
            queryset=consultation.themes.all(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text="Each becomes a topic of the event; what is said there is evidence on the theme.",
        )

    def values(self) -> dict[str, Any]:
        """The event's own fields, without the themes."""
        return {name: value for name, value in super().values().items() if name != "themes"}
