"""The register of evidence: one entry for each file that partners sent, whoever sent it and how often."""

from __future__ import annotations

import re
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from consultations.programme.models import Consultation
from consultations.submissions.models import EvidenceDocument
from engagement.core.models import Stamped, Stateful
from engagement.stakeholders.models import Area

REFERENCE = re.compile(r"\bEV-(\d{4,9})\b", re.ASCII)


def numbers_in(text: str) -> list[int]:
    """The keys of the entries that a text names by reference, each once, in the order of the text."""
    return list(dict.fromkeys(int(number) for number in REFERENCE.findall(text)))


class EvidenceItem(Stamped, Stateful):
    """One file by its content. The same file sent twice is one entry with two submitters.

    The entry keeps no file of its own: it hands out one of its sources, which goes when the response goes.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "To be catalogued"
        CATALOGUED = "catalogued", "Catalogued"
        CITED = "cited", "Cited"
        QUARANTINED = "quarantined", "Quarantined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Method(models.TextChoices):
        SURVEY = "survey", "Survey of people or businesses"
        STATISTICS = "statistics", "Official or administrative figures"
        CASE_STUDY = "case_study", "Case study"
        REVIEW = "review", "Review of what others found"
        MODEL = "model", "Model or forecast"
        EVALUATION = "evaluation", "Evaluation"
        PLAN = "plan", "Plan, policy or strategy"
        OPINION = "opinion", "Opinion, letter or position"
        OTHER = "other", "Something else"

    class Licence(models.TextChoices):
        UNKNOWN = "unknown", "Not known"
        OGL = "ogl", "Open Government Licence"
        CC_BY = "cc_by", "Creative Commons, with the name (CC BY)"
        CC_BY_SA = "cc_by_sa", "Creative Commons, share alike (CC BY-SA)"
        PUBLIC_DOMAIN = "public_domain", "No rights reserved"
        PERMISSION = "permission", "Permission given to us"
        RESERVED = "reserved", "All rights reserved"

    class Sensitivity(models.TextChoices):
        OPEN = "open", "Open"
        COMMERCIAL = "commercial", "Commercial in confidence"
        PERSONAL = "personal", "Holds personal data"
        RESTRICTED = "restricted", "For the team only"

    # Known and described: may be cited.
    CITABLE: ClassVar[tuple[str, ...]] = ("catalogued", "cited")
    MOVES: ClassVar[dict[str, set[str]]] = {
        "uploaded": {"catalogued", "quarantined", "withdrawn"},
        "catalogued": {"cited", "quarantined", "withdrawn"},
        "cited": {"catalogued", "quarantined", "withdrawn"},
        "quarantined": {"uploaded", "catalogued", "withdrawn"},
        # A source that was taken back was sent again.
        "withdrawn": {"uploaded", "catalogued"},
    }

    sha256 = models.CharField(max_length=64, unique=True)
    file_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    state = models.CharField(max_length=11, choices=State.choices, default=State.UPLOADED)
    # What officers write about it. The title begins as that of its first submitter.
    title = models.CharField(max_length=200)
    author = models.CharField(max_length=200, blank=True, default="")
    # In words, as it stands on the cover (“March 2018”); the year is for sorting and filtering.
    dated = models.CharField("date", max_length=40, blank=True, default="")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    areas = models.ManyToManyField(Area, related_name="evidence", blank=True)
    geography = models.CharField(max_length=200, blank=True, default="")
    method = models.CharField(max_length=12, choices=Method.choices, blank=True, default="")
    # How it was found out and how far that carries.
    strength = models.TextField(blank=True, default="")
    licence = models.CharField(max_length=14, choices=Licence.choices, default=Licence.UNKNOWN)
    sensitivity = models.CharField(max_length=10, choices=Sensitivity.choices, default=Sensitivity.RESTRICTED)
    catalogued_at = models.DateTimeField(null=True, blank=True)
    catalogued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Why it is quarantined.
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["catalogued", "cited"]) | Q(catalogued_at__isnull=False),
                name="catalogued_evidence_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="quarantined") | ~Q(reason=""), name="quarantined_evidence_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="evidence_list")]
        verbose_name = "piece of evidence"
        verbose_name_plural = "pieces of evidence"

    def __str__(self) -> str:
        return f"{self.reference}: {self.title}"

    @property
    def reference(self) -> str:
        """What texts name it by; it never changes and is never given twice."""
        return f"EV-{self.pk:04}" if self.pk else ""

    @property
    def is_citable(self) -> bool:
        """Whether a summary may name it."""
        return self.state in self.CITABLE

    @property
    def by_whom(self) -> str:
        """“Tyneside Skills Board, March 2018”: author and date, as far as they are known."""
        return ", ".join(part for part in (self.author, self.dated) if part)


class Source(Stamped):
    """That this very file came with a submission."""

    item = models.ForeignKey(EvidenceItem, on_delete=models.CASCADE, related_name="sources")  # a fact about it
    # Goes with the response that it came with.
    document = models.OneToOneField(EvidenceDocument, on_delete=models.CASCADE, related_name="source")

    def __str__(self) -> str:
        return f"{self.item} from {self.document.submission_id}"


class Use(Stamped):
    """That another consultation uses it as well; its staff find it in the register from then on."""

    item = models.ForeignKey(EvidenceItem, on_delete=models.CASCADE, related_name="uses")  # a fact about it
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="evidence_uses")
    note = models.CharField(max_length=300, blank=True, default="")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "consultation"], name="evidence_used_once")]

    def __str__(self) -> str:
        return f"{self.item} in {self.consultation}"
