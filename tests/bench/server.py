"""One gunicorn process with the application, and beside it bare routes to compare with: what little must cost.

    python -m tests.bench.server PORT [PROCESSES]

/bare/empty answers with nothing, /bare/join reads the stored events of an account's bookings by one statement,
/bare/week reads what a space's tools hold in a week and writes it into a bare table.
"""

import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, render_template_string, request
from sqlalchemy import Engine, bindparam, create_engine, text
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from booking import create_app
from booking.models.database import Instant, adopt, engine_options
from booking.outside import servers
from config import load_settings

JOIN = text(
    "SELECT rendering.body FROM booking JOIN rendering ON rendering.booking_id = booking.id"
    " WHERE booking.account_id = :account AND rendering.audience = 'own' ORDER BY booking.starts_at, booking.id"
)


WEEK = text(
    "SELECT tool.name, claim.blocks_from, claim.blocks_until FROM claim JOIN unit ON unit.id = claim.unit_id"
    " JOIN tool ON tool.id = unit.tool_id WHERE claim.blocking AND claim.space_id = :space"
    " AND claim.blocks_from >= :start AND claim.blocks_from < :end ORDER BY tool.name, claim.blocks_from"
)
_WEEK = WEEK.bindparams(bindparam("start", type_=Instant()), bindparam("end", type_=Instant()))
TABLE = "<table>{% for row in rows %}<tr><td>{{ row[0] }}<td>{{ row[1] }}<td>{{ row[2] }}{% endfor %}</table>"


def application() -> Callable[..., Any]:
    """Both, behind one address."""
    settings = load_settings(os.environ)
    engine = create_engine(settings.database_url, **engine_options(settings.database_url))
    adopt(engine)
    return DispatcherMiddleware(create_app(settings), {"/bare": bare(engine)})


def bare(engine: Engine) -> Flask:
    """An application of two routes and nothing else."""
    app = Flask("bare")

    @app.get("/empty")
    def empty() -> Response:
        return Response(b"")

    @app.get("/join")
    def join() -> Response:
        with engine.connect() as connection:
            bodies = connection.execute(JOIN, {"account": request.args["account"]}).scalars().all()
        return Response(b"".join(bodies), content_type="text/calendar; charset=utf-8")

    @app.get("/week")
    def week() -> str:
        start = datetime.fromisoformat(request.args["start"])
        values = {"space": int(request.args["space"]), "start": start, "end": start + timedelta(days=7)}
        with engine.connect() as connection:
            rows = connection.execute(_WEEK, values).all()
        return render_template_string(TABLE, rows=rows)

    return app


if __name__ == "__main__":
    servers.serve_processes(application, "127.0.0.1", int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
