"""Fields drawn without templates say the same as Django's own widgets."""

import pytest
from django import forms

from engagement.core.drawing import draw

NASTY = "\"'<b>&"


class Everything(forms.Form):
    line = forms.CharField(
        label=NASTY, help_text=NASTY, widget=forms.TextInput(attrs={"data-x": NASTY, "hidden": True})
    )
    mail = forms.EmailField(disabled=True, initial=NASTY)
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 3, "spellcheck": False}), initial=f"\n{NASTY}")
    empty = forms.CharField(required=False, widget=forms.Textarea)
    number = forms.IntegerField(localize=True, initial=12345)
    whole = forms.IntegerField(widget=forms.TextInput, localize=True, initial=12345)


@pytest.mark.parametrize("name", list(Everything.base_fields))
@pytest.mark.parametrize("data", [None, {"line": NASTY, "text": NASTY}])
def test_a_control_is_as_its_widget_would_draw_it(name, data):
    form = Everything(data)

    drawn, expected = draw(form[name]), str(form[name])

    assert expected in drawn


def test_labels_hints_options_and_classes_are_escaped():
    class One(forms.Form):
        choice = forms.ChoiceField(
            label=NASTY, help_text=NASTY, choices=[(NASTY, NASTY), ("b", "B")], widget=forms.RadioSelect
        )

    form = One({"choice": NASTY})
    form["choice"].field.widget.hints = {"b": NASTY}

    drawn = draw(form["choice"], wrapper_class=NASTY)

    assert "<b>" not in drawn
    assert drawn.count("&lt;b&gt;") == 6
    assert drawn.count(" checked") == 1
