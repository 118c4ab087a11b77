"""The kind that is answered with files, and the picture that is only looked at."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_noop

from consultations.surveys.definition import Definition, Question
from consultations.surveys.kinds.base import BLANK, Cell, Column, Kind, Say
from consultations.surveys.kinds.unasked import Note

JOINER = "; "
MOST_FILES = 10


class File(Kind):
    """The answer is a list of {"id", "name", "size"}: rows of `submissions.models.AnswerFile`, sizes in bytes."""

    name, words, family = "file", "File", "Files and pictures"
    example = "Documents, pictures or recordings; anonymous responses are not asked for them"
    takes_rule = False
    holds_files = True
    settings = ("most_files", "file_types", "most_megabytes")
    required_message = gettext_noop("Add a file to “{label}”.")
    seconds = 60

    def accepted(self, question: Question, value: Any) -> Any:
        items = value if isinstance(value, list | tuple) else ()
        return [item for item in items if is_item(item)] or None

    def lines(self, question: Question, value: Any, say: Say) -> list[str]:
        return [f"{item['name']} ({filesizeformat(item['size'])})" for item in value]

    def columns(self, question: Question) -> list[Column]:
        """How many there are, and what they are called; a name of a file may say who made it."""
        return [
            Column("__files", ": number of files", _count, _count),
            Column("", ": names of the files", _names, _names, is_telling=True),
        ]


class Image(Note):
    """A picture to look at: `settings["picture"]` is the id of a `surveys.models.Picture`, the label says what is on
    it for those who do not see it, the hint stands below it."""

    name, words, family = "image", "Picture", "Files and pictures"
    example = "To look at, with words for those who do not see it"
    settings = ("picture",)


def without_files(definition: Definition) -> Definition:
    """The survey as somebody is asked who stays anonymous: files say who made them, so none are asked for."""
    if not any(question.kind == File.name for question in definition.questions()):
        return definition
    pages = (
        replace(page, questions=tuple(one for one in page.questions if one.kind != File.name))
        for page in definition.pages
    )
    return replace(definition, pages=tuple(pages))


def most_files(question: Question) -> int:
    """How many files the question takes."""
    most = question.settings.get("most_files")
    return min(most, MOST_FILES) if isinstance(most, int) and not isinstance(most, bool) and most > 0 else 1


def most_megabytes(question: Question) -> int:
    """How large one file may be: what its author set, and never more than the site takes."""
    most = question.settings.get("most_megabytes")
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        return settings.UPLOAD_MEGABYTES
    return min(most, settings.UPLOAD_MEGABYTES)


def groups_of(question: Question) -> Collection[str]:
    """The groups of files (`core.uploads.GROUPS`) that it takes; none means all."""
    groups = question.settings.get("file_types")
    return groups if isinstance(groups, list) else ()


def is_item(item: Any) -> bool:
    """Whether this is one file of an answer."""
    return (
        isinstance(item, dict)
        and isinstance(item.get("id"), str)
        and isinstance(item.get("name"), str)
        and isinstance(item.get("size"), int)
    )


def ids_in(value: Any) -> list[str]:
    """The ids of the files of a stored answer; none for any other value."""
    return [item["id"] for item in value if is_item(item)] if isinstance(value, list | tuple) else []


def _names(value: Any) -> Cell:
    return None if value in BLANK else JOINER.join(item["name"] for item in value)


def _count(value: Any) -> Cell:
    return None if value in BLANK else len(value)
