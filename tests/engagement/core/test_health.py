"""What a load balancer is told."""

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from engagement.core import health, tasks, ticking

pytestmark = pytest.mark.django_db


def test_everything_answers(client):
    tasks.tick()
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"ok": True, "database": "ok", "cache": "ok", "broker": "ok", "disk": "ok", "clock": "ok"}
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


def test_a_silent_clock_is_told_but_takes_no_server_out(client, settings):
    cache.delete(ticking.TICK)
    never = client.get("/healthz")
    tasks.tick()
    cache.set(ticking.TICK, cache.get(ticking.TICK) - 1000)
    late = client.get("/healthz")

    assert (never.status_code, never.json()["ok"], never.json()["clock"]) == (200, True, "has not rung yet")
    assert (late.status_code, late.json()["ok"], late.json()["clock"][:15]) == (200, True, "silent for 1000")


def test_a_migration_that_was_not_applied_is_said(client):
    MigrationRecorder(connection).migration_qs.filter(app="events").order_by("pk").first().delete()

    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()["database"]) == (503, "1 migration waits")


def test_asking_costs_one_query_and_reads_no_migration_again(client, monkeypatch, django_assert_max_num_queries):
    client.get("/healthz")
    monkeypatch.setattr(health, "MigrationLoader", None)

    # Cache and session may stand in the database too.
    with django_assert_max_num_queries(4) as asked:
        assert client.get("/healthz").status_code == 200

    assert [one["sql"] for one in asked.captured_queries if "django_migrations" in one["sql"]][1:] == []


def test_a_broker_that_went_away_is_named_and_one_that_is_back_is_well(monkeypatch):
    answers = iter([ConnectionError("gone"), None])

    class Link:
        def ping(self):
            if (said := next(answers)) is not None:
                raise said

    monkeypatch.setattr(health, "_link", lambda address: Link())
    monkeypatch.setattr(health.current_app.conf, "broker_url", "redis://broker.example/0")
    client = Client()

    first, second = client.get("/healthz"), client.get("/healthz")

    assert (first.status_code, first.json()["broker"]) == (503, "no answer")
    assert (second.status_code, second.json()["broker"]) == (200, "ok")
