"""Whether the parts that the site needs answer; for a load balancer and for the people who run it.

Asked every few seconds, so it costs one query, two questions to the cache and one to the broker: what cannot change
while a process runs is read once, and the link to the broker is kept.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache as once
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from redis import Redis
from redis.exceptions import RedisError

from engagement.core import ticking
from engagement.core.access import anyone
from engagement.core.views import Guarded

LEAST_FREE_BYTES = 200 * 1024 * 1024


@once
def _shipped() -> frozenset[tuple[str, str]]:
    """The migrations of the code that this process runs: (app, name)."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _database() -> str:
    applied = set(MigrationRecorder(connection).migration_qs.values_list("app", "name"))
    waiting = len(_shipped() - applied)
    return f"{waiting} {'migration waits' if waiting == 1 else 'migrations wait'}" if waiting else ""


def _cache() -> str:
    cache.get("health")
    return ""


def _broker() -> str:
    if current_app.conf.broker_url.startswith("memory:"):
        return ""
    _link(current_app.conf.broker_url).ping()
    return ""


@once
def _link(address: str) -> Redis:
    return Redis.from_url(
        address.replace("redis+socket://", "unix://"),
        socket_connect_timeout=1,
        socket_timeout=2,
        retry_on_timeout=False,
    )


def _disk() -> str:
    free = shutil.disk_usage(settings.VAR_DIR).free
    return "" if free >= LEAST_FREE_BYTES else f"only {free // 1024 // 1024} MB are free"


CHECKS: dict[str, Callable[[], str]] = {"database": _database, "cache": _cache, "broker": _broker, "disk": _disk}
FAILURES = (DatabaseError, RedisError, OSError)


@method_decorator(never_cache, name="dispatch")
class HealthView(Guarded):
    """200 and `{"ok": true}` when every part answers, 503 otherwise; says which part, never how it is reached."""

    access = anyone
    open_to_all = True
    http_method_names = ("get", "head")

    def get(self, request: HttpRequest) -> JsonResponse:
        parts: dict[str, Any] = {}
        for name, look in CHECKS.items():
            try:
                parts[name] = look() or "ok"
            except FAILURES:
                parts[name] = "no answer"
        is_well = all(state == "ok" for state in parts.values())
        try:
            parts["clock"] = ticking.clock()
        except FAILURES:
            parts["clock"] = "no answer"
        return JsonResponse({"ok": is_well, **parts}, status=200 if is_well else 503)
