"""What is filled in to ask for a file."""

from __future__ import annotations

from typing import Any

from django import forms

from consultations.exports.models import ExportJob


class ExportForm(forms.Form):
    """Which file, for what."""

    profile = forms.ChoiceField(label="What it holds", choices=ExportJob.Profile.choices, widget=forms.RadioSelect)
    format = forms.ChoiceField(
        label="Kind of file", choices=ExportJob.Format.choices, widget=forms.RadioSelect, initial=ExportJob.Format.XLSX
    )
    labels = forms.ChoiceField(
        label="Cells hold",
        choices=[("", "Codes, for analysis"), ("yes", "Words, for reading")],
        widget=forms.RadioSelect,
        required=False,
    )
    reason = forms.CharField(
        label="What you need it for",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed for a full export: it holds names and addresses. The reason goes into the record.",
    )

    def __init__(self, *args: Any, may_have_full: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_have_full:
            profiles = [choice for choice in ExportJob.Profile.choices if choice[0] != ExportJob.Profile.FULL]
            self.fields["profile"].choices = profiles  # type: ignore[attr-defined]
            del self.fields["reason"]


class EvidenceExportForm(forms.Form):
    """The register of evidence as a file."""

    profile = forms.ChoiceField(
        label="What it holds",
        choices=[
            ("team", "For the team: every piece in the list, with its checksum"),
            ("public", "Public: only what may be named in public"),
        ],
        widget=forms.RadioSelect,
        initial="team",
        error_messages={"required": "Say what it shall hold."},
    )
    format = forms.ChoiceField(
        label="Kind of file",
        choices=[("xlsx", "Excel workbook"), ("csv", "CSV")],
        widget=forms.RadioSelect,
        initial="xlsx",
        error_messages={"required": "Choose the kind of file."},
    )
