"""The demo network: small, invented, alive around now, and the same for the same number and day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from booking.actions import invitations, kinds, renderings
from booking.actions.call import Call
from booking.models import loading, spaces
from booking.models import renderings as stored
from booking.models.database import Engine, Session, in_transaction
from booking.models.kinds import kind_cards
from booking.outside import passwords
from booking.rules.access import Actor, Role
from booking.seeding import absences, breakdowns, catalogue, events, limits, log_ins, offered, patience, together, waits
from booking.seeding.accounts import Town
from booking.seeding.diary import Diary
from booking.seeding.people import Crowd
from booking.seeding.places import PlacedSpace, accept, add_space
from booking.seeding.repeating import Repeating
from booking.seeding.rows import Rows
from booking.seeding.story import Story
from booking.seeding.weeks import Weeks
from config import Settings

_INVITED = (
    ("silu", "newcomer@example.org", Role.MEMBER),
    ("silu", "second.trainer@example.org", Role.TRAINER),
    ("torrens-shed", "neighbour@example.org", Role.MEMBER),
)
_RENDERED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Seeded:
    """What there is now, and how to sign in."""

    spaces: int
    tools: int
    people: int
    bookings: int
    password: str
    log_ins: tuple[str, ...] = log_ins.NAMED


def seed(engine: Engine, settings: Settings, now: datetime, number: int = 1) -> Seeded:
    """Fill an empty database with the demo network in one transaction; needs an application context.

    Raises loading.NotEmptyError when there are people, spaces, tools or bookings already.
    """
    in_transaction(engine, loading.require_empty)
    password = log_ins.demo_password(settings)
    # Once for everybody, and before the transaction: hashing is slow on purpose.
    password_hash = passwords.hashed(password)
    return in_transaction(engine, lambda session: _fill(session, settings, now, number, password, password_hash))


def _fill(
    session: Session, settings: Settings, now: datetime, number: int, password: str, password_hash: str
) -> Seeded:
    loading.require_empty(session)
    call = Call(session, None, now, settings)
    kinds.ensure_builtin(call)
    rows, placed, town = _invent(session, settings, now, number, password_hash)
    loading.load(session, rows.tables)
    _invite(call, placed, town)
    _render(call, rows.count("booking"))
    return Seeded(
        spaces=len(placed),
        tools=rows.count("tool"),
        people=rows.count("account"),
        bookings=rows.count("booking"),
        password=password,
    )


def _invent(
    session: Session, settings: Settings, now: datetime, number: int, password_hash: str
) -> tuple[Rows, list[PlacedSpace], Town]:
    rows, chance = Rows(), Random(number)  # noqa: S311
    kind_ids = {card.slug: card.id for card in kind_cards(session)}
    placed = [add_space(rows, plan, kind_ids, now, chance) for plan in catalogue.spaces()]
    accept(rows, placed)
    town = _people(rows, placed, password_hash, now, chance)
    diary = Diary(rows, town, settings.uid_domain, now, chance)
    events.subscribe(rows, placed, diary, now)
    Story(rows, placed, town, diary, now, chance).tell()
    repeating = Repeating(rows, diary, placed[0], town, now)
    repeating.tell()
    weeks = Weeks(placed, town, diary, now, chance)
    weeks.ask_for_approval()
    weeks.fill()
    breakdowns.tell(rows, placed, town, now)
    together.tell(rows, placed, town, now)
    limits.tell(rows, placed, now)
    absences.tell(rows, placed, town, now)
    patience.tell(rows, town)
    waits.tell(rows, placed, town, now)
    offered.tell(rows, placed, town, now)
    repeating.mark()
    # The audit is sealed in the order of its rows.
    rows.tables["audit"].sort(key=lambda row: (row["at"], row["subject_id"]))
    return rows, placed, town


def _people(rows: Rows, placed: Sequence[PlacedSpace], password_hash: str, now: datetime, chance: Random) -> Town:
    town = Town(rows, Crowd(chance), password_hash, now, chance)
    home, *others = placed
    town.add_named(home)
    for space in others:
        town.add_members(space)
    for space in placed:
        town.train(space)
    town.add_stranger("GB", "Europe/London", confirmed=False)
    return town


def _invite(call: Call, placed: Sequence[PlacedSpace], town: Town) -> None:
    by_slug = {space.plan.slug: space for space in placed}
    for slug, email, role in _INVITED:
        space = by_slug[slug]
        manager = town.staff(space, Role.MANAGER)
        actor = Actor(manager.id, "", roles={space.id: Role.MANAGER})
        as_manager = Call(call.session, actor, call.now - timedelta(hours=1), call.settings)
        invitations.invite(as_manager, spaces.space_card(call.session, slug), email, role, manager.id)


def _render(call: Call, bookings: int) -> None:
    """Store the calendar bytes of all bookings, as each would have left them."""
    for first in range(1, bookings + 1, _RENDERED_AT_ONCE):
        found = stored.events(call.session, range(first, min(first + _RENDERED_AT_ONCE, bookings + 1)))
        kept = [each for event in found.values() for each in renderings.rendered(event, call.settings.base_url)]
        stored.keep(call.session, kept, replaced=())
