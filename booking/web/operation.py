"""What machines ask to know whether the service is well: alive, ready, and a few figures."""

from datetime import datetime

from flask import Blueprint, Response, jsonify, make_response
from flask.typing import ResponseReturnValue

from booking import edge
from booking.models import health, jobs
from booking.models.database import db
from booking.models.health import Standing
from booking.outside import clock

blueprint = Blueprint("operation", __name__)


@blueprint.get("/healthz")
@edge.access(edge.Access.PUBLIC)
def alive() -> ResponseReturnValue:
    """Answers while the process lives; asks nobody."""
    return _plain("alive\n")


@blueprint.get("/readyz")
@edge.access(edge.Access.PUBLIC)
def ready() -> ResponseReturnValue:
    """200 while the database answers and is at this release's revision, else 503; tells the worker's last beat.

    A worker that is gone does not make the pages unready: bookings go on, mail waits.
    """
    found = health.examine(db.engine)
    if found.standing is not Standing.READY:
        return jsonify(status=found.standing.value), 503
    seconds = _seconds_since(jobs.beat_at(edge.session()))
    return jsonify(status="ready", worker_beat_seconds=seconds)


@blueprint.get("/metrics")
@edge.access(edge.Access.PUBLIC)
def metrics() -> ResponseReturnValue:
    """Figures in the text format of Prometheus; none of them says anything of a person."""
    queue, network = jobs.figures(edge.session(), clock.now()), health.counts(edge.session())
    figures = {
        "benchtime_accounts": network.accounts,
        "benchtime_spaces": network.spaces,
        "benchtime_tools": network.tools,
        "benchtime_bookings_pending": network.pending,
        "benchtime_jobs_waiting": queue.waiting,
        "benchtime_jobs_dead": queue.dead,
        "benchtime_jobs_oldest_due_seconds": _seconds_since(queue.oldest_due_at) or 0,
    }
    beat = _seconds_since(queue.beat_at)
    if beat is not None:
        figures["benchtime_worker_beat_seconds"] = beat
    lines = (f"# TYPE {name} gauge\n{name} {value}\n" for name, value in figures.items())
    return _plain("".join(lines))


def _seconds_since(instant: datetime | None) -> int | None:
    return None if instant is None else max(0, int((clock.now() - instant).total_seconds()))


def _plain(text: str) -> Response:
    response = make_response(text)
    response.mimetype = "text/plain"
    return response
