"""Whose an e-mail address is; named in settings.ADDRESS_HOLDERS for pages downstairs."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models.functions import Lower
from django.urls import reverse

from engagement.stakeholders.models import Contact


def holders(emails: Sequence[str]) -> dict[str, tuple[str, str]]:
    """By the address in small letters: the person's name and the address of their page. One query."""
    people = Contact.objects.annotate(small=Lower("email")).filter(small__in=list(emails)).order_by("pk")
    return {person.small: (person.name, reverse("stakeholders:contact", args=[person.public_id])) for person in people}
