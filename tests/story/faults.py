"""Faults to plant: each breaks one promise of the service, and the story has to find it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine

from booking.actions import approvals, bookings, renderings
from booking.actions.call import Call
from booking.models import claims, guards
from booking.models.database import writing
from booking.rules import units
from booking.rules.spans import Span

Fault = Callable[[Engine], AbstractContextManager[Any]]


def nothing(*_args: Any, **_kwargs: Any) -> None:
    """Do nothing instead."""


@contextmanager
def no_guard(engine: Engine) -> Iterator[None]:
    """The database lets two claims have one unit."""
    with writing(engine) as session:
        guards.lift(session.connection())
    yield


def closed_interval(_engine: Engine) -> AbstractContextManager[Any]:
    """Bookings that only touch one another count as overlapping."""
    return patch.object(Span, "overlaps", lambda one, other: one.start <= other.end and other.start <= one.end)


def approve_without_asking_again(_engine: Engine) -> AbstractContextManager[Any]:
    """A yes is a yes, whatever happened since the request."""
    return patch.object(approvals, "objections", lambda *_: ())


def cancelled_still_holds(_engine: Engine) -> AbstractContextManager[Any]:
    """Who gives a booking up keeps its time."""
    return patch.object(claims, "release", nothing)


def move_forgets_the_claim(_engine: Engine) -> AbstractContextManager[Any]:
    """The booking moves, the time that it holds stays where it was."""
    return patch.object(claims, "shift_all", nothing)


def no_buffers(_engine: Engine) -> AbstractContextManager[Any]:
    """Set-up and clean-up are not held."""
    return patch.object(units, "with_buffers", lambda _facts, span: span)


def stale_calendars(_engine: Engine) -> AbstractContextManager[Any]:
    """Calendars go on showing what was."""
    return patch.object(renderings, "refresh", nothing)


def silent_cancellation(_engine: Engine) -> AbstractContextManager[Any]:
    """Nobody hears of a booking that ends."""
    tell = bookings.tell

    def deaf(call: Any, card: Any, event: str, *args: Any, **kwargs: Any) -> None:
        if event != "booking_cancelled":
            tell(call, card, event, *args, **kwargs)

    return patch.object(bookings, "tell", deaf)


def undo_for_ever(_engine: Engine) -> AbstractContextManager[Any]:
    """Decisions can be taken back days later."""
    return patch.object(approvals, "UNDONE_WITHIN", timedelta(days=7))


def deaf_clock(_engine: Engine) -> AbstractContextManager[Any]:
    """Requests never expire."""
    return patch.object(bookings, "expire", nothing)


def unwritten_acts(_engine: Engine) -> AbstractContextManager[Any]:
    """Who did what is not written down."""
    return patch.object(Call, "note", nothing)


def past_is_open(_engine: Engine) -> AbstractContextManager[Any]:
    """Time that is over can still be booked."""
    from booking.rules import policy

    return patch.object(policy, "RULES", tuple(each for each in policy.RULES if each.__name__ != "in_the_past"))


FAULTS: tuple[Fault, ...] = (
    no_guard,
    closed_interval,
    approve_without_asking_again,
    cancelled_still_holds,
    move_forgets_the_claim,
    no_buffers,
    stale_calendars,
    silent_cancellation,
    undo_for_ever,
    deaf_clock,
    unwritten_acts,
    past_is_open,
)
