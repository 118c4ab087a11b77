"""What rows from before histories and spans were kept become when their data is filled in."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from consultations.invitations.models import Invitation, InvitationChange
from consultations.programme import lifecycle
from consultations.programme.models import StateChange
from tests.factories.accounts import UserFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.programme import ConsultationFactory

pytestmark = pytest.mark.django_db


def fill(name):
    import_module(name).fill(apps, None)


def test_moments_of_an_old_invitation_become_its_history():
    sent_at = timezone.now() - timedelta(days=9)
    old = InvitationFactory(
        state="declined",
        invited_by=UserFactory(),
        sent_at=sent_at,
        opened_at=sent_at + timedelta(hours=1),
        declined_at=sent_at + timedelta(hours=2),
        declined_reason="Not our field.",
        since=timezone.now(),
    )
    queued = InvitationFactory(state="queued", sent_at=None, invited_by=None)
    Invitation.objects.filter(pk=old.pk).update(created_at=sent_at - timedelta(hours=1))

    for _ in range(2):
        fill("consultations.invitations.migrations.0003_fill_history")

    old.refresh_from_db()
    assert list(old.changes.values_list("state", "cause", "at", "text", "actor")) == [
        ("queued", "invited", old.created_at, "", old.invited_by_id),
        ("sent", "taken", sent_at, "", None),
        ("opened", "followed", old.opened_at, "", None),
        ("declined", "no_view", old.declined_at, "Not our field.", None),
    ]
    assert old.since == old.declined_at
    queued.refresh_from_db()
    assert (queued.since, InvitationChange.objects.filter(invitation=queued).count()) == (queued.created_at, 1)


def test_old_extensions_say_from_when_to_when_as_far_as_the_record_does():
    told, untold = ConsultationFactory(), ConsultationFactory()
    spans = []
    for _ in range(2):
        told.refresh_from_db()
        spans.append((told.closes_at, told.closes_at + timedelta(days=7)))
        lifecycle.extend(told.pk, actor=UserFactory(), closes_at=spans[-1][1], reason="The snow.")
    StateChange.objects.update(closes_before=None, closes_after=None)
    StateChange.objects.create(consultation=untold, what="extended", reason="Nobody wrote down from when.")

    for _ in range(2):
        fill("consultations.programme.migrations.0005_fill_moments_of_extensions")

    changes = StateChange.objects.filter(consultation=told)
    assert list(changes.values_list("closes_before", "closes_after")) == spans
    assert StateChange.objects.get(consultation=untold).closes_after is None
