"""What a load balancer is told."""

import pytest
from django.db import DatabaseError

from engagement.core import health

pytestmark = pytest.mark.django_db


def test_everything_answers(client):
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"ok": True, "database": "ok", "cache": "ok", "broker": "ok", "disk": "ok"}
    assert "no-store" in answer["Cache-Control"]


def test_a_part_without_answer_is_named_and_nothing_else_is_told(client, monkeypatch):
    def away():
        raise DatabaseError("connection to secret-host refused")

    monkeypatch.setitem(health.CHECKS, "database", away)

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["database"] == "no answer"
    assert "secret-host" not in answer.content.decode()


def test_a_full_disk_is_said(client, monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 10**18)

    assert client.get("/healthz").json()["disk"].startswith("only ")
