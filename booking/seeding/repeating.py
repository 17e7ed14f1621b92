"""What the invented network shows of series and plans: repeating bookings, and several tools booked in one go."""

from datetime import datetime, time, timedelta
from typing import Any

from booking.rules import recurrence
from booking.rules.recurrence import Frequency, Pattern
from booking.rules.spans import Span
from booking.rules.states import State
from booking.seeding import log_ins
from booking.seeding.accounts import Maker, Town
from booking.seeding.diary import Diary
from booking.seeding.places import PlacedSpace, PlacedTool
from booking.seeding.rows import Rows

_PRINTER, _LASER, _SEWING = "bambu-lab-x1-carbon", "thunder-laser-nova-51", "jack-f5"
_MADE_BEFORE = timedelta(hours=7)


class Repeating:
    """Adds them, by the rules of the diary, and marks the bookings that belong to one."""

    def __init__(self, rows: Rows, diary: Diary, home: PlacedSpace, town: Town, now: datetime) -> None:
        self._rows, self._diary, self._home, self._town, self._now = rows, diary, home, town, now
        self._marks: dict[int, dict[str, Any]] = {}

    def tell(self) -> None:
        """A weekly series of the fixed maker, one of somebody else that waits for an answer, and a plan."""
        maker = self._town.by_email[log_ins.MAKER]
        self._repeat(maker, _PRINTER, 2, time(9), 120, "Printing for the robot club", 6)
        other = self._town.by_email[log_ins.NUMBERED[4]]
        self._repeat(other, _LASER, 1, time(16), 60, "展板，每周一块", 3, State.PENDING)
        self._plan(maker, "Tool roll with a printed box", 5)

    def mark(self) -> None:
        """Say of every booking what it belongs to, when all of them are there."""
        unmarked = dict.fromkeys(("series_id", "series_day", "plan_id", "plan_position"))
        for booking in self._rows.tables["booking"]:
            booking.update(unmarked | self._marks.get(booking["id"], {}))

    def _repeat(
        self,
        maker: Maker,
        slug: str,
        days_ahead: int,
        at: time,
        minutes: int,
        purpose: str,
        times: int,
        state: State | None = None,
    ) -> None:
        first = (self._now + timedelta(days=days_ahead)).date()
        zone, tool = self._home.plan.zone, self._tool(slug)
        pattern = Pattern(Frequency.WEEKLY, first, at.hour * 60 + at.minute, minutes, times=times)
        series_id = self._rows.add(
            "series",
            account_id=maker.id,
            team_id=None,
            tool_id=tool.facts.id,
            frequency=pattern.frequency.value,
            step=1,
            weekdays=[],
            first_day=first,
            last_day=None,
            times=times,
            starts=pattern.starts,
            minutes=minutes,
            time_zone=zone,
            purpose=purpose,
            created_at=self._now - _MADE_BEFORE,
            ended_at=None,
        )
        for each in recurrence.occurrences(pattern, zone):
            if each.span:
                self._book(maker, tool, each.span, purpose, state, series_id=series_id, series_day=each.day)

    def _plan(self, maker: Maker, name: str, days_ahead: int) -> None:
        plan_id = self._rows.add(
            "plan", account_id=maker.id, team_id=None, name=name, created_at=self._now - _MADE_BEFORE
        )
        first = (self._now + timedelta(days=days_ahead)).date()
        steps = ((_PRINTER, 13, 120), (_SEWING, 16, 90), (_LASER, 18, 60))
        for place, (slug, hour, minutes) in enumerate(steps, 1):
            pattern = Pattern(Frequency.DAILY, first, hour * 60, minutes, times=1)
            span = recurrence.occurrence_on(pattern, self._home.plan.zone, first).span
            state = State.PENDING if slug == _LASER else None
            if span:
                self._book(maker, self._tool(slug), span, name, state, plan_id=plan_id, plan_position=place)

    def _book(
        self, maker: Maker, tool: PlacedTool, span: Span, purpose: str, state: State | None, **marks: Any
    ) -> None:
        made_at = self._now - _MADE_BEFORE
        wished = state or State.CONFIRMED
        if self._diary.book(self._home, tool, maker, span, purpose, made_at, wished):
            self._marks[self._rows.count("booking")] = marks

    def _tool(self, slug: str) -> PlacedTool:
        return next(tool for tool in self._home.tools if tool.slug == slug)
