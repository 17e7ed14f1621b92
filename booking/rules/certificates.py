"""Until when a certificate lasts."""

from datetime import datetime, timedelta

from booking.rules import hours

LONGEST_VALID_DAYS = 3650
# An end is told by its day, so it is the last second of that day and not the midnight after it.
_SECOND = timedelta(seconds=1)


def ends_at(zone: str, granted_at: datetime, valid_days: int | None) -> datetime | None:
    """The last second (UTC) of the day, so many days after that of the granting by the zone's clock; None: never."""
    if valid_days is None:
        return None
    last_day = hours.to_wall(zone, granted_at).date() + timedelta(days=valid_days)
    return hours.day_span(zone, last_day).end - _SECOND
