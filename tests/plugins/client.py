"""A test client that refuses pages which write when they are only read."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.test import Client

WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE|ALTER|DROP|CREATE)\b", re.IGNORECASE)
# What signing in and Django's sessions write on any request.
ALLOWED = re.compile(r'"django_session"|^\s*UPDATE "accounts_user" SET "last_login"', re.IGNORECASE)


class StrictClient(Client):
    """Django's client; `get` and `head` fail when the request wrote to the database."""

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._only_reading(super().get, *args, **kwargs)

    def head(self, *args: Any, **kwargs: Any) -> Any:
        return self._only_reading(super().head, *args, **kwargs)

    def _only_reading(self, send: Any, path: str, *args: Any, **kwargs: Any) -> Any:
        written: list[str] = []

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if WRITES.match(sql) and not ALLOWED.search(sql):
                written.append(sql[:200])
            return execute(sql, params, many, context)

        with connection.execute_wrapper(watch):
            response = send(path, *args, **kwargs)
        assert not written, f"Reading {path} wrote to the database: {written}"
        return response
