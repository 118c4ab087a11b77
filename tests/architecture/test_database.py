"""Tables and their migrations agree, and names are ones that people gave."""

import re
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command

from tests.architecture.tree import PACKAGES, own_files, shown

LONGEST_IDENTIFIER = 63


@pytest.mark.django_db
def test_no_model_waits_for_a_migration():
    said = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())


def test_migrations_are_named_by_hand():
    wrong = [
        shown(path)
        for package in PACKAGES
        for path in own_files(".py", under=package)
        if path.parent.name == "migrations"
        and path.stem != "__init__"
        and not re.fullmatch(r"\d{4}_(?!auto_)[a-z0-9_]+", path.stem)
    ]

    assert wrong == []


def test_labels_of_apps_are_their_short_names():
    own = [config for config in apps.get_app_configs() if config.name.split(".")[0] in PACKAGES]

    assert [config.name for config in own if config.label != config.name.split(".")[-1]] == []


def test_names_of_constraints_and_indexes_fit_every_database():
    too_long = [
        f"{model.__name__}.{thing.name}"
        for model in apps.get_models()
        for thing in [*model._meta.constraints, *model._meta.indexes]
        if len(thing.name) > LONGEST_IDENTIFIER
    ]

    assert too_long == []
