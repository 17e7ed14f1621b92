"""Serves the application from several gunicorn processes, on SQLite too: python -m tests.chaos.crew PORT PROCESSES

With the word `careless` at the end the faults are planted that the races must find: no lock on the tool, and on
SQLite no transaction and no turn around an act.
"""

import os
import sys

from flask import Flask
from sqlalchemy import event

from booking import create_app
from booking.models import database, facts
from booking.models.database import db
from booking.models.turns import Turn
from booking.outside import servers
from config import load_settings


def make() -> Flask:
    """The application as every process has it."""
    return create_app(load_settings(os.environ))


def make_careless() -> Flask:
    """The application without what keeps two acts apart."""
    facts._locks = lambda _session: False
    app = make()
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.remove(db.engine, "begin", database._begin_sqlite)
            Turn.of = classmethod(lambda cls, engine: cls(None))  # type: ignore[assignment]
    return app


if __name__ == "__main__":
    careless = sys.argv[3:] == ["careless"]
    servers.serve_processes(make_careless if careless else make, "127.0.0.1", int(sys.argv[1]), int(sys.argv[2]))
