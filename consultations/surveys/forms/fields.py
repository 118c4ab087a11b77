"""One field for each kind of question, and the pieces of HTML around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.utils.html import escape, format_html, linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe

from consultations.surveys.definition import Question
from consultations.surveys.inputs import MOST_CHARACTERS, DayField, NumberField, OneField, SeveralField, TextField

# A longer list of choices becomes a drop-down list.
MOST_RADIOS = 30
# What is said when a required answer is missing: the summary at the top must tell which question it is.
DEFAULT_REQUIRED = {
    "short_text": "Write an answer to “{label}”.",
    "long_text": "Write an answer to “{label}”.",
    "integer": "Write a number for “{label}”.",
    "decimal": "Write a number for “{label}”.",
    "date": "Write a day for “{label}”.",
    "multiple": "Choose at least one answer to “{label}”.",
}


# --- one builder for each kind -----------------------------------------------------------------------------


def _short_text(question: Question) -> forms.Field:
    return TextField(**_common(question), word_limit=_whole(question, "word_limit") or 0)


def _long_text(question: Question) -> forms.Field:
    limit = _whole(question, "word_limit") or 0
    attributes: dict[str, Any] = {"rows": _whole(question, "rows") or 8}
    common = _common(question)
    if limit:
        attributes["data-count-words"] = limit
        common["help_text"] = _sentences(question.hint, f"Up to {limit:,} words.")
    return TextField(
        **common, widget=forms.Textarea(attrs=attributes), word_limit=limit, most_characters=MOST_CHARACTERS
    )


def _number(question: Question) -> forms.Field:
    is_whole = question.kind == "integer"
    return NumberField(
        **_common(question),
        is_whole=is_whole,
        least=question.settings.get("least"),
        most=question.settings.get("most"),
        widget=forms.TextInput(attrs={"inputmode": "numeric" if is_whole else "decimal"}),
    )


def _day(question: Question) -> forms.Field:
    common = _common(question)
    common["help_text"] = _sentences(question.hint, "For example 8 February 2019 or 8/2/2019.")
    return DayField(**common)


def one_choice(
    question: Question, *, label: str | None = None, hint: str | None = None, inline: bool = False
) -> forms.ChoiceField:
    choices = list(question.choice_labels.items())
    is_long = len(choices) > MOST_RADIOS
    widget: forms.Widget = forms.Select() if is_long else forms.RadioSelect()
    if inline:
        widget.inline = True  # type: ignore[attr-defined]
    return OneField(
        required=False,
        label=question.label if label is None else label,
        help_text=_text(question.hint if hint is None else hint),
        choices=[("", "Choose one"), *choices] if is_long else choices,
        widget=widget,
    )


def _scale(question: Question) -> forms.Field:
    low, high = question.settings.get("low_label", ""), question.settings.get("high_label", "")
    choices = question.choices
    ends = ""
    if choices and (low or high):
        ends = ", ".join(
            f"{choice.label} means “{label}”" for choice, label in ((choices[0], low), (choices[-1], high)) if label
        )
    return one_choice(question, hint=_sentences(question.hint, f"{ends}." if ends else ""), inline=True)


def _several(question: Question) -> forms.Field:
    least, most = _whole(question, "least_choices"), _whole(question, "most_choices")
    limits = ""
    if least and most:
        limits = f"Choose from {least} to {most}."
    elif most:
        limits = f"Choose up to {most}."
    elif least:
        limits = f"Choose at least {least}."
    elif len(question.choices) > 1 and not question.hint:
        limits = "Choose all that apply."
    common = _common(question)
    common["help_text"] = _sentences(question.hint, limits)
    return SeveralField(
        **common,
        choices=list(question.choice_labels.items()),
        exclusive=[choice.code for choice in question.choices if choice.is_exclusive],
        least=least,
        most=most,
        widget=forms.CheckboxSelectMultiple(),
    )


BUILDERS: dict[str, Callable[[Question], forms.Field]] = {
    "short_text": _short_text,
    "long_text": _long_text,
    "integer": _number,
    "decimal": _number,
    "date": _day,
    "single": one_choice,
    "scale": _scale,
    "multiple": _several,
}


def _common(question: Question) -> dict[str, Any]:
    # Required is checked by the form, since only one of the two buttons demands it.
    return {"required": False, "label": question.label, "help_text": _text(question.hint)}


def required_message_of(question: Question) -> str:
    message = DEFAULT_REQUIRED.get(question.kind, "Choose an answer to “{label}”.")
    label = " ".join(question.label.split())
    return question.required_message or message.replace("{label}", label if len(label) <= 80 else label[:79] + "…")


def _whole(question: Question, name: str) -> int | None:
    value = question.settings.get(name)
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _sentences(*parts: str) -> SafeString:
    return _text(" ".join(part for part in parts if part))


def _text(text: str) -> SafeString:
    """A text of the survey's author as HTML: escaped, since help texts are drawn as they are."""
    return escape(text)


def prose(*texts: str) -> SafeString:
    return mark_safe(  # everything is escaped by urlize and linebreaks
        "".join(f'<div class="prose">{linebreaks(urlize(text, autoescape=True))}</div>' for text in texts if text)
    )


def guidance_parts(question: Question) -> list[HTML]:
    if not question.guidance:
        return []
    return [
        HTML(
            literal(
                format_html(
                    '<details><summary>More about this question<span class="visually-hidden">: {}</span></summary>{}'
                    "</details>",
                    question.label,
                    prose(question.guidance),
                )
            )
        )
    ]


def with_optional(question: Question) -> SafeString:
    if question.required:
        return escape(question.label)
    return format_html('{} <span class="field__optional">(optional)</span>', question.label)


def literal(html: str) -> str:
    """HTML for a crispy layout, which reads its texts as templates: braces of the author mean nothing there."""
    return html.replace("{", "&#123;").replace("}", "&#125;")
