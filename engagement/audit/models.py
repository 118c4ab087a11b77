"""Who did what, when: entries are written once and never changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from engagement.core.errors import Refused


class Entry(models.Model):
    """One act: `verb` is noun.past_participle; `facts` hold ids and old and new values, never a partner's text."""

    at = models.DateTimeField(auto_now_add=True, editable=False)
    verb = models.CharField(max_length=80)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # The thing acted on, as text, so that an entry outlives it: "programme.consultation", key, what it was called.
    subject_kind = models.CharField(max_length=80)
    subject_key = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=200)
    # The consultation that the act belongs to, by its reference; empty where there is none.
    scope = models.CharField(max_length=40, blank=True, default="")
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_key", "-at"], name="entry_by_subject"),
            models.Index(fields=["scope", "-at"], name="entry_by_scope"),
        ]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Entries are appended; changing one is refused here and by the database."""
        if self.pk:
            raise Refused("An entry of the record cannot be changed.")
        super().save(*args, **kwargs)
