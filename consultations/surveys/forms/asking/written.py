"""Kinds that are asked with a text box."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext

from consultations.surveys.definition import Question
from consultations.surveys.forms.asking.base import Asking
from consultations.surveys.forms.asking.pieces import common, number_field, sentences, whole
from consultations.surveys.inputs import (
    MOST_CHARACTERS,
    AddressField,
    ClockField,
    DayField,
    MailField,
    PhoneField,
    TextField,
)


class AskShortText(Asking):
    def field(self, question: Question) -> forms.Field:
        return TextField(**common(question), word_limit=whole(question, "word_limit") or 0)


class AskLongText(Asking):
    def field(self, question: Question) -> forms.Field:
        limit = whole(question, "word_limit") or 0
        attributes: dict[str, Any] = {"rows": whole(question, "rows") or 8}
        settings = common(question)
        if limit:
            attributes["data-count-words"] = limit
            settings["help_text"] = sentences(
                question.hint, gettext("Up to %(limit)s words.") % {"limit": f"{limit:,}"}
            )
        return TextField(
            **settings, widget=forms.Textarea(attrs=attributes), word_limit=limit, most_characters=MOST_CHARACTERS
        )


class AskNumber(Asking):
    def field(self, question: Question) -> forms.Field:
        return number_field(question, common(question), is_whole=question.kind == "integer")


class AskDay(Asking):
    def field(self, question: Question) -> forms.Field:
        return DayField(**common(question, gettext("For example 8 February 2019 or 8/2/2019.")))


class AskClock(Asking):
    def field(self, question: Question) -> forms.Field:
        return ClockField(**common(question, gettext("For example 9.30am or 14:00.")))


class AskMail(Asking):
    def field(self, question: Question) -> forms.Field:
        return MailField(
            **common(question),
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        )


class AskPhone(Asking):
    def field(self, question: Question) -> forms.Field:
        return PhoneField(
            **common(question), max_length=60, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
        )


class AskUrl(Asking):
    def field(self, question: Question) -> forms.Field:
        return AddressField(
            **common(question),
            max_length=2_000,
            widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url", "spellcheck": "false"}),
        )
