"""A file of partners."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile


class UploadForm(forms.Form):
    """A file with partners; what is in it is for the action to say."""

    file = forms.FileField(
        label="File",
        help_text="A CSV file or an Excel workbook (.xlsx). The first row names the columns.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty. Its first row must name the columns.",
            "invalid": "Choose a file.",
        },
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        if upload.size is not None and upload.size > settings.UPLOAD_MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(
                f"The file is larger than {settings.UPLOAD_MEGABYTES} MB. Split it into smaller files."
            )
        return upload


class ConfirmImportForm(forms.Form):
    """The last question before a file goes into the register; only asked about bad rows when there are any."""

    only_good_rows = forms.BooleanField(required=False)

    def __init__(self, *args: Any, good: int, bad: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not bad:
            del self.fields["only_good_rows"]
            return
        field = self.fields["only_good_rows"]
        field.label = f"Leave out the {bad:,} bad {'row' if bad == 1 else 'rows'} and import the other {good:,}"
        field.required = True
        field.error_messages["required"] = "Tick the box to import without the bad rows, or upload a corrected file."
