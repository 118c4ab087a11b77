"""What several kinds need: fields of one and of several choices, texts of the author as HTML."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from consultations.surveys import kinds
from consultations.surveys.definition import Question
from consultations.surveys.inputs import NumberField, OneField, SeveralField
from engagement.core.templatetags.ui import lang_attribute

# A longer list of choices becomes a drop-down list.
MOST_RADIOS = 30


def part_name(question_code: str, *parts: str) -> str:
    """The name of the field for one part of an answer: a row of a table, an item of a ranking, a line of an address."""
    return "--".join((question_code, *parts))


def one_choice(
    question: Question, *, label: str | None = None, hint: str | None = None, inline: bool = False
) -> forms.ChoiceField:
    choices = list(question.choice_labels.items())
    is_long = len(choices) > MOST_RADIOS
    # A script may add a search to a long list; without it the list is a list.
    widget: forms.Widget = forms.Select(attrs={"data-search": "1"}) if is_long else forms.RadioSelect()
    if inline:
        widget.inline = True  # type: ignore[attr-defined]
    return OneField(
        required=False,
        label=question.label if label is None else label,
        help_text=text(question.hint if hint is None else hint),
        choices=[("", gettext("Choose one")), *choices] if is_long else choices,
        widget=widget,
    )


def several_choices(question: Question, settings: dict[str, Any], *, inline: bool = False) -> SeveralField:
    widget = forms.CheckboxSelectMultiple()
    if inline:
        widget.inline = True  # type: ignore[attr-defined]
    return SeveralField(
        **settings,
        choices=list(question.choice_labels.items()),
        exclusive=[choice.code for choice in question.choices if choice.is_exclusive],
        least=whole(question, "least_choices"),
        most=whole(question, "most_choices"),
        widget=widget,
    )


def number_field(question: Question, settings: dict[str, Any], *, is_whole: bool) -> NumberField:
    return NumberField(
        **settings,
        is_whole=is_whole,
        least=question.settings.get("least"),
        most=question.settings.get("most"),
        widget=forms.TextInput(attrs={"inputmode": "numeric" if is_whole else "decimal"}),
    )


def common(question: Question, *more: str) -> dict[str, Any]:
    """What every field of a question has; `more` are sentences behind the author's hint."""
    # Required is checked by the form, since only one of the two buttons demands it.
    return {"required": False, "label": question.label, "help_text": sentences(question.hint, *more)}


def simple(number: float) -> int | float:
    """A whole number as one."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def required_message_of(question: Question) -> str:
    """What is said when the answer is missing: the summary at the top must tell which question it is."""
    label = " ".join(question.label.split())
    message = gettext(kinds.of(question).required_message)
    return question.required_message or message.replace("{label}", label if len(label) <= 80 else label[:79] + "…")


def whole(question: Question, name: str) -> int | None:
    value = question.settings.get(name)
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def sentences(*parts: str) -> SafeString:
    return mark_safe(" ".join(text(part) for part in parts if part))  # each part went through `text`


def text(words: str) -> SafeString:
    """A text of the survey's author as HTML: escaped, since help texts are drawn as they are, and with the mark of its
    language where it has one."""
    return SafeString(conditional_escape(words))


def prose(*texts: str) -> SafeString:
    return mark_safe(  # everything is escaped by urlize and linebreaks
        "".join(
            f'<div class="prose"{lang_attribute(one)}>{linebreaks(urlize(one, autoescape=True))}</div>'
            for one in texts
            if one
        )
    )


def picture(question: Question) -> SafeString:
    """A picture to look at, with the author's words for those who do not see it; nothing before one was chosen."""
    settings = question.settings
    if not settings.get("picture"):
        return SafeString("")
    caption = format_html("<figcaption>{}</figcaption>", question.hint) if question.hint else ""
    return format_html(
        '<figure class="picture"><img src="{}" alt="{}" width="{}" height="{}">{}</figure>',
        reverse("surveys:picture", args=[settings["picture"]]),
        question.label,
        settings.get("width", ""),
        settings.get("height", ""),
        caption,
    )


def guidance_parts(question: Question) -> list[SafeString]:
    if not question.guidance:
        return []
    return [
        format_html(
            '<details><summary>{}<span class="visually-hidden">: {}</span></summary>{}</details>',
            gettext("More about this question"),
            question.label,
            prose(question.guidance),
        )
    ]


def with_optional(question: Question) -> SafeString:
    if question.required:
        return text(question.label)
    return format_html('{} <span class="field__optional">({})</span>', question.label, gettext("optional"))
