"""What whoever sees a booking can do about it once its time comes: check in, give back, stay longer."""

from dataclasses import dataclass
from datetime import datetime

from booking import edge
from booking.actions import arrivals as actions
from booking.models.bookings import BookingCard
from booking.rules.arrivals import opens_at
from booking.rules.states import Act, State, is_possible


@dataclass(frozen=True, slots=True)
class Presence:
    """The acts that are possible now, and when one has to have checked in where the tool asks for it.

    `opens_at` and `missed_at` are None where nobody waits for a check-in; `later_ends` are ends to extend to,
    `overridable_ends` those to which only a manager can, who sets something aside.
    """

    may_check_in: bool
    may_give_back: bool
    later_ends: tuple[datetime, ...]
    overridable_ends: tuple[datetime, ...]
    opens_at: datetime | None
    missed_at: datetime | None


def of(card: BookingCard) -> Presence:
    """What can be done to the booking now."""
    call = edge.read_call()
    missed_at = actions.missed_when(call, card.id)
    return Presence(
        may_check_in=is_possible(card.state, Act.CHECK_IN, card.span, call.now),
        may_give_back=_may_give_back(card, call.now),
        later_ends=actions.extensions(call, card),
        overridable_ends=actions.overridable_extensions(call, card),
        opens_at=opens_at(card.span) if missed_at else None,
        missed_at=missed_at,
    )


def _may_give_back(card: BookingCard, now: datetime) -> bool:
    """Whether its time can be given back: once it has begun, or somebody has checked in to it before."""
    is_early = card.state is State.IN_USE and now < card.starts_at
    return is_early or is_possible(card.state, Act.GIVE_BACK, card.span, now)
