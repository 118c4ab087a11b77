"""What every table may need, whatever it holds: stamps, public ids, states with a table of moves. And forms sent."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext

from engagement.core.errors import Refused


class Stamped(models.Model):
    """When a row was made and last changed (UTC)."""

    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        abstract = True


class Addressable(models.Model):
    """A row with an address that tells nothing: `public_id` stands in URLs instead of the key."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class Stateful(models.Model):
    """A row whose `state` moves only along `MOVES`, a table `{from: {to, ...}}` of stored values."""

    MOVES: ClassVar[dict[str, set[str]]] = {}
    state: Any  # every table declares its own field

    class Meta:
        abstract = True

    def may_move_to(self, state: str) -> bool:
        """Whether the table of moves has an arrow from the present state to `state`."""
        return str(state) in {str(to) for to in self.MOVES.get(str(self.state), set())}

    def move_to(self, state: str) -> None:
        """Change `state` in memory, or raise Refused when the table of moves has no such arrow.

        The caller holds the row lock and saves; see the `lifecycle` module of each app.
        """
        if not self.may_move_to(state):
            options: Any = type(self)._meta
            labels = dict(options.get_field("state").choices or [])
            now, then = labels.get(self.state, self.state), labels.get(str(state), state)
            raise Refused(
                gettext("This %(verbose_name)s is “%(now)s”, so it cannot become “%(then)s”.")
                % {"verbose_name": self._meta.verbose_name, "now": now, "then": then}
            )
        self.state = str(state)


class SentForm(models.Model):
    """That a form was sent and where it led, so that sending it again creates nothing; see `core.sentforms`."""

    mark = models.CharField(max_length=64, primary_key=True)
    landing = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return self.mark
