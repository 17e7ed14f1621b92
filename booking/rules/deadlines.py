"""How long a request waits: when it is brought to mind, when it goes to the deputy, and when it expires."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Thirty days; no tool can be booked for longer ahead than managers may take for a word.
LONGEST_HOURS = 720
# How long freed time may be held for whoever waited longest: five minutes to a day.
OFFER_MINUTES = (5, 24 * 60)
USUAL_OFFER_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Patience:
    """After how many hours each of it happens at a space, and who its deputy is; None: never, nobody.

    `offer_minutes` says how long an offer from the waitlist is held.
    """

    reminder_hours: int | None = None
    deputy_hours: int | None = None
    approval_hours: int | None = None
    deputy_id: int | None = None
    offer_minutes: int = USUAL_OFFER_MINUTES

    def decide_by(self, asked_at: datetime, starts_at: datetime) -> datetime:
        """Until when a request is decided: its start at the latest."""
        return self._earliest(asked_at, self.approval_hours, starts_at)

    def reminder_at(self, asked_at: datetime, starts_at: datetime) -> datetime | None:
        """When managers hear of it again; None where it would be over by then."""
        return self._before(asked_at, self.reminder_hours, starts_at)

    def escalates_at(self, asked_at: datetime, starts_at: datetime) -> datetime | None:
        """When it goes to the deputy; None without one, and where it would be over by then."""
        return self._before(asked_at, self.deputy_hours, starts_at) if self.deputy_id is not None else None

    def _before(self, asked_at: datetime, hours: int | None, starts_at: datetime) -> datetime | None:
        if hours is None:
            return None
        at = asked_at + timedelta(hours=hours)
        return at if at < self.decide_by(asked_at, starts_at) else None

    @staticmethod
    def _earliest(asked_at: datetime, hours: int | None, starts_at: datetime) -> datetime:
        return starts_at if hours is None else min(starts_at, asked_at + timedelta(hours=hours))
