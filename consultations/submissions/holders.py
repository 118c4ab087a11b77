"""Who is in the middle of an answer, for news that concerns them."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from consultations.invitations.emails import Writer
from consultations.programme.models import Consultation
from consultations.submissions.models import ResponseRevision, Submission


def draft_holders(consultation: Consultation) -> list[Writer]:
    """Everybody who began or wrote a draft that is not sent: by their account, or by the address that they gave for
    their return link. Nobody knows whose an anonymous one is; what staff type in has no writer."""
    drafts = Submission.objects.filter(
        consultation=consultation,
        state__in=Submission.DRAFTS,
        channel=Submission.Channel.ONLINE,
        is_test=False,
        is_anonymous=False,
    )
    found: dict[str, Writer] = {}
    for draft in drafts.select_related("respondent").order_by("pk"):
        address = settings.SITE_URL + reverse("submissions:tasks", args=[draft.public_id])
        if draft.respondent is not None:
            user = draft.respondent
            found.setdefault(user.email.lower(), Writer(f"u{user.pk}", user.name, user.email, user.language, address))
        elif draft.respondent_email:
            back = settings.SITE_URL + reverse("submissions:return")
            email = draft.respondent_email
            found.setdefault(email.lower(), Writer(f"s{draft.pk}", draft.respondent_name, email, "", back))
    saves = ResponseRevision.objects.filter(response__submission__in=drafts, actor__isnull=False, actor__is_active=True)
    for revision in saves.select_related("actor", "response__submission").order_by("pk"):
        writer = revision.actor
        if writer is not None:
            address = settings.SITE_URL + reverse("submissions:tasks", args=[revision.response.submission.public_id])
            found.setdefault(
                writer.email.lower(), Writer(f"u{writer.pk}", writer.name, writer.email, writer.language, address)
            )
    return list(found.values())
