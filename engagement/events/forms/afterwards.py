"""Two questions to those who came, and the texts of the write-up."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from engagement.events.models import Feedback


class FeedbackForm(forms.Form):
    """One question with five answers, and one with words."""

    usefulness = forms.TypedChoiceField(
        label=gettext_lazy("How useful was the event to you?"),
        choices=Feedback.Usefulness.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how useful it was.")},
    )
    words = forms.CharField(
        label=gettext_lazy("What should we do differently next time?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class WriteUpForm(forms.Form):
    introduction = forms.CharField(
        label="What the event was about, and what was heard",
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Stands over the agreed notes. Everybody can read it once it is published.",
    )
    next_steps = forms.CharField(
        label="What happens next", max_length=3000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
