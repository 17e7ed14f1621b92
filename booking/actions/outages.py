"""Declaring that a tool, a unit of it or all that depends on one thing is out of order, changing and ending that.

Nothing is written to the bookings that an outage touches: they hold their time until their makers decide. Everybody
booked hears of it at once, in one mail a person.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking.actions import reports
from booking.actions.bookings import written
from booking.actions.call import Call
from booking.actions.freed import freed_of, freed_until
from booking.actions.outage_tidings import tell, tell_solved
from booking.actions.spaces import managed
from booking.models import bookings, claims, outage_rows, outages, supplies, tools
from booking.models.bookings import BookingCard
from booking.models.facts import facts_for, lock_tools
from booking.models.outages import OutageCard
from booking.models.spaces import SpaceCard
from booking.rules import text, units
from booking.rules.outages import OutageWish, Running
from booking.rules.refusals import Problem, Unacceptable
from booking.rules.spans import Span
from booking.rules.states import State

LONGEST_REASON = 200
# A booking that runs and is cut short lasted at least that long.
_SHORTEST_REST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class What:
    """What is out of order at a space: one tool, or all that depends on a supply."""

    space_slug: str
    tool_slug: str = ""
    supply_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Subject:
    """The same, found, for somebody who manages there."""

    space: SpaceCard
    tool_ids: tuple[int, ...]
    supply_id: int | None


@dataclass(frozen=True, slots=True)
class Touched:
    """The bookings that an outage would touch, by start, and those among them that run now."""

    cards: tuple[BookingCard, ...]
    running: tuple[BookingCard, ...]


def preview(call: Call, what: What, wish: OutageWish) -> Touched:
    """Whom the outage would touch if it were declared now; writes nothing. Absent for all but managers."""
    return _touched(call, _rows(_subject(call, what), wish))


def declare(call: Call, what: What, wish: OutageWish) -> int:
    """Declare it out of order, as a manager, and tell everybody booked; the id of the (first) outage.

    Raises Unacceptable with `required` for `running` when bookings run and nobody said what becomes of them.
    """
    subject = _subject(call, what)
    # Whoever books meanwhile waits, and then meets the outage.
    lock_tools(call.session, subject.tool_ids)
    wish = _checked(call, subject, wish)
    found = _touched(call, _rows(subject, wish))
    cut: tuple[BookingCard, ...] = ()
    if found.running:
        wish = _after(wish, found.running)
        cut = tuple(_cut_short(call, card, wish) for card in found.running if wish.running is Running.END)
        found = _touched(call, _rows(subject, wish))
    ids = [_add(call, subject, tool_id, wish) for tool_id in subject.tool_ids]
    if wish.report_id is not None:
        reports.made_outage(call, wish.report_id, subject.space.id, ids[0])
    cut_ids = {card.id for card in cut}
    tell(call, "outage_declared", ids[0], [card for card in found.cards if card.id not in cut_ids], cut)
    return ids[0]


def join(call: Call, space: SpaceCard, supply_id: int, tool_ids: Collection[int]) -> None:
    """Let tools that begin to depend on a supply share its outages that are not over; tells everybody booked.

    Bookings that run are left to run: whoever names the supply decides about the tool, not about them.
    """
    lock_tools(call.session, tool_ids)
    because = outages.of_supplies(call.session, [supply_id], call.now)
    for starts_at in sorted({row.starts_at for row in because}):
        shared = [row for row in because if row.starts_at == starts_at]
        # One that depended on it before still has the outage.
        new = set(tool_ids).difference(row.tool_id for row in shared)
        subject = _Subject(space, tuple(sorted(new)), supply_id)
        wish = OutageWish(starts_at, shared[0].ends_at, shared[0].reason)
        found = _touched(call, _rows(subject, wish))
        for tool_id in subject.tool_ids:
            outage_id = _add(call, subject, tool_id, wish)
            booked = [card for card in found.cards if card.tool_id == tool_id and card not in found.running]
            tell(call, "outage_declared", outage_id, booked)


def change(
    call: Call, space_slug: str, tool_slug: str, outage_id: int, ends_at: datetime | None, reason: str = ""
) -> None:
    """Give an outage another end or reason; only those are told whom the other end touches, or no longer touches."""
    space, rows, before = _lasting(call, space_slug, tool_slug, outage_id)
    if ends_at is not None and ends_at <= max(rows[0].starts_at, call.now):
        raise Unacceptable(Problem("until_day", "ends_before_start"))
    reason = text.one_line(reason, LONGEST_REASON, "reason")
    outage_rows.change(call.session, [row.id for row in rows], ends_at, reason)
    after = _touched(call, [replace(row, ends_at=ends_at) for row in rows]).cards
    _note(call, "outage_changed", space, rows, ends_at=ends_at.isoformat() if ends_at else None)
    seen, remain = {card.id for card in before}, {card.id for card in after}
    tell(call, "outage_declared", outage_id, [card for card in after if card.id not in seen])
    tell_solved(call, outage_id, [card for card in before if card.id not in remain])
    for row in rows:
        freed_until(call, row.tool_id, row.ends_at)


def end(call: Call, space_slug: str, tool_slug: str, outage_id: int) -> None:
    """End an outage now and tell everybody whose booking still stands; one that has not begun is taken back."""
    space, rows, before = _lasting(call, space_slug, tool_slug, outage_id)
    outage_rows.end(call.session, rows, call.now)
    _note(call, "outage_ended", space, rows)
    tell_solved(call, outage_id, before)
    for row in rows:
        freed_until(call, row.tool_id, row.ends_at)


def _subject(call: Call, what: What) -> _Subject:
    space = managed(call, what.space_slug)
    if what.supply_id is not None:
        supply = supplies.one(call.session, space.id, what.supply_id)
        return _Subject(space, tuple(sorted(supply.tool_ids)), supply.id)
    return _Subject(space, (tools.tool_card(call.session, space.slug, what.tool_slug).id,), None)


def _checked(call: Call, subject: _Subject, wish: OutageWish) -> OutageWish:
    if not subject.tool_ids:
        raise Unacceptable(Problem("tools", "required"))
    if wish.ends_at is not None and wish.ends_at <= max(wish.starts_at, call.now):
        raise Unacceptable(Problem("ends", "ends_before_start"))
    if subject.supply_id is not None and outages.declared(call.session, subject.supply_id, wish.starts_at):
        raise Unacceptable(Problem("from_day", "already_there"))
    return replace(wish, reason=text.one_line(wish.reason, LONGEST_REASON, "reason"))


def _after(wish: OutageWish, running: Iterable[BookingCard]) -> OutageWish:
    """The wish with what becomes of running bookings decided: after the last of them, or as it was."""
    if wish.running is None:
        raise Unacceptable(Problem("running", "required"))
    if wish.running is Running.END:
        return wish
    starts_at = max(card.ends_at for card in running)
    if wish.ends_at is not None and wish.ends_at <= starts_at:
        raise Unacceptable(Problem("ends", "ends_before_start"))
    return replace(wish, starts_at=starts_at)


def _rows(subject: _Subject, wish: OutageWish) -> list[OutageCard]:
    """The wish as the outages that it would make."""
    times = (wish.starts_at, wish.ends_at, wish.reason)
    return [OutageCard(0, tool_id, wish.unit_id, None, *times) for tool_id in subject.tool_ids]


def _touched(call: Call, rows: Collection[OutageCard]) -> Touched:
    cards = outages.touched(call.session, rows, call.now)
    # A request whose start has come expires by itself.
    running = (card for card in cards if card.starts_at < call.now and card.state is not State.PENDING)
    return Touched(cards, tuple(running))


def _cut_short(call: Call, card: BookingCard, wish: OutageWish) -> BookingCard:
    """End a running booking when the outage begins, and give the rest of its time back."""
    until = max(call.now, wish.starts_at, card.starts_at + _SHORTEST_REST)
    if until >= card.ends_at:
        return card
    bookings.change(call.session, card, call.now, ends_at=until, reason=wish.reason)
    span = Span(card.starts_at, until)
    facts = facts_for(call.session, card.tool_id, span, card.account_id)
    held = claims.Held(card.id, facts.tool, card.unit_id, units.with_buffers(facts, span), card.pinned)
    claims.shift_all(call.session, (held,))
    freed_of(call, card)
    was = {"old_starts_at": card.starts_at.isoformat(), "old_ends_at": card.ends_at.isoformat()}
    return written(call, card.id, "cut_short", **was)


def _add(call: Call, subject: _Subject, tool_id: int, wish: OutageWish) -> int:
    outage_id = outage_rows.add(call.session, tool_id, wish, subject.supply_id, call.person.account_id)
    call.note("outage_declared", "tool", tool_id, subject.space.id, outage=outage_id)
    return outage_id


def _lasting(
    call: Call, space_slug: str, tool_slug: str, outage_id: int
) -> tuple[SpaceCard, tuple[OutageCard, ...], tuple[BookingCard, ...]]:
    """An outage with those declared together with it, their tools held, and the bookings it touches by now."""
    space = managed(call, space_slug)
    tool_id = tools.tool_card(call.session, space_slug, tool_slug).id
    rows = outages.together(call.session, outages.one(call.session, tool_id, outage_id))
    lock_tools(call.session, [row.tool_id for row in rows])
    rows = outages.together(call.session, outages.one(call.session, tool_id, outage_id))
    return space, rows, _touched(call, rows).cards


def _note(call: Call, act: str, space: SpaceCard, rows: Iterable[OutageCard], **details: object) -> None:
    for row in rows:
        call.note(act, "tool", row.tool_id, space.id, outage=row.id, **details)
