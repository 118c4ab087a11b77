"""The form of one step of a survey, built from its questions. It checks and saves nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout
from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html

from consultations.surveys.conditions import Scope, holds
from consultations.surveys.definition import OTHER, Question, other_key
from consultations.surveys.forms.fields import (
    BUILDERS,
    guidance_parts,
    literal,
    one_choice,
    prose,
    required_message_of,
    with_optional,
)
from consultations.surveys.inputs import SHORT_CHARACTERS, TextField
from consultations.surveys.path import Step, accepted, label_reader


def matrix_name(question_code: str, row_code: str) -> str:
    """The name of the field for one row of a matrix."""
    return f"{question_code}--{row_code}"


class PageForm(forms.Form):
    """One step of a survey. Draw it with `{% crispy form %}`: its helper draws no form tag and no buttons.

    `answers` are the accepted answers of the whole response; `unfinished` is what `raw()` once returned and could not
    be accepted: it is shown again with its error. Required answers are demanded only when `require` is true, which
    is for "Save and continue"; "Save and come back later" says False.
    """

    use_required_attribute = False

    def __init__(
        self,
        data: Any = None,
        *,
        step: Step,
        answers: Mapping[str, Any] | None = None,
        unfinished: Mapping[str, Any] | None = None,
        require: bool = True,
        **kwargs: Any,
    ) -> None:
        self.step = step
        self.known = dict(answers or {})
        # Fields that are not drawn as optional.
        self.marked: set[str] = set()
        super().__init__(None, auto_id="id_%s", **kwargs)
        parts: list[Any] = []
        for question in step.questions:
            parts.extend(self._parts_of(question))
        names = set(self.fields)
        self.typed_before = {name: value for name, value in (unfinished or {}).items() if name in names}
        if data is not None:
            self.data, self.is_bound = data, True
        elif self.typed_before:
            self.data, self.is_bound = self._as_posted(), True
            require = False
        self.require = require
        self._mark()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*parts)

    # --- building ---------------------------------------------------------------------------------------

    def _parts_of(self, question: Question) -> list[Any]:
        """The fields of one question, added to the form, and how they are laid out."""
        if question.kind == "note":
            return [HTML(literal(prose(question.label, question.hint)))]
        if question.kind == "matrix":
            return self._matrix(question)
        value = accepted(question, self.known.get(question.code))
        self.fields[question.code] = BUILDERS[question.kind](question)
        self.initial[question.code] = value
        if question.required:
            self.marked.add(question.code)
        parts: list[Any] = [question.code]
        if question.has_other:
            name = other_key(question.code)
            self.fields[name] = TextField(
                required=False,
                label=f"If “{question.choice_labels[OTHER]}”, what is it?",
                most_characters=SHORT_CHARACTERS,
            )
            # Not marked as optional: it must be filled in when “Other” is chosen.
            self.marked.add(name)
            self.initial[name] = self.known.get(name)
            parts.append(name)
        return [*parts, *guidance_parts(question)]

    def _matrix(self, question: Question) -> list[Any]:
        value = accepted(question, self.known.get(question.code)) or {}
        names = []
        for row in question.rows:
            name = matrix_name(question.code, row.code)
            self.fields[name] = one_choice(question, label=row.label, hint="", inline=True)
            self.initial[name] = value.get(row.code)
            # The legend of the whole matrix says whether it is optional.
            self.marked.add(name)
            names.append(name)
        hint = [HTML(literal(format_html('<p class="hint">{}</p>', question.hint)))] if question.hint else []
        return [
            Fieldset(literal(with_optional(question)), *hint, *names, css_class="matrix"),
            *guidance_parts(question),
        ]

    def _as_posted(self) -> MultiValueDict:
        """The answers and over them what was typed before, as a browser would post them."""
        posted: MultiValueDict = MultiValueDict()
        for name in self.fields:
            value = self.typed_before.get(name, self.initial.get(name))
            if value not in (None, "", []):
                posted.setlist(name, [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)])
        return posted

    def _mark(self) -> None:
        for name, field in self.fields.items():
            field.required = name in self.marked

    # --- checking ---------------------------------------------------------------------------------------

    def full_clean(self) -> None:
        """Which answers must be there is checked in `clean`, since only one of the two buttons demands them."""
        for field in self.fields.values():
            field.required = False
        super().full_clean()
        self._mark()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        scope = Scope(dict(self.step.before), label=label_reader(self.step.definition))
        for question in self.step.questions:
            if question.is_answered:
                self._check(question, scope)
        return cleaned

    def _check(self, question: Question, scope: Scope) -> None:
        value = self._value(question)
        if question.has_other:
            self._check_other(question, value)
        if self.require and question.required:
            self._check_required(question, value)
        if value is None or self._has_error(question):
            return
        scope.answers[question.code] = value  # type: ignore[index]
        if question.constraint:
            scope.this = value
            if not holds(question.constraint, scope):
                message = (
                    question.constraint_message or "This answer does not meet the rule for this question. Check it."
                )
                self.add_error(self._first_name(question), message)
                scope.answers.pop(question.code)  # type: ignore[attr-defined]

    def _check_other(self, question: Question, value: Any) -> None:
        name = other_key(question.code)
        is_chosen = value == OTHER or (isinstance(value, list) and OTHER in value)
        if is_chosen and self.require and not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, f"You chose “{question.choice_labels[OTHER]}”. Write what it is.")

    def _check_required(self, question: Question, value: Any) -> None:
        if question.kind != "matrix":
            if value is None and question.code not in self.errors:
                self.add_error(question.code, required_message_of(question))
            return
        for row in question.rows:
            name = matrix_name(question.code, row.code)
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, question.required_message or f"Choose an answer for “{row.label}”.")

    def _has_error(self, question: Question) -> bool:
        return any(name in self.errors for name in self.names_of(question))

    def _first_name(self, question: Question) -> str:
        return self.names_of(question)[0]

    @staticmethod
    def names_of(question: Question) -> list[str]:
        """The names of the fields that ask for the answer of one question, without the one beside “Other”."""
        if question.kind == "matrix":
            return [matrix_name(question.code, row.code) for row in question.rows]
        return [question.code]

    def _value(self, question: Question) -> Any:
        if question.kind == "matrix":
            chosen = {row.code: self.cleaned_data.get(matrix_name(question.code, row.code)) for row in question.rows}
            return {row: code for row, code in chosen.items() if code} or None
        value = self.cleaned_data.get(question.code)
        return None if value in (None, "", []) else value

    # --- results ----------------------------------------------------------------------------------------

    def answers(self) -> dict[str, Any]:
        """The answers of the step by question code, None for what was left blank; call after `is_valid()`.

        What could not be accepted is left out, so that the answer given before stays.
        """
        found: dict[str, Any] = {}
        for question in self.step.questions:
            if not question.is_answered:
                continue
            value = self._value(question)
            if self._was_refused(question):
                continue
            found[question.code] = value
            if question.has_other and other_key(question.code) not in self.errors:
                is_chosen = value == OTHER or (isinstance(value, list) and OTHER in value)
                found[other_key(question.code)] = (
                    (self.cleaned_data.get(other_key(question.code)) or None) if is_chosen else None
                )
        return found

    def _was_refused(self, question: Question) -> bool:
        """Whether something was typed that could not be accepted; lacking a required answer is not that."""
        return any(name in self.errors and self._typed(name) not in ("", [], None) for name in self.names_of(question))

    def raw(self) -> dict[str, Any]:
        """Everything that was typed, by field name, for `Response.unfinished`; several ticks are a list."""
        typed = {name: self._typed(name) for name in self.fields}
        return {name: value for name, value in typed.items() if value not in ("", [], None)}

    def wrong(self) -> dict[str, Any]:
        """What was typed and could not be accepted, by field name; call after `is_valid()`."""
        return {name: value for name, value in self.raw().items() if name in self.errors}

    def _typed(self, name: str) -> Any:
        field = self.fields[name]
        return field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
