"""Pages that only ask whether it is meant."""

from __future__ import annotations

from django import forms


class NoQuestionsForm(forms.Form):
    """A page that only asks for a confirmation."""
