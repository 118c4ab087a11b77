"""Files that belong to rows: they go when their row has gone for certain, and not before."""

from __future__ import annotations

from django.db import transaction
from django.db.models.fields.files import FieldFile


def delete_when_certain(file: FieldFile) -> None:
    """Delete the file from its storage once the present transaction is through; a rollback keeps it.

    Call it before the row or its column changes: what is deleted is what the file is called now.
    """
    storage, name = file.storage, str(file.name)
    transaction.on_commit(lambda: storage.delete(name))
