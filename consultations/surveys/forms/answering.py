"""The form of one step of a survey, built from its questions. It checks and saves nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext

from consultations.surveys import kinds
from consultations.surveys.conditions import Scope, holds
from consultations.surveys.definition import OTHER, Question, comment_key, other_key
from consultations.surveys.forms.asking import ASKING, AskFiles, Asking, guidance_parts, part_name, picture, prose
from consultations.surveys.forms.asking.files import ADD, FilesField, Item
from consultations.surveys.inputs import MOST_CHARACTERS, SHORT_CHARACTERS, TextField
from consultations.surveys.kinds import files as kind_of_files
from consultations.surveys.path import Step, accepted, label_reader
from engagement.core.drawing import Drawn


class PageForm(forms.Form):
    """One step of a survey. Draw it with `{% crispy form %}`: its helper draws no form tag and no buttons.

    `answers` are the answers of the step by plain question code (`Step.answers`); `unfinished` is what `raw()` once
    returned and could not be accepted: it is shown again with its error. `left_blank` are the keys of questions that
    were saved without an answer: the author's default is not offered again for these. Required answers are demanded
    only when `require` is true, which is for "Save and continue"; "Save and come back later" says False.
    `known_files` are the files that were added here so far, by question code, as items of answers; after `is_valid()`
    the caller keeps the `new_files()` and hands what came of them to `take_in()`.
    """

    use_required_attribute = False

    def __init__(
        self,
        data: Any = None,
        *,
        step: Step,
        answers: Mapping[str, Any] | None = None,
        unfinished: Mapping[str, Any] | None = None,
        left_blank: Collection[str] = (),
        require: bool = True,
        files: Any = None,
        known_files: Mapping[str, list[Item]] | None = None,
        **kwargs: Any,
    ) -> None:
        self.step = step
        self.known_files = known_files or {}
        self.asking_of: dict[str, Asking] = {}
        self.known = dict(answers or {})
        self.left_blank = left_blank
        # Question code to the names of the fields that ask for its answer, without those beside it.
        self.names_of: dict[str, list[str]] = {}
        # Fields that are not drawn as optional.
        self.marked: set[str] = set()
        super().__init__(None, files, auto_id="id_%s", **kwargs)
        # How each question is laid out, by its code.
        self.parts: dict[str, list[Any]] = {question.code: self._parts_of(question) for question in step.questions}
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
        self._lay_out()

    def _lay_out(self) -> None:
        self.helper.layout = Drawn(*(part for parts in self.parts.values() for part in parts))

    # --- building ---------------------------------------------------------------------------------------

    def _parts_of(self, question: Question) -> list[Any]:
        """The fields of one question, added to the form, and how they are laid out."""
        if question.kind == "note":
            return [prose(question.label, question.hint)]
        if question.kind == "image":
            return [picture(question)]
        if not question.is_answered:
            return []
        value = accepted(question, self.known.get(question.code))
        if value is None and self.step.key(question.code) not in self.left_blank:
            value = accepted(question, question.settings.get("default"))
        asking = self.asking_of[question.code] = self._asking(question, value)
        fields = asking.fields(question)
        self.names_of[question.code] = list(fields)
        shown = asking.initial(question, value)
        for name, field in fields.items():
            self.fields[name] = field
            self.initial[name] = shown.get(name)
            # The legend around several fields says whether they are optional.
            if question.required or asking.has_legend:
                self.marked.add(name)
        return [*asking.layout(question, list(fields)), *self._beside(question), *guidance_parts(question)]

    def _asking(self, question: Question, value: Any) -> Asking:
        """How it is asked; a question for files knows those that are there."""
        if not kinds.of(question).holds_files:
            return ASKING[question.kind]
        return AskFiles([*self.known_files.get(question.code, ()), *(value or ())])

    def _beside(self, question: Question) -> list[str]:
        """The fields for the text of “Other” and for a comment."""
        names = []
        if question.has_other:
            name = other_key(question.code)
            label = gettext("If “%(other)s”, what is it?") % {"other": question.choice_labels[OTHER]}
            self.fields[name] = TextField(required=False, label=label, most_characters=SHORT_CHARACTERS)
            # Not marked as optional: it must be filled in when “Other” is chosen.
            self.marked.add(name)
            names.append(name)
        if question.settings.get("comment"):
            name = comment_key(question.code)
            self.fields[name] = TextField(
                required=False,
                label=gettext("Your comment on this"),
                most_characters=MOST_CHARACTERS,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
            names.append(name)
        for name in names:
            self.initial[name] = self.known.get(name)
        return names

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
        known = dict(self.step.before)
        # Values that were worked out on this page or came with the link can be used by rules on it.
        known |= {one.code: self.known[one.code] for one in self.step.questions if self._is_given(one)}
        scope = Scope(known, label=label_reader(self.step.definition))
        for question in self.step.questions:
            if question.is_answered:
                self._check(question, scope)
        return cleaned

    def _is_given(self, question: Question) -> bool:
        return question.has_value and not question.is_answered and question.code in self.known

    def _check(self, question: Question, scope: Scope) -> None:
        value = self._value(question)
        asking = self.asking_of[question.code]
        for name, message in asking.faults(question, self.cleaned_data):
            if name not in self.errors:
                self.add_error(name, message)
        if question.has_other:
            self._check_other(question, value)
        if self.require and question.required:
            for name, message in asking.lacks(question, value):
                if name not in self.errors:
                    self.add_error(name, message)
        if value is None or self._has_error(question):
            return
        scope.answers[question.code] = value  # type: ignore[index]
        if question.constraint:
            scope.this = value
            if not holds(question.constraint, scope):
                message = question.constraint_message or gettext(
                    "This answer does not meet the rule for this question. Check it."
                )
                self.add_error(self.names_of[question.code][0], message)
                scope.answers.pop(question.code)  # type: ignore[attr-defined]

    def _check_other(self, question: Question, value: Any) -> None:
        name = other_key(question.code)
        is_chosen = value == OTHER or (isinstance(value, list) and OTHER in value)
        if is_chosen and self.require and not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(
                name, gettext("You chose “%(other)s”. Write what it is.") % {"other": question.choice_labels[OTHER]}
            )

    def _has_error(self, question: Question) -> bool:
        return any(name in self.errors for name in self.names_of[question.code])

    def _value(self, question: Question) -> Any:
        return self.asking_of[question.code].read(question, self.cleaned_data)

    # --- files ------------------------------------------------------------------------------------------

    def new_files(self) -> list[tuple[Question, Any]]:
        """The files that were sent now and may be kept, each with its question; call after `is_valid()`."""
        return [
            (question, upload)
            for question in self.step.questions
            if isinstance(asking := self.asking_of.get(question.code), AskFiles)
            for upload in asking.new(question)
        ]

    def count_new_files(self) -> None:
        """Let the new files belong to the answer by their names alone, where nothing is kept of them."""
        found: dict[str, tuple[Question, list[Item]]] = {}
        for question, upload in self.new_files():
            item = {"id": f"unkept-{upload.name}", "name": str(upload.name), "size": int(upload.size or 0)}
            found.setdefault(question.code, (question, []))[1].append(item)
        for question, items in found.values():
            self.take_in(question, items)

    @property
    def refused_files(self) -> bool:
        """Whether a file that was sent could not be taken, or one is still missing."""
        return any(name in self.errors for name, field in self.fields.items() if isinstance(field, FilesField))

    def refuse_file(self, question: Question, sentence: str) -> None:
        """A file that looked right was not taken after all."""
        self.add_error(part_name(question.code, ADD), sentence)

    def take_in(self, question: Question, items: list[Item]) -> None:
        """New files of this question are kept as these items: from now on they belong to its answer."""
        asking = self.asking_of[question.code]
        assert isinstance(asking, AskFiles)
        ticked = [] if kind_of_files.most_files(question) == 1 else list(self.cleaned_data.get(question.code) or ())
        ticked += [item["id"] for item in items if item["id"] not in ticked]
        asking.take_in(items)
        self.cleaned_data[question.code] = ticked
        self.data = self.data.copy()
        self.data.setlist(question.code, ticked)
        fields = asking.fields(question)
        self.names_of[question.code] = list(fields)
        self.fields.update(fields)
        self.marked.update(fields)
        self.parts[question.code] = [*asking.layout(question, list(fields)), *guidance_parts(question)]
        self._lay_out()
        self._mark()

    # --- results ----------------------------------------------------------------------------------------

    def answers(self) -> dict[str, Any]:
        """The answers of the step by key (see `Step.key`), None for what was left blank; call after `is_valid()`.

        What could not be accepted is left out, so that the answer given before stays.
        """
        found: dict[str, Any] = {}
        for question in self.step.questions:
            if not question.is_answered or self._was_refused(question):
                continue
            value = self._value(question)
            found[self.step.key(question.code)] = value
            wanted = kinds.keys_beside(question, value)
            for name in (other_key(question.code), comment_key(question.code)):
                if name in self.fields and name not in self.errors:
                    written = self.cleaned_data.get(name) or None
                    found[self.step.key(name)] = written if name in wanted else None
        return found

    def _was_refused(self, question: Question) -> bool:
        """Whether something was typed that could not be accepted; lacking a required answer is not that."""
        return any(
            name in self.errors and self._typed(name) not in ("", [], None) for name in self.names_of[question.code]
        )

    def raw(self) -> dict[str, Any]:
        """Everything that was typed, by field name, for `Response.unfinished`; several ticks are a list."""
        typed = {name: self._typed(name) for name in self.fields}
        return {name: value for name, value in typed.items() if value not in ("", [], None)}

    def wrong(self) -> dict[str, Any]:
        """What was typed and could not be accepted, by field name; call after `is_valid()`."""
        return {name: value for name, value in self.raw().items() if name in self.errors}

    def _typed(self, name: str) -> Any:
        field = self.fields[name]
        if isinstance(field, FilesField):
            # What was not kept is gone with the request: it can be neither stored nor shown again.
            return None
        return field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
