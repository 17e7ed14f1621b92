"""Lists of ids as one value, so that a question about many is spelled once, however many they are."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, Dialect, String, TypeDecorator, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class Ids(TypeDecorator[Collection[int]]):
    """Any number of ids: an array on PostgreSQL, JSON on SQLite."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(BigInteger) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> Any:
        ids = [] if value is None else list(value)
        return ids if dialect.name == "postgresql" else json.dumps(ids)


def ids_named(name: str) -> BindParameter[Any]:
    """The value of that name as a list of ids."""
    return bindparam(name, type_=Ids())


class among(FunctionElement[bool]):  # noqa: N801
    """Whether a column is one of the ids of a list: among(column, ids_named("tools"))."""

    name = "among"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> "among":
        """As it is: compared with 1, as SQLite's truth values are, it would find nothing along an index."""
        return self


@compiles(among, "postgresql")
def _in_array(element: among, compiler: Any, **options: Any) -> str:
    column, ids = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY (CAST({ids} AS bigint[]))"


@compiles(among)
def _in_json(element: among, compiler: Any, **options: Any) -> str:
    column, ids = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - both are spelled by SQLAlchemy
