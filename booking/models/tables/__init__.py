"""The tables, a module per room; importing this package makes the metadata complete."""

from booking.models.database import Base
from booking.models.tables import (
    accounts,
    audit,
    bookings,
    calendars,
    certificates,
    jobs,
    limits,
    reports,
    series,
    spaces,
    teams,
    tools,
    traffic,
    visits,
    waitlist,
)

ROOMS = (
    *(accounts, teams, spaces, tools, certificates, visits, reports, series, bookings, limits, waitlist),
    *(calendars, jobs, audit, traffic),
)
METADATA = Base.metadata
