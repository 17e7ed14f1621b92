"""Four weeks of bookings around now: two weeks back, two ahead, by the habits of people at each space."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from booking.rules import hours
from booking.rules.facts import Approval
from booking.rules.refusals import Refused
from booking.rules.spans import Span
from booking.rules.states import State
from booking.seeding import habits
from booking.seeding.accounts import Maker, Town
from booking.seeding.diary import Diary
from booking.seeding.people import purposes
from booking.seeding.places import PlacedSpace, PlacedTool

AROUND = 14
# Of a hundred people at a tool that takes guests, so many are guests; approval may be for them only.
_GUESTS, _GUESTS_WHO_ASK = 12, 30
_TRIES = 3


class Weeks:
    """Fills the diary of a network with what its people would book."""

    def __init__(self, spaces: Sequence[PlacedSpace], town: Town, diary: Diary, now: datetime, chance: Random) -> None:
        self._spaces, self._town, self._diary, self._now, self._chance = spaces, town, diary, now, chance
        self._able: dict[int, tuple[list[Maker], list[Maker]]] = {}

    def fill(self) -> None:
        """Book every tool of every space, day by day."""
        for space in self._spaces:
            today = hours.to_wall(space.plan.zone, self._now).date()
            for tool in space.tools:
                for ahead in range(-AROUND, AROUND + 1):
                    self._fill_day(space, tool, today + timedelta(days=ahead), ahead)

    def ask_for_approval(self) -> None:
        """Let somebody wait for a manager's word at every tool that needs one."""
        for space in self._spaces:
            for tool in space.tools:
                if tool.facts.limits.approval is not Approval.NEVER:
                    self._ask_once(space, tool)

    def _ask_once(self, space: PlacedSpace, tool: PlacedTool) -> None:
        today = hours.to_wall(space.plan.zone, self._now).date()
        guests = tool.facts.limits.approval is Approval.VISITORS
        for ahead in range(2, AROUND):
            for _ in range(_TRIES):
                made_at = self._now - timedelta(minutes=self._chance.randrange(30, 2400))
                day = today + timedelta(days=ahead)
                if self._try(space, tool, self._somebody(tool, guests=guests), day, made_at) is State.PENDING:
                    return

    def _fill_day(self, space: PlacedSpace, tool: PlacedTool, day: date, ahead: int) -> None:
        plan = tool.plan
        for _ in range(habits.how_many(plan.model.kind, plan.units, space.plan.appetite, ahead, self._chance)):
            asks = tool.facts.limits.approval is Approval.VISITORS
            guests = self._chance.randrange(100) < (_GUESTS_WHO_ASK if asks else _GUESTS)
            maker = self._somebody(tool, guests=guests)
            for _ in range(_TRIES):
                if self._try(space, tool, maker, day, None) is not None:
                    break

    def _try(
        self, space: PlacedSpace, tool: PlacedTool, maker: Maker, day: date, made_at: datetime | None
    ) -> State | None:
        limits, kind = tool.facts.limits, tool.plan.model.kind
        length = habits.length(
            kind, limits.shortest_minutes, limits.longest_minutes, limits.grain_minutes, self._chance
        )
        try:
            start = hours.to_utc(space.plan.zone, habits.start(day, limits.grain_minutes, self._chance))
        except Refused:  # The clocks jump over that time.
            return None
        made_at = made_at or self._made_at(start)
        purpose = self._chance.choice(purposes(maker.culture))
        return self._diary.book(space, tool, maker, Span(start, start + length), purpose, made_at)

    def _made_at(self, start: datetime) -> datetime:
        """When a booking with this start was made: hours or days before it, and before now."""
        latest = min(start - timedelta(hours=2), self._now - timedelta(minutes=30))
        return latest - timedelta(minutes=self._chance.randrange(6 * 1440))

    def _somebody(self, tool: PlacedTool, *, guests: bool) -> Maker:
        """Somebody who holds the tool's trainings: from the space, or a guest where it takes any."""
        if tool.facts.id not in self._able:
            self._able[tool.facts.id] = self._who_can(tool)
        at_home, elsewhere = self._able[tool.facts.id]
        return self._chance.choice(elsewhere if guests and elsewhere else at_home)

    def _who_can(self, tool: PlacedTool) -> tuple[list[Maker], list[Maker]]:
        needed, space_id = set(tool.facts.certificate_ids), tool.facts.space_id
        able = [
            maker
            for email, maker in self._town.by_email.items()
            if needed <= maker.certificates.keys() and email not in self._town.reserved
        ]
        at_home = [maker for maker in able if space_id in maker.roles]
        takes_guests = tool.facts.bookable_by == "network"
        elsewhere = [maker for maker in able if space_id not in maker.roles and maker.roles] if takes_guests else []
        return at_home, elsewhere
