"""A clock that tests move, and staff of a consultation."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tests.factories.programme import AssignmentFactory


@pytest.fixture
def clock() -> Iterator[Any]:
    """`clock.move_to(moment)`, `clock.shift(delta)`."""
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def staff_of(signed_in: Any) -> Callable[..., Any]:
    """`staff_of(consultation, role="engagement")` -> a client of somebody who works on it in this role."""

    def make(consultation: Any, role: str = "engagement") -> Any:
        return signed_in(AssignmentFactory(consultation=consultation, role=role).user)

    return make
