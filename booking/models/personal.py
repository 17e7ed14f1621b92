"""What is kept about one person, found by how the tables are marked: `info={"personal": ...}` of a column.

The mark names the column that says whose words or secret it is: `account_id`, `decided_by`, or the account's own `id`.
`address` marks a mail address that is a person's wherever it equals hers. Rows that go with their account
(`ON DELETE CASCADE`) are hers as a whole.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, select

from booking.models.database import Session
from booking.models.exports import ROWS_AT_ONCE, SECRET, as_plain, tables
from booking.models.tables import METADATA

ADDRESS = "address"
# The columns that say whom a row is about; the others only say who had a hand in it.
_SUBJECTS = ("account_id", "id")


def mark(column: Column[Any]) -> str | None:
    """Whose the column is, as its table says; None where it holds nothing of a person's."""
    return column.info.get("personal") or None


def owners(table: Table) -> tuple[str, ...]:
    """The columns of a table that name an account."""
    if table.name == "account":
        return ("id",)
    return tuple(
        column.name
        for column in table.columns
        if any(key.column.table.name == "account" for key in column.foreign_keys)
    )


def own_tables() -> tuple[str, ...]:
    """The names of the tables that can hold something about a person."""
    return tuple(name for name in tables() if owners(METADATA.tables[name]) or _addresses(METADATA.tables[name]))


def own_rows(session: Session, table_name: str, account_id: int, email: str) -> Iterator[dict[str, Any]]:
    """What a table holds about one person: her rows, and of those that she had a hand in what is hers.

    No hashes of secrets, no words of whoever else had a hand in them, nobody else's address; instants in ISO form, UTC.
    """
    table = METADATA.tables[table_name]
    columns = [column for column in table.columns if column.name not in SECRET]
    hers = _hers(table, account_id, email)
    question = select(*columns).where(hers).order_by(*table.primary_key.columns)
    for row in session.execute(question.execution_options(yield_per=ROWS_AT_ONCE)).mappings():
        yield {
            column.name: as_plain(row[column.name]) for column in columns if _may_see(column, row, account_id, email)
        }


def _hers(table: Table, account_id: int, email: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] | None = None
    conditions = [table.c[name] == account_id for name in owners(table)]
    for condition in (*conditions, *(column == email for column in _addresses(table))):
        found = condition if found is None else found | condition
    if found is None:
        raise LookupError(table.name)
    return found


def _may_see(column: Column[Any], row: Any, account_id: int, email: str) -> bool:
    """Whether a value of the row is about her, by her, or about nobody."""
    owner = mark(column)
    if owner is None:
        # An account's number leads to nobody's name here, but it is another's.
        return column.name not in owners(column.table) or row[column.name] in (None, account_id)
    if owner == ADDRESS:
        return bool(row[column.name] == email)
    is_about_her = any(name in owners(column.table) and row[name] == account_id for name in _SUBJECTS)
    return is_about_her or bool(row[owner] == account_id)


def _addresses(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if mark(column) == ADDRESS]
