"""What staff type when they enter an e-mail from a file, acknowledge what came, and decide whether it came in time."""

from __future__ import annotations

from typing import Any

from django import forms

from consultations.submissions.forms import IntakeForm
from consultations.submissions.models import Acknowledgement, Submission


class MailFileForm(forms.Form):
    file = forms.FileField(
        label="The e-mail as a file",
        help_text="As .eml. In most mail programs: open the e-mail, then “Save as” or “Download message”.",
        error_messages={"required": "Choose the file with the e-mail.", "empty": "This file is empty."},
        widget=forms.FileInput(attrs={"accept": ".eml,message/rfc822"}),
    )


class EnterMailForm(IntakeForm):
    """From whom the mail is, and what of it is taken over. `attachments` are (number, words)."""

    takes_text = forms.BooleanField(
        label="Its text becomes the written statement",
        required=False,
        help_text="It can be changed afterwards, for example to take a signature out.",
    )
    attachments = forms.MultipleChoiceField(
        label="Which attachments become documents?",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, attachments: list[tuple[str, str]], has_text: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["channel"]
        self.fields["attachments"].choices = attachments  # type: ignore[attr-defined]
        if not attachments:
            del self.fields["attachments"]
        if not has_text:
            del self.fields["takes_text"]

    def chosen(self) -> list[int]:
        """The numbers of the attachments that are taken over."""
        return [int(number) for number in self.cleaned_data.get("attachments") or []]


class AcknowledgeForm(forms.Form):
    """How the sender is told. By e-mail it is sent; otherwise it is written down that it was done."""

    how = forms.ChoiceField(
        label="How do you tell them?",
        widget=forms.RadioSelect,
        error_messages={"required": "Say how you tell them.", "invalid_choice": "Choose one of these."},
    )

    def __init__(self, *args: Any, has_address: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            "email": "Send the e-mail now",
            "letter": "I have sent the letter",
            "telephone": "I have told them on the telephone",
            "in_person": "I have told them in person",
        }
        choices = [(value, words[value]) for value in Acknowledgement.How.values if has_address or value != "email"]
        self.fields["how"].choices = choices  # type: ignore[attr-defined]
        if has_address:
            self.fields["how"].initial = "email"


class TimingForm(forms.Form):
    timing = forms.ChoiceField(
        label="It counts as",
        choices=[(Submission.Timing.ON_TIME, "On time"), (Submission.Timing.LATE, "Late")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it counts as on time or as late."},
    )
    reason = forms.CharField(
        label="Why?",
        help_text="For example “Postmarked 7 February, held up in the post”. It is kept with the response.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Write why."},
    )
