"""Whether the parts that the site needs answer; for a load balancer and for the people who run it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError

from engagement.core.access import anyone
from engagement.core.views import Guarded

LEAST_FREE_BYTES = 200 * 1024 * 1024


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    waiting = MigrationExecutor(connection).migration_plan(MigrationExecutor(connection).loader.graph.leaf_nodes())
    return f"{len(waiting)} migrations wait" if waiting else ""


def _cache() -> str:
    cache.get("health")
    return ""


def _broker() -> str:
    if current_app.conf.broker_url.startswith("memory:"):
        return ""
    with current_app.connection_for_write() as link:
        link.ensure_connection(max_retries=1, timeout=2)
    return ""


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
        return JsonResponse({"ok": is_well, **parts}, status=200 if is_well else 503)
