"""Queries whose SQL is made once for each process.

For the few queries that stand in front of every page: building one and turning it into SQL costs Python several
times what PostgreSQL needs to answer it.

    _BY_ID = Prepared(lambda: Submission.objects.select_related("consultation").filter(public_id=Given("public_id")))
    _BY_ID.first(public_id=...)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models.expressions import Expression
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError

_Row = TypeVar("_Row", bound=models.Model)


class Given(Expression):
    """A place in a prepared query for a value that each call brings. A UUID or time needs its `field`."""

    def __init__(self, name: str, field: models.Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=field)
        self.name, self.kept_as = name, field

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]

    def value(self, values: dict[str, Any], connection: Any) -> Any:
        value = values[self.name]
        return value if self.kept_as is None else self.kept_as.get_db_prep_value(value, connection)


class Prepared(Generic[_Row]):
    """A query that differs between calls only in the values of its `Given` places.

    `build` returns the query of model instances; it is called once for each kind of database. Related rows come by
    `select_related`; `prefetch_related`, `values` and annotations are not for here.
    """

    def __init__(self, build: Callable[[], models.QuerySet[_Row]]) -> None:
        self.build = build
        self._plans: dict[str, _Plan] = {}

    def all(self, **values: Any) -> list[_Row]:
        """Every row, in one query."""
        connection = connections["default"]
        plan = self._plans.get(connection.vendor)
        if plan is None:
            plan = self._plans[connection.vendor] = _Plan(self.build())
        return plan.rows(connection, values)

    def first(self, **values: Any) -> _Row | None:
        """The first row, or None. The query says itself in which order, and how many."""
        rows = self.all(**values)
        return rows[0] if rows else None


class _Plan:
    """What a compiled query has to be asked, and how its rows become instances."""

    def __init__(self, queryset: models.QuerySet[Any]) -> None:
        compiler: Any = queryset.query.get_compiler("default")
        self.sql, self.places = compiler.as_sql()
        self.locks = bool(queryset.query.select_for_update)
        found = compiler.klass_info
        chosen = [column[0].target.attname for column in compiler.select[: len(found["select_fields"])]]
        self.model, self.names = found["model"], chosen
        self.columns = slice(found["select_fields"][0], found["select_fields"][-1] + 1)
        self.related = get_related_populators(found, compiler.select, "default")  # type: ignore[call-arg]  # the stubs know a newer Django
        self.converters = list(compiler.get_converters([column[0] for column in compiler.select]).items())

    def rows(self, connection: Any, values: dict[str, Any]) -> list[Any]:
        if self.locks and connection.get_autocommit():
            raise TransactionManagementError("A query that locks rows needs a transaction.")
        asked = [place.value(values, connection) if isinstance(place, Given) else place for place in self.places]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, asked)
            return [self._instance(connection, row) for row in cursor.fetchall()]

    def _instance(self, connection: Any, row: Any) -> Any:
        if self.converters:
            row = list(row)
            for place, (converters, expression) in self.converters:
                for convert in converters:
                    row[place] = convert(row[place], expression, connection)
        found = self.model.from_db("default", self.names, row[self.columns])
        for related in self.related:
            related.populate(row, found)
        return found
