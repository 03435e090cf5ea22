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
from typing import Any, Generic, NamedTuple, TypeVar, cast

from django.db import connection
from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    Expression,
    Field,
    IntegerField,
    Model,
    QuerySet,
    UUIDField,
)
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row", bound=Model)


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
given_text = partial(Given, field=CharField)
given_number = partial(Given, field=IntegerField)
given_id = partial(Given, field=UUIDField)


class _Prepared(NamedTuple):
    """What is kept of a search for one kind of database: nothing that holds a connection open."""

    sql: str
    parameters: Sequence[Any]
    model: type[Model]
    locks: bool
    columns: Sequence[Any]
    converted: Sequence[int]
    """The places of the columns that have to be made into what Django gives."""

    @classmethod
    def of(cls, compiler: SQLCompiler) -> "_Prepared":
        sql, parameters = compiler.as_sql()
        columns = [column for column, *_ in compiler.select or ()]
        query = compiler.query
        assert query.model is not None
        converted = sorted(compiler.get_converters(columns))
        return cls(sql, parameters, query.model, query.select_for_update, columns, converted)


class Search(Generic[Row]):
    """Rows that hold ``Given`` values. `rows` is asked once, when the search is.

    Every way to ask raises `KeyError` when a value is missing, and `TransactionManagementError` when rows are to be
    locked outside of a transaction.
    """

    def __init__(self, rows: "Callable[[], QuerySet[Row, Any]]") -> None:
        self._rows = rows
        self._prepared: dict[str, _Prepared] = {}

    def ids(self, limit: int, **values: Any) -> list[Any]:
        """The one column that the rows chose, of at most `limit` of them."""
        return [row[0] for row in self._ask(values, limit)]

    def any(self, **values: Any) -> bool:
        """Whether there is a row."""
        return bool(self._ask(values, 1))

    def columns(self, limit: int | None = None, **values: Any) -> list[list[Any]]:
        """The columns that the rows chose, of at most `limit` of them or of all."""
        return self._ask(values, limit)

    def all(self, **values: Any) -> list[Row]:
        """The rows as objects of their model."""
        prepared = self._now()
        model = cast("type[Row]", prepared.model)
        names = [column.target.attname for column in prepared.columns]
        return [model.from_db("default", names, row) for row in self._ask(values)]

    def first(self, **values: Any) -> Row | None:
        """The first of them, or `None`."""
        return next(iter(self.all(**values)), None)

    def one(self, **values: Any) -> Row:
        """The only one. Raises the model's `DoesNotExist`."""
        found = self.first(**values)
        return found if found is not None else self._rows().none().get()

    def value(self, **values: Any) -> Any:
        """The one column of the only one. Raises the model's `DoesNotExist`."""
        found = self.ids(1, **values)
        return found[0] if found else self._rows().none().get()

    def _now(self) -> _Prepared:
        if connection.vendor not in self._prepared:
            self._prepared[connection.vendor] = _Prepared.of(self._rows().query.get_compiler("default"))
        return self._prepared[connection.vendor]

    def _ask(self, values: dict[str, Any], limit: int | None = None) -> list[list[Any]]:
        prepared = self._now()
        if prepared.locks and connection.get_autocommit():
            raise TransactionManagementError("Rows are locked inside of a transaction only.")
        filled = [_filled(one, values) if isinstance(one, Given) else one for one in prepared.parameters]
        end = "" if limit is None else f" LIMIT {max(limit, 0):d}"
        with connection.cursor() as cursor:
            cursor.execute(prepared.sql + end, filled)
            rows = [list(row) for row in cursor.fetchall()]
        return _converted(prepared, rows) if rows else []


def _filled(given: Given, values: dict[str, Any]) -> Any:
    """The value as the database takes it."""
    return given.output_field.get_db_prep_value(values[given.name], connection)


def _converted(prepared: _Prepared, rows: list[list[Any]]) -> list[list[Any]]:
    """The rows as Django reads them, by this thread's connection: see `SQLCompiler.apply_converters`."""
    for place in prepared.converted:
        column = prepared.columns[place]
        backend = connection.ops.get_db_converters(column)
        for converter in (*backend, *column.get_db_converters(connection)):
            for row in rows:
                row[place] = converter(row[place], column, connection)
    return rows
