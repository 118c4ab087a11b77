"""What every test may use; see tests/README.md."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.plugins import undefined
from tests.plugins.client import StrictClient

pytest_plugins = ["tests.plugins.browser", "tests.plugins.scanner"]
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--only-database"):
        return
    wanted, others = [], []
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        uses_database = item.get_closest_marker("django_db") is not None or bool(fixtures & DATABASE_FIXTURES)
        (wanted if uses_database and "browser" not in fixtures else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = wanted


@pytest.fixture(autouse=True)
def _clean_slate(settings: Any, tmp_path: Any) -> Iterator[None]:
    """Each test starts with an empty cache and a folder of its own for files, and ends without undefined variables."""
    settings.MEDIA_ROOT = tmp_path / "files"
    cache.clear()
    undefined.take()
    yield
    missing = undefined.take()
    assert not missing, "Undefined in templates: " + "; ".join(missing)


@pytest.fixture
def redis_url() -> str:
    """A real Redis database of this test process, emptied."""
    address = os.environ.get("TEST_REDIS_URL")
    if not address:
        pytest.skip("needs Redis: run without --quick")
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
    url = f"{address}/{number}"
    with redis.Redis.from_url(url) as connection:
        connection.flushdb()
    return url


@pytest.fixture
def soffice() -> str:
    """LibreOffice, which opens what we made as somebody else would."""
    found = shutil.which("soffice")
    if found is None:
        pytest.skip("LibreOffice is missing (Debian: sudo apt install libreoffice-calc-nogui libreoffice-writer-nogui)")
    return found


@pytest.fixture
def client() -> Client:
    """Fails on a GET that writes."""
    return StrictClient()


@pytest.fixture
def signed_in() -> Callable[[Any], Client]:
    """`signed_in(user)` -> a strict client with that person's session."""

    def make(user: Any) -> Client:
        client = StrictClient()
        client.force_login(user)
        return client

    return make


class Outbox:
    """The mail that left during this test."""

    @property
    def messages(self) -> list[Any]:
        return list(mail.outbox)

    def to(self, address: str) -> list[Any]:
        return [message for message in mail.outbox if address in message.to]

    def only(self) -> Any:
        """The one message that left; fails when there are none or several."""
        assert len(mail.outbox) == 1, f"{len(mail.outbox)} messages left: {[(m.to, m.subject) for m in mail.outbox]}"
        return mail.outbox[0]

    @property
    def subjects(self) -> list[str]:
        return [message.subject for message in mail.outbox]

    def __len__(self) -> int:
        return len(mail.outbox)


@pytest.fixture
def outbox() -> Outbox:
    """The messages that were really sent (deliver the queued ones first)."""
    return Outbox()
