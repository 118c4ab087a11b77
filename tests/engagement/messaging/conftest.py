"""A mail server for the tests of sending."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from tests.engagement.messaging.sink import Sink


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A mail server that the site sends to during this test."""
    with Sink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def time_machine_at() -> Iterator[Any]:
    """A clock that the test moves: `.move_to(moment)`, `.shift(delta)`."""
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        yield traveller


@pytest.fixture(scope="session", autouse=True)
def _addresses_are_known() -> None:
    """The first link of a message loads every page of the site, which may outlast the seconds that a run is given."""
    reverse("messaging:list")
