"""Answers as people read them: on the check page, in the receipt and on staff pages."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext

from consultations.submissions.queries import Part
from consultations.surveys import kinds
from consultations.surveys.definition import Question


@dataclass(frozen=True)
class Line:
    """One question with its answer in words; `text` is empty where nothing was answered."""

    page_code: str
    question: Question
    text: str
    is_missing: bool = False

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


def sections(part: Part) -> list[Section]:
    """The pages on the path with what was answered, each part of an answer on a line of its own."""
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
                    section.lines.append(Line(one.code, question, text, (one.code, question.code) in missing))
            if section.lines:
                found.append(section)
    return found


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
