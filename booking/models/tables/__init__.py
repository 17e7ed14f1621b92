"""The tables, a module per room; importing this package makes the metadata complete."""

from booking.models.database import Base
from booking.models.tables import accounts, audit, bookings, calendars, certificates, jobs, spaces, tools, traffic

ROOMS = (accounts, spaces, tools, certificates, bookings, calendars, jobs, audit, traffic)
METADATA = Base.metadata
