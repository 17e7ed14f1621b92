"""The two engines that tests run on: real ones, each test with a database of its own."""

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

pytestmark = pytest.mark.both_engines


def tables(engine: Engine) -> list[str]:
    """The tables that are there."""
    return inspect(engine).get_table_names()


def test_the_database_is_migrated_and_on_the_engine_asked_for(database_url: str, engine_name: str) -> None:
    engine = create_engine(database_url)
    try:
        assert engine.dialect.name == engine_name
        assert "claim" in tables(engine)
    finally:
        engine.dispose()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_one_test_leaves_no_other_sees(database_url: str, turn: str) -> None:
    engine = create_engine(database_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE left_behind (id integer)"))
    finally:
        engine.dispose()


def test_an_empty_database_is_empty(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url)
    try:
        assert tables(engine) == []
    finally:
        engine.dispose()
