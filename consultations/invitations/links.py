"""Links in messages to invited people. A link identifies the invitation; it never signs anybody in."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from consultations.invitations.models import Invitation
from consultations.programme.models import Consultation
from engagement.core import tokens

FOLLOW = "invitations.follow"


def follow_url(invitation: Invitation) -> str:
    """Where an invited person begins."""
    return _address("invitations:follow", invitation)


def decline_url(invitation: Invitation) -> str:
    """Where an invited person says that they have no view."""
    return _address("invitations:decline", invitation)


def respond_url(consultation: Consultation) -> str:
    """Where somebody without an invitation answers."""
    return settings.SITE_URL + reverse("submissions:respond", args=[consultation.reference])


def read(token: str) -> str | None:
    """The public id of the invitation in a link, or None for a false one."""
    return tokens.read(FOLLOW, token)


def _address(name: str, invitation: Invitation) -> str:
    return settings.SITE_URL + reverse(name, args=[tokens.sign(FOLLOW, str(invitation.public_id))])
