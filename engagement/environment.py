"""Settings out of the environment: every value typed, and a wrong value stops the start and names itself.

Each reader takes the variable's name and its default as it would stand in the environment. `NAME_FILE` may
name a file that holds the value, so that secrets need not stand in the environment.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class Environment:
    """Typed readers over a mapping; `known` collects every name that was asked for, for `.env.example`."""

    def __init__(self, values: dict[str, str] | os._Environ[str] | None = None) -> None:
        self.values = os.environ if values is None else values
        self.known: dict[str, str] = {}

    def _read(self, name: str, default: str, convert: Callable[[str], T], meaning: str) -> T:
        self.known[name] = default
        raw = self.values.get(name)
        if raw is None and (path := self.values.get(f"{name}_FILE")):
            try:
                raw = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                message = f"{name}_FILE names “{path}”, which cannot be read: {error.strerror}."
                raise ImproperlyConfigured(message) from error
        text = default if raw is None else raw
        try:
            return convert(text)
        except (ValueError, KeyError, OSError, ImproperlyConfigured) as error:
            raise ImproperlyConfigured(f"{name} is “{text}”; it must be {meaning}.") from error

    def text(self, name: str, default: str = "") -> str:
        return self._read(name, default, str, "text")

    def yes(self, name: str, default: str = "no") -> bool:
        def convert(text: str) -> bool:
            word = text.strip().lower()
            if word not in TRUE | FALSE:
                raise ValueError(word)
            return word in TRUE

        return self._read(name, default, convert, "yes or no")

    def whole_number(self, name: str, default: str, *, least: int = 0) -> int:
        def convert(text: str) -> int:
            number = int(text)
            if number < least:
                raise ValueError(text)
            return number

        return self._read(name, default, convert, f"a whole number of at least {least}")

    def whole_numbers(self, name: str, default: str) -> list[int]:
        def convert(text: str) -> list[int]:
            return [int(part) for part in text.split(",") if part.strip()]

        return self._read(name, default, convert, "whole numbers with commas between")

    def hours(self, name: str, default: str) -> tuple[time, time] | None:
        """Two times of a day, the first the earlier one; None for an empty text."""

        def convert(text: str) -> tuple[time, time] | None:
            if not text.strip():
                return None
            begin, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
            if not begin < end:
                raise ValueError(text)
            return begin, end

        return self._read(name, default, convert, "two times such as 08:00-18:00, or empty")

    def words(self, name: str, default: str = "") -> list[str]:
        def convert(text: str) -> list[str]:
            return [part.strip() for part in text.split(",") if part.strip()]

        return self._read(name, default, convert, "words with commas between")

    def one_of(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        def convert(text: str) -> str:
            if text.upper() not in choices:
                raise ValueError(text)
            return text.upper()

        return self._read(name, default, convert, " or ".join(choices))

    def some_of(self, name: str, default: str, choices: tuple[str, ...]) -> list[str]:
        """Words out of a set, each once; the first of the set is always among them and stands first."""

        def convert(text: str) -> list[str]:
            words = {part.strip().lower() for part in text.split(",") if part.strip()} | {choices[0]}
            if not words <= set(choices):
                raise ValueError(text)
            return [choice for choice in choices if choice in words]

        return self._read(name, default, convert, f"one or more of {', '.join(choices)} with commas between")

    def zone(self, name: str, default: str) -> str:
        return self._read(name, default, lambda text: ZoneInfo(text).key, "a time zone such as Europe/London")

    def database(self, name: str, default: str) -> dict[str, Any]:
        def convert(text: str) -> dict[str, Any]:
            found = environ.Env.db_url_config(text)
            if found.get("ENGINE") not in {"django.db.backends.postgresql", "django.db.backends.sqlite3"}:
                raise ValueError(text)
            return dict(found)

        return self._read(
            name, default, convert, "a database address: postgres://user:password@host:port/name or sqlite:///path"
        )

    def address(self, name: str, default: str, schemes: tuple[str, ...]) -> str:
        def convert(text: str) -> str:
            if text and not text.startswith(tuple(f"{scheme}:" for scheme in schemes)):
                raise ValueError(text)
            return text

        beginnings = " or ".join(f"{scheme}:" for scheme in schemes)
        return self._read(name, default, convert, f"an address that begins with {beginnings}")
