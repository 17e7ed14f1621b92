"""A network of full size to measure with: loaded first, constrained last, then verified."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from time import perf_counter

from booking.actions import kinds
from booking.actions.call import Call
from booking.models import bulk, loading
from booking.models.database import Engine, Session, in_transaction
from booking.models.kinds import kind_cards
from booking.outside import passwords
from booking.rules import hours
from booking.rules.facts import Approval
from booking.rules.spans import Span
from booking.seeding import habits, log_ins, terrain
from booking.seeding.accounts import Maker, Town
from booking.seeding.people import Crowd, purposes
from booking.seeding.places import PlacedSpace, PlacedTool, add_space
from booking.seeding.rows import Rows
from booking.seeding.sweep import Measure, Opening, sweep
from config import Settings

Progress = Callable[[str, int, int], None]
_DAY = 86_400
# Of a hundred bookings so many were given back; of those to come at a tool that asks, so many still wait.
_GIVEN_BACK, _WAITING, _WAITS_DAYS = 0.06, 0.3, 14


@dataclass(frozen=True, slots=True)
class Size:
    """How much is invented; the same number makes the same network on the same day."""

    spaces: int = 342
    tools: int = 4_100
    bookings: int = 50_000
    number: int = 1


@dataclass(frozen=True, slots=True)
class Seeded:
    """What there is now, how to sign in, and how long each step took in seconds."""

    spaces: int
    tools: int
    people: int
    bookings: int
    password: str
    log_ins: tuple[str, ...] = log_ins.NAMED
    seconds: dict[str, float] = field(default_factory=dict)


def seed(engine: Engine, settings: Settings, now: datetime, size: Size, progress: Progress) -> Seeded:
    """Fill an empty database in one transaction; needs an application context.

    `progress(step, done, of)` is called on the way; steps are places, bookings, constraints, verification. Raises
    loading.NotEmptyError when there are people, spaces, tools or bookings already.
    """
    in_transaction(engine, loading.require_empty)
    password = log_ins.demo_password(settings)
    password_hash = passwords.hashed(password)
    return in_transaction(
        engine, lambda session: _Load(session, settings, now, size, progress).run(password, password_hash)
    )


class _Load:
    """One run of the load, inside its transaction."""

    def __init__(self, session: Session, settings: Settings, now: datetime, size: Size, progress: Progress) -> None:
        self._session, self._settings, self._now, self._size, self._progress = session, settings, now, size, progress
        self._chance = Random(size.number)  # noqa: S311
        self._rows = Rows()
        self._seconds: dict[str, float] = {}
        self._written, self._of = 0, 1

    def run(self, password: str, password_hash: str) -> Seeded:
        """Everything, step by step."""
        loading.require_empty(self._session)
        connection = self._session.connection()
        town: list[tuple[PlacedSpace, list[Maker]]] = []
        self._step("places", lambda: town.extend(self._places(password_hash)))
        self._step("bookings", lambda: self._bookings(town))
        self._step("constraints", lambda: bulk.constrain(connection, partial(self._tell, "constraints")))
        self._step("verification", lambda: bulk.verify(connection))
        # Feeds are right without stored events, only slower; the worker fills them in.
        Call(self._session, None, self._now, self._settings).later("render", {"fill": True})
        return Seeded(
            spaces=self._size.spaces,
            tools=self._size.tools,
            people=self._rows.count("account"),
            bookings=self._written,
            password=password,
            seconds=self._seconds,
        )

    def _step(self, name: str, work: Callable[[], None]) -> None:
        self._tell(name, 0, 1)
        began = perf_counter()
        work()
        self._seconds[name] = perf_counter() - began
        self._tell(name, self._of, self._of)

    def _tell(self, name: str, done: int, of: int) -> None:
        self._of = of
        self._progress(name, done, of)

    def _places(self, password_hash: str) -> list[tuple[PlacedSpace, list[Maker]]]:
        kinds.ensure_builtin(Call(self._session, None, self._now, self._settings))
        kind_ids = {card.slug: card.id for card in kind_cards(self._session)}
        town = Town(self._rows, Crowd(self._chance), password_hash, self._now, self._chance)
        placed = [
            add_space(self._rows, plan, kind_ids, self._now, self._chance)
            for plan in terrain.plans(self._size.spaces, self._size.tools, self._chance)
        ]
        town.add_named(placed[0])
        for space in placed:
            town.add_members(space)
            town.train(space)
        loading.load(self._session, self._rows.tables)
        return [(space, town.members[space.id]) for space in placed]

    def _bookings(self, town: Sequence[tuple[PlacedSpace, list[Maker]]]) -> None:
        bulk.load_bookings(
            self._session.connection(),
            self._lines(town),
            f"network{self._size.number}-",
            self._settings.uid_domain,
            lambda done: self._tell("bookings", done, self._size.bookings),
        )

    def _lines(self, town: Sequence[tuple[PlacedSpace, list[Maker]]]) -> Iterator[bulk.Line]:
        """Every booking, unit by unit: each unit's share by how often its kind is booked."""
        whole = sum(_weight(tool) for space, _ in town for tool in space.tools)
        reached = 0.0
        for space, members in town:
            opened = self._openings(space)
            for tool in space.tools:
                makers = [maker for maker in members if set(tool.facts.certificate_ids) <= maker.certificates.keys()]
                for unit_id in tool.facts.unit_ids:
                    reached += habits.per_day(tool.plan.model.kind)
                    # What one unit had no room for is left to the next ones.
                    wanted = round(self._size.bookings * reached / whole) - self._written
                    yield from self._of_unit(tool, unit_id, makers, sweep(opened, wanted, _measure(tool), self._chance))

    def _openings(self, space: PlacedSpace) -> list[Opening]:
        """When the space opens and closes, a year back and a year ahead."""
        around = Span(self._now - timedelta(days=terrain.DAYS), self._now + timedelta(days=terrain.DAYS))
        spans = hours.open_within(space.hours, around)
        # The two at the ends may be cut off in the middle, off every grain.
        return [(int(span.start.timestamp()), int(span.end.timestamp())) for span in spans[1:-1]]

    def _of_unit(
        self, tool: PlacedTool, unit_id: int, makers: Sequence[Maker], times: Iterator[Opening]
    ) -> Iterator[bulk.Line]:
        chance, now = self._chance.random, int(self._now.timestamp())
        soon = now + _WAITS_DAYS * _DAY if tool.facts.limits.approval is not Approval.NEVER else now
        purpose = purposes(makers[0].culture)
        for starts_at, ends_at in times:
            drawn = chance()
            state = "cancelled" if drawn < _GIVEN_BACK else "confirmed"
            if now < starts_at < soon and drawn > 1 - _WAITING:
                state = "pending"
            maker = makers[int(chance() * len(makers))]
            made_at = min(starts_at, now) - 3_600 - int(chance() * 6 * _DAY)
            self._written += 1
            words = purpose[int(chance() * len(purpose))]
            yield self._written, unit_id, maker.id, state, starts_at, ends_at, made_at, words


def _measure(tool: PlacedTool) -> Measure:
    return Measure.of(tool.facts.limits)


def _weight(tool: PlacedTool) -> float:
    return habits.per_day(tool.plan.model.kind) * tool.plan.units
