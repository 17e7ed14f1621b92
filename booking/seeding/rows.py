"""Rows to come: numbered as they are made, loaded all at once."""

from typing import Any


class Rows:
    """Rows of several tables, each table's numbered from 1 in the order of adding."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {}

    def add(self, table: str, **columns: Any) -> int:
        """Add a row to a table that is numbered; its number."""
        rows = self.tables.setdefault(table, [])
        rows.append({"id": len(rows) + 1, **columns})
        return len(rows)

    def link(self, table: str, **columns: Any) -> None:
        """Add a row to a table whose rows are named by what they join."""
        self.tables.setdefault(table, []).append(columns)

    def count(self, table: str) -> int:
        """How many rows of a table there are to come."""
        return len(self.tables.get(table, ()))
