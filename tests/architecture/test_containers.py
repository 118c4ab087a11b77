"""The compose file describes the whole platform."""

from typing import Any

import pytest
import yaml

from tests.architecture.tree import ROOT

SERVICES = {"web", "worker", "beat", "db", "redis", "mail"}


@pytest.fixture
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_every_part_is_there_and_can_be_asked_how_it_is(compose):
    assert set(compose["services"]) >= SERVICES
    assert [name for name in SERVICES if "healthcheck" not in compose["services"][name]] == []


def test_passwords_come_from_outside(compose):
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")

    assert "${POSTGRES_PASSWORD:?" in text
    assert "${REDIS_PASSWORD:?" in text
