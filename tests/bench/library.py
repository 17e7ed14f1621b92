"""The icalendar library building the calendar that a feed shows, as programs commonly do it."""

import time
from datetime import datetime

from icalendar import Calendar, Event
from sqlalchemy import Engine, select

from booking.models.tables.bookings import Booking
from booking.models.tables.tools import Tool


def milliseconds(engine: Engine) -> float:
    """Processor time to build and write the calendar of all bookings; reading them is not counted."""
    with engine.connect() as connection:
        question = select(
            Booking.uid, Booking.starts_at, Booking.ends_at, Booking.changed_at, Booking.purpose, Tool.name
        )
        rows = connection.execute(question.join(Tool, Tool.id == Booking.tool_id)).all()
    began = time.process_time()
    calendar = Calendar()
    calendar.add("prodid", "-//Benchtime//EN")
    calendar.add("version", "2.0")
    for row in rows:
        calendar.add_component(_event(*row))
    if len(calendar.to_ical()) < len(rows) * 100:
        raise RuntimeError("the library wrote too little")
    return (time.process_time() - began) * 1000


def _event(uid: str, start: datetime, end: datetime, changed: datetime, purpose: str, tool: str) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", changed)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", f"{tool}, Werkhof")
    event.add("location", "Room 2, Werkhof, Hauptstr. 5, Berlin")
    event.add("description", f"{purpose}\n{start:%Y-%m-%d %H:%M}\nhttp://127.0.0.1:8000/bookings/1")
    event.add("url", "http://127.0.0.1:8000/bookings/1")
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("categories", [tool])
    event.add("geo", (52.5, 13.4))
    event.add("sequence", 0)
    event.add("created", changed)
    event.add("last-modified", changed)
    return event
