"""Answers as people read them: on the check page, in the receipt and on staff pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext

from consultations.submissions.queries import Part
from consultations.surveys import kinds
from consultations.surveys.definition import Question


@dataclass(frozen=True)
class FileLink:
    """One file of an answer, with the address where it can be fetched."""

    name: str
    size: str
    url: str


@dataclass(frozen=True)
class Line:
    """One question with its answer in words; `text` is empty where nothing was answered."""

    page_code: str
    question: Question
    text: str
    is_missing: bool = False
    files: tuple[FileLink, ...] = ()

    @property
    def is_long(self) -> bool:
        return kinds.of(self.question).is_coded


@dataclass
class Section:
    """One page of a survey, or one entry of a page that repeats; `is_empty` where such a page has none."""

    code: str
    title: str
    is_empty: bool = False
    lines: list[Line] = field(default_factory=list)


def sections(part: Part, *, file_url: Callable[[str], str] | None = None) -> list[Section]:
    """The pages on the path with what was answered, each part of an answer on a line of its own.

    With `file_url`, the address of a file by its id, answers that are files have links.
    """
    found = []
    missing = set(part.path.missing)
    for step in part.path.pages:
        if step.is_list and not step.entries:
            found.append(Section(step.code, step.title, is_empty=True))
        for one in step.entries if step.is_list else (step,):
            title = f"{step.title}: {one.title}" if step.is_list and step.page.title else one.title
            section = Section(one.code, title)
            for question in one.questions:
                if question.is_answered:
                    text = "\n".join(one.lines(question))
                    is_missing = (one.code, question.code) in missing
                    links = _links(question, one.answers.get(question.code), file_url)
                    section.lines.append(Line(one.code, question, text, is_missing, links))
            if section.lines:
                found.append(section)
    return found


def _links(question: Question, value: Any, file_url: Callable[[str], str] | None) -> tuple[FileLink, ...]:
    if file_url is None or not kinds.of(question).holds_files:
        return ()
    items = kinds.of(question).accepted(question, value) or []
    return tuple(FileLink(item["name"], filesizeformat(item["size"]), file_url(item["id"])) for item in items)


def as_text(parts: list[Part]) -> str:
    """Every answer as plain text, for messages."""
    blocks = []
    for part in parts:
        if not part.is_begun:
            continue
        blocks.append(f"{part.definition.title}\n{'=' * min(len(part.definition.title), 72)}")
        for section in sections(part):
            blocks.append(gettext("%(title)s: none") % {"title": section.title} if section.is_empty else section.title)
            blocks += [f"{line.question.label}\n{line.text or 'Not answered'}" for line in section.lines]
    return "\n\n".join(blocks)
