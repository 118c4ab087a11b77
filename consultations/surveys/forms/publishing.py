"""Publishing a version: the one choice that has to be made."""

from __future__ import annotations

from typing import Any

from django import forms

from consultations.surveys.models import SurveyVersion

Drafts = SurveyVersion.Drafts


class PublishForm(forms.Form):
    """What becomes of responses in progress, asked where something is removed or made stricter."""

    drafts = forms.ChoiceField(
        label="What becomes of responses that people are writing now?",
        choices=Drafts.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what becomes of responses that people are writing now."},
    )

    def __init__(self, *args: Any, must_choose: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not must_choose:
            del self.fields["drafts"]
            return
        self.fields["drafts"].widget.hints = {  # type: ignore[attr-defined]
            Drafts.STAY: "They meet none of these changes. You can still let them move later.",
            Drafts.MOVE: "The next time they open a page they see one sentence on what changed. Answers that no longer "
            "fit are marked; none is deleted. This cannot be undone.",
        }
