"""One gunicorn process with the application, and beside it bare routes to compare with: what little must cost.

    python -m tests.bench.server PORT

/bare/empty answers with nothing, /bare/join reads the stored events of an account's bookings by one statement.
"""

import os
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import Engine, create_engine, text
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from booking import create_app
from booking.models.database import adopt, engine_options
from booking.outside import servers
from config import load_settings

JOIN = text(
    "SELECT rendering.body FROM booking JOIN rendering ON rendering.booking_id = booking.id"
    " WHERE booking.account_id = :account AND rendering.audience = 'own' ORDER BY booking.starts_at, booking.id"
)


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

    return app


if __name__ == "__main__":
    servers.serve_processes(application, "127.0.0.1", int(sys.argv[1]), 1)
