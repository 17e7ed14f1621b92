"""Translation between bookings and iCalendar bytes, nothing else."""
