"""What beat rings for exists, and each task keeps its name wherever its code moves."""

import re
from typing import Any

import pytest

from engagement.celery import app
from engagement.schedule import SWEEPS
from tests.architecture.tree import PACKAGES

NAME = re.compile(r"[a-z]+\.[a-z][a-z_]*")


@pytest.fixture
def own_tasks() -> dict[str, Any]:
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if type(task).__module__.split(".")[0] in PACKAGES}


def test_every_entry_of_the_schedule_names_a_task(own_tasks):
    assert sorted(set(SWEEPS) - set(own_tasks)) == []


def test_every_task_is_called_app_dot_verb(own_tasks):
    wrong = [
        f"{name} in {task.__module__}"
        for name, task in own_tasks.items()
        if not NAME.fullmatch(name) or name.split(".")[0] != task.__module__.split(".")[1]
    ]

    assert wrong == []
