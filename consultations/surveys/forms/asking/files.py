"""The kind that is answered with files: those that are there already with a tick each, and a place to add more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext, ngettext

from consultations.surveys.definition import Question
from consultations.surveys.forms.asking.base import Cleaned, Fault, InFieldset
from consultations.surveys.forms.asking.pieces import part_name, required_message_of
from consultations.surveys.inputs import SeveralField
from consultations.surveys.kinds import files as kind
from engagement.core import uploads
from engagement.core.errors import Refused

ADD = "add"
Item = dict[str, Any]


class FilesInput(forms.FileInput):
    """A place for one file or several. What was chosen cannot be shown again: browsers do not allow it."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        chosen = files.getlist(name) if hasattr(files, "getlist") else [files[name]] if name in files else []
        return [one for one in chosen if one]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files


class FilesField(forms.Field):
    """New files. `good` are those that may be kept, `bad` the sentences about the others; a bad one harms no other."""

    def __init__(self, *, most_megabytes: int, groups: Iterable[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most_megabytes, self.groups = most_megabytes, list(groups)
        self.good: list[UploadedFile] = []
        self.bad: list[str] = []

    def clean(self, value: Any) -> list[UploadedFile]:
        self.good, self.bad = [], []
        for upload in value or []:
            try:
                uploads.read(
                    upload,
                    most_megabytes=self.most_megabytes,
                    suffixes=uploads.suffixes_of(self.groups),
                    words=uploads.words_of(self.groups),
                )
            except Refused as refused:
                self.bad.append(refused.message)
            else:
                self.good.append(upload)
        return self.good


class AskFiles(InFieldset):
    """One question for files, for one form: `known` are the files that were added to it so far, as items of answers."""

    def __init__(self, known: Iterable[Item] = ()) -> None:
        self.known: dict[str, Item] = {item["id"]: item for item in known}
        self.added: FilesField | None = None
        self.ticks: SeveralField | None = None

    def fields(self, question: Question) -> dict[str, forms.Field]:
        groups = kind.groups_of(question)
        most = kind.most_files(question)
        size = kind.most_megabytes(question)
        found: dict[str, forms.Field] = {}
        if self.known:
            self.ticks = SeveralField(
                required=False,
                label=gettext("Files that you added"),
                help_text=gettext("Untick a file to take it away. Until you send your response you can tick it again."),
                choices=self._choices(),
                widget=forms.CheckboxSelectMultiple(),
            )
            found[question.code] = self.ticks
        label = gettext("Choose a file") if most == 1 else gettext("Choose files")
        limits = gettext("%(kinds)s, up to %(megabytes)s megabytes.") % {
            "kinds": uploads.words_of(groups),
            "megabytes": size,
        }
        if most > 1:
            limits += " " + gettext("Up to %(most)s files; you can choose several at once.") % {"most": most}
        elif self.known:
            limits += " " + gettext("A new file takes the place of the one that is there.")
        self.added = FilesField(
            required=False,
            label=label,
            help_text=limits,
            most_megabytes=size,
            groups=groups,
            widget=FilesInput(
                attrs={"accept": ",".join(uploads.suffixes_of(groups)), **({"multiple": True} if most > 1 else {})}
            ),
        )
        found[part_name(question.code, ADD)] = self.added
        return found

    def _choices(self) -> list[tuple[str, str]]:
        return [(one, f"{item['name']} ({filesizeformat(item['size'])})") for one, item in self.known.items()]

    def initial(self, question: Question, value: Any) -> dict[str, Any]:
        return {question.code: kind.ids_in(value)}

    def new(self, question: Question) -> list[UploadedFile]:
        """The files that were sent now and may be kept; none while there are more than the question takes."""
        return [] if self.added is None or self._too_many is not None else self.added.good

    _too_many: str | None = None

    def read(self, question: Question, cleaned: Cleaned) -> Any:
        ticked = [self.known[one] for one in cleaned.get(question.code) or () if one in self.known]
        # Until they are kept, new ones have no id.
        fresh = [{"id": "", "name": one.name or "", "size": one.size or 0} for one in self.new(question)]
        if fresh and kind.most_files(question) == 1:
            return fresh
        return [*ticked, *fresh] or None

    def faults(self, question: Question, cleaned: Cleaned) -> Iterator[Fault]:
        assert self.added is not None
        name = part_name(question.code, ADD)
        most = kind.most_files(question)
        sent = len(self.added.good)
        ticked = len(cleaned.get(question.code) or ()) if most > 1 or not sent else 0
        self._too_many = None
        if ticked + sent > most:
            self._too_many = ngettext(
                "There is room for %(most)s file, and these are %(n)s. Choose one.",
                "There is room for %(most)s files, and these are %(n)s. Take some away.",
                most,
            ) % {"most": most, "n": ticked + sent}
        sentences = [*self.added.bad, *([self._too_many] if self._too_many else [])]
        if sentences:
            yield name, " ".join(sentences)

    def lacks(self, question: Question, value: Any) -> Iterator[Fault]:
        if not value:
            yield part_name(question.code, ADD), required_message_of(question)

    def take_in(self, items: Iterable[Item]) -> None:
        """The new files were kept under these ids: they are known from now on, and no longer new."""
        for item in items:
            self.known[item["id"]] = item
