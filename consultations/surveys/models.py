"""Surveys: draft rows that people edit, and frozen versions that people answer.

Codes are identities: a question's or choice's `code` is set once and never derived from its label again.
"""

from __future__ import annotations

import uuid
from pathlib import PurePath
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consultations.programme.models import Consultation, Theme
from consultations.surveys import kinds
from engagement.core.errors import Refused
from engagement.core.models import Addressable, Stamped, Stateful


class Survey(Addressable, Stamped, Stateful):
    """One questionnaire of a consultation."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        READY = "ready", "Ready"
        LIVE = "live", "Live"
        CLOSED = "closed", "Closed"

    MOVES: ClassVar[dict[str, set[str]]] = {
        "draft": {"ready", "live"},
        "ready": {"draft", "live"},
        "live": {"closed"},
        "closed": {"live"},
    }

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="surveys")
    theme = models.ForeignKey(Theme, null=True, blank=True, on_delete=models.PROTECT, related_name="surveys")
    code = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    intro = models.TextField(blank=True, default="")
    order = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    default_language = models.CharField(max_length=40, default="en")
    # The version that people answer now; set by publishing.
    current_version = models.ForeignKey(
        "SurveyVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Columns and sheets of an imported workbook that Soundings has no use for, kept word for word.
    import_notes: models.JSONField = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "code"], name="survey_code_once_in_its_consultation"),
            models.CheckConstraint(
                condition=~Q(state="live") | Q(current_version__isnull=False), name="live_survey_has_a_version"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Page(Stamped):
    """One page of the draft."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="pages")  # a part of the draft
    code = models.CharField(max_length=80)
    title = models.CharField(max_length=200, blank=True, default="")
    intro = models.TextField(blank=True, default="")
    relevance = models.TextField("shown when", blank=True, default="")
    order = models.PositiveSmallIntegerField(default=0)
    # Filled in once for each entry, such as a site or a course; `entry_name` says what one is called.
    repeats = models.BooleanField("can be filled in several times", default=False)
    entry_name = models.CharField(max_length=80, blank=True, default="")
    least_entries = models.PositiveSmallIntegerField(null=True, blank=True)
    most_entries = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "code"], name="page_code_once_in_its_survey"),
            models.CheckConstraint(
                condition=Q(least_entries=None) | Q(most_entries=None) | Q(most_entries__gte=F("least_entries")),
                name="most_entries_not_below_least",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.code


class ChoiceList(models.Model):
    """A list that questions choose from, or the rows of a matrix."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="choice_lists")  # a part of the draft
    code = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "code"], name="choice_list_code_once_in_its_survey")]

    def __str__(self) -> str:
        return self.code


class Choice(models.Model):
    """One entry of a list. An exclusive one ("None of these") stands alone."""

    choice_list = models.ForeignKey(ChoiceList, on_delete=models.CASCADE, related_name="choices")  # a part of its list
    code = models.CharField(max_length=80)
    label = models.TextField()
    order = models.PositiveSmallIntegerField(default=0)
    is_exclusive = models.BooleanField(default=False)
    # Further columns of the list, for conditions on choices.
    attributes: models.JSONField = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["choice_list", "code"], name="choice_code_once_in_its_list")]

    def __str__(self) -> str:
        return self.label


class Question(Stamped):
    """One question of the draft."""

    class Kind(models.TextChoices):
        SHORT_TEXT = "short_text", "Short text"
        LONG_TEXT = "long_text", "Long text"
        INTEGER = "integer", "Whole number"
        DECIMAL = "decimal", "Number"
        DATE = "date", "Date"
        SINGLE = "single", "One choice"
        MULTIPLE = "multiple", "Several choices"
        SCALE = "scale", "Scale"
        MATRIX = "matrix", "Table of statements"
        NOTE = "note", "Text to read"
        YES_NO = "yes_no", "Yes or no"
        RANKING = "ranking", "Ranking"
        MATRIX_SEVERAL = "matrix_several", "Table with several choices"
        MATRIX_NUMBERS = "matrix_numbers", "Table of numbers"
        CONSTANT_SUM = "constant_sum", "Shares of a whole"
        TIME = "time", "Time of day"
        EMAIL = "email", "E-mail address"
        PHONE = "phone", "Telephone number"
        URL = "url", "Web address"
        ADDRESS = "address", "Postal address"
        ORGANISATION = "organisation", "Organisation"
        LOCATION = "location", "Place"
        CONSENT = "consent", "Consent or declaration"
        CALCULATED = "calculated", "Calculated value"
        HIDDEN = "hidden", "Hidden value"
        FILE = "file", "File"
        IMAGE = "image", "Picture"

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="questions")  # a part of the draft
    # Same survey as the page's; stands here so that the database keeps codes unique in the survey.
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions")
    code = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    label = models.TextField()
    hint = models.TextField(blank=True, default="")
    guidance = models.TextField(blank=True, default="")
    order = models.PositiveSmallIntegerField(default=0)
    is_required = models.BooleanField("must be answered", default=False)
    required_message = models.CharField(max_length=300, blank=True, default="")
    relevance = models.TextField("shown when", blank=True, default="")
    constraint = models.TextField("accepted when", blank=True, default="")
    constraint_message = models.CharField(max_length=300, blank=True, default="")
    choice_list = models.ForeignKey(
        ChoiceList, null=True, blank=True, on_delete=models.PROTECT, related_name="questions"
    )
    # The statements of a matrix, one row each.
    row_list = models.ForeignKey(ChoiceList, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    has_other = models.BooleanField("offers “Other”", default=False)
    # Limits and looks by kind; `surveys.definition.Question` says which there are.
    settings: models.JSONField = models.JSONField(default=dict, blank=True)
    theme = models.ForeignKey(Theme, null=True, blank=True, on_delete=models.PROTECT, related_name="questions")
    is_personal = models.BooleanField("holds personal data", default=False)

    class Meta:
        ordering = ["page__order", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "code"], name="question_code_once_in_its_survey"),
            models.CheckConstraint(
                condition=~Q(kind__in=list(kinds.WITH_CHOICES)) | Q(choice_list__isnull=False),
                name="choosing_question_has_a_list",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=list(kinds.WITH_ROWS)) | Q(row_list__isnull=False), name="table_has_rows"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Translation(models.Model):
    """A text of the draft in another language: `path` is like "question:barriers:label" or "choice:yesno:yes:label"."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="translations")  # a part of the draft
    language = models.CharField(max_length=40)
    path = models.CharField(max_length=200)
    text = models.TextField()
    # The text that it was made from: when that reads otherwise now, the translation has to be looked at. Empty where
    # nobody knows.
    source = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "language", "path"], name="text_translated_once")]


def picture_path(picture: Picture, file_name: str) -> str:
    """Where a picture is kept: under a name of ours."""
    return f"pictures/{uuid.uuid4().hex}{PurePath(file_name).suffix.lower()}"


class Picture(Addressable, Stamped):
    """A picture that a question of the kind “image” shows.

    It stays as long as its survey, since versions that show it never change. Outsiders see it once `published_at` is
    set, which publishing a version does.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="pictures")  # a part of it
    file = models.FileField(upload_to=picture_path)
    file_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "sha256"], name="same_picture_once_in_a_survey"),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="picture_has_a_size"),
        ]

    def __str__(self) -> str:
        return self.file_name


class SurveyVersion(models.Model):
    """A survey as people answer it, frozen. `definition` is the document of `surveys.definition`; `sha256` is that of
    its canonical JSON. The database refuses a change of either."""

    class Change(models.TextChoices):
        FIRST = "first", "First version"
        WORDING = "wording", "Wording"
        ADDITIVE = "additive", "Additions"
        NARROWING = "narrowing", "Removals or stricter rules"

    class Drafts(models.TextChoices):
        STAY = "stay", "They are finished in the version they were begun in"
        MOVE = "move", "They move to the new version, and what it asks anew is marked"

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    definition: models.JSONField = models.JSONField()
    sha256 = models.CharField(max_length=64)
    change = models.CharField(max_length=10, choices=Change.choices, default=Change.FIRST)
    # What becomes of responses in progress; asked of a narrowing version only, other changes reach them by themselves.
    drafts = models.CharField(max_length=4, choices=Drafts.choices, default=Drafts.STAY)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["survey", "number"]
        constraints = [models.UniqueConstraint(fields=["survey", "number"], name="version_numbered_once")]

    def __str__(self) -> str:
        return f"{self.survey} (version {self.number})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Versions are appended; changing one is refused here and by the database."""
        if self.pk:
            raise Refused("A published version cannot be changed. Publish a new one.")
        super().save(*args, **kwargs)


class LibraryQuestion(Stamped):
    """A question of the site's library, from which any survey can take it with its code, choices and translations.

    `document` is the question as it stands in a survey document, without theme and conditions on other questions;
    `translations` maps a language to {path: text} with paths as in `Translation`.
    """

    code = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20)
    label = models.TextField()
    topic = models.CharField(max_length=80, blank=True, default="")
    language = models.CharField(max_length=40, default="en")
    document: models.JSONField = models.JSONField()
    translations: models.JSONField = models.JSONField(default=dict, blank=True)
    # The survey it was saved from; empty for those that came with the site.
    origin = models.CharField(max_length=300, blank=True, default="")
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["topic", "label", "pk"]

    def __str__(self) -> str:
        return self.label


class Removal(models.Model):
    """A page or question that was deleted from the draft, kept so that it can be put back until the next publishing.

    `document` is a page as it stands in a survey document, with its one question or all of them.
    """

    class What(models.TextChoices):
        PAGE = "page", "Page"
        QUESTION = "question", "Question"

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="removals")  # a part of the draft
    what = models.CharField(max_length=8, choices=What.choices)
    label = models.TextField()
    order = models.PositiveSmallIntegerField(default=0)
    document: models.JSONField = models.JSONField()
    translations: models.JSONField = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.label
