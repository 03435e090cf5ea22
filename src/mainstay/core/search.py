"""Searches that are asked again and again with other values, put into SQL once.

Django puts a query together anew each time it is asked, which takes five to ten times as long as the database needs
to find nothing. A worker with nothing to do asks little else, so its searches say which of their values are to come:

    @Search
    def _over() -> QuerySet[Pause]:
        return Pause.objects.filter(ends_on__lte=given_day("today")).values_list("pk")

    _over.ids(100, today=newsroom.today(now))
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import DateField, DateTimeField, Expression, Field, QuerySet, UUIDField
from django.db.models.sql.compiler import SQLCompiler


class Given(Expression):
    """A value that is told when the search is asked. It stands for itself among the parameters until then."""

    def __init__(self, name: str, field: "type[Field[Any, Any]]") -> None:
        super().__init__(output_field=field())
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """One placeholder."""
        return "%s", [self]


given_day = partial(Given, field=DateField)
given_moment = partial(Given, field=DateTimeField)
given_id = partial(Given, field=UUIDField)


class _Prepared(NamedTuple):
    """What is kept of a search for one kind of database. The compiler knows how its columns are read back."""

    sql: str
    parameters: Sequence[Any]
    compiler: SQLCompiler


class Search:
    """Rows that hold ``Given`` values. `rows` is asked once, when the search is."""

    def __init__(self, rows: "Callable[[], QuerySet[Any, Any]]") -> None:
        self._rows = rows
        self._prepared: dict[str, _Prepared] = {}

    def ids(self, limit: int, **values: Any) -> list[Any]:
        """The one column that the rows chose, of at most `limit` of them. Raises `KeyError` without all the values."""
        return [row[0] for row in self._ask(f" LIMIT {max(limit, 0):d}", values)]

    def any(self, **values: Any) -> bool:
        """Whether there is a row."""
        return bool(self.ids(1, **values))

    def all(self, **values: Any) -> list[Any]:
        """The rows as objects of their model."""
        compiler = self._now().compiler
        assert compiler.select is not None
        assert compiler.query.model is not None
        names = [column.target.attname for column, *_ in compiler.select]
        return [compiler.query.model.from_db("default", names, row) for row in self._ask("", values)]

    def _now(self) -> _Prepared:
        if connection.vendor not in self._prepared:
            compiler = self._rows().query.get_compiler("default")
            sql, parameters = compiler.as_sql()
            self._prepared[connection.vendor] = _Prepared(sql, parameters, compiler)
        return self._prepared[connection.vendor]

    def _ask(self, end: str, values: dict[str, Any]) -> list[Sequence[Any]]:
        sql, parameters, compiler = self._now()
        filled = [_filled(one, values) if isinstance(one, Given) else one for one in parameters]
        with connection.cursor() as cursor:
            cursor.execute(sql + end, filled)
            rows = cursor.fetchall()
        return list(compiler.results_iter([rows])) if rows else []


def _filled(given: Given, values: dict[str, Any]) -> Any:
    """The value as the database takes it."""
    return given.output_field.get_db_prep_value(values[given.name], connection)
