"""Making room in a pool: which bookings would change their unit, so that an ask finds one for itself.

What runs, what its maker put on this very unit, offers, and what stands on a unit that is out of order stay where
they are. All who ask whether time is taken ask here, so that a search never promises what a booking can't have.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking.rules import units
from booking.rules.facts import Ask, Facts, Taken
from booking.rules.spans import Span, common, merged

# First the ways with few moves are looked for, then all of them. So many stand side by side at most: in a pool of up to
# six units that is every one there can be, in a larger one the shortest.
_FEW_MOVES = (1, 3)
_FEW_UNITS, _MOST_WAYS, _MOST_WAYS_OF_MANY = 6, 800, 16

# When each unit is free again, in the order of the units; None: it is.
_Busy = tuple[datetime | None, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A booking that gets another unit of its tool, for the span that it holds with its buffers."""

    booking_id: int
    unit_id: int
    was: int
    span: Span


@dataclass(frozen=True, slots=True)
class Packing:
    """The unit that an ask gets, and what has to make room on it before."""

    unit_id: int
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """Something that needs a unit for a span: the places of those it may have, its own first; None: the ask."""

    span: Span
    places: tuple[int, ...]
    row: Taken | None = None


@dataclass(frozen=True, slots=True)
class _Way:
    """What was put where so far: how many moves it takes, the last place, and the way before."""

    moves: int = 0
    place: int = -1
    before: "_Way | None" = None


def packing(ask: Ask, facts: Facts, now: datetime, preferred: int | None = None) -> Packing | None:
    """How the ask gets a unit: the preferred one if it is free, else by best fit, else by few moves of others; or None.

    Two days and the tool's longest booking around the ask decide, so facts about more time say the same.
    """
    if preferred in units.units_in_service(ask, facts) and not units.clashes(ask, facts, preferred):
        return Packing(preferred)
    unit = units.free_unit(ask, facts)
    if unit is not None:
        return Packing(unit)
    pieces = _pieces(ask, facts, now)
    return _packed(pieces, facts.tool.unit_ids) if pieces else None


def has_room(ask: Ask, facts: Facts, now: datetime) -> bool:
    """Whether `packing` finds a way."""
    if units.free_unit(ask, facts) is not None:
        return True
    pieces = _pieces(ask, facts, now)
    # Where everything may be everywhere, units suffice as soon as never more are held at once than there are.
    return bool(pieces) and (_is_free_of_bounds(pieces, facts) or _packed(pieces, facts.tool.unit_ids) is not None)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A stretch that bookings of a tool hold without a gap, whichever unit; `loose` when all of them may be moved."""

    span: Span
    loose: bool


def clusters(facts: Facts, now: datetime) -> tuple[Cluster, ...]:
    """What is taken of all units together, in order of time."""
    found: list[Cluster] = []
    for row in sorted(facts.taken, key=lambda row: row.span.start):
        loose = row.movable and row.span.start > now and not units.is_out(facts, row.unit_id, row.span)
        if found and row.span.start <= found[-1].span.end:
            last = found[-1]
            found[-1] = Cluster(Span(last.span.start, max(last.span.end, row.span.end)), last.loose and loose)
        else:
            found.append(Cluster(row.span, loose))
    return tuple(found)


def all_have_room(near: Iterable[Cluster], facts: Facts, starts: Span, length: timedelta) -> bool:
    """Whether every ask of that length that begins in the span finds room, because all that is near may be moved.

    For times at which never all units are held. False means that each ask has to be looked at by `has_room`.
    """
    first, last = (units.with_buffers(facts, Span(start, start + length)) for start in (starts.start, starts.end))
    touched = [each for each in near if each.span.start <= last.end and first.start <= each.span.end]
    if not all(each.loose for each in touched):
        return False
    around = _around(facts)
    spans = [first, last, *(each.span for each in touched)]
    whole = Span(min(each.start for each in spans), max(each.end for each in spans))
    in_order = not any(row.starts_at < whole.end and (row.ends_at or whole.end) > whole.start for row in facts.outages)
    return in_order and last.start - around <= whole.start and whole.end <= first.end + around


def moved(facts: Facts, moves: Iterable[Move]) -> Facts:
    """The facts as they are once these bookings have their other unit."""
    after = {move.booking_id: move.unit_id for move in moves}
    if not after:
        return facts
    taken = tuple(
        replace(row, unit_id=after[row.booking_id]) if row.booking_id in after else row for row in facts.taken
    )
    return replace(facts, taken=taken)


def free_from(ask: Ask, facts: Facts, now: datetime) -> datetime | None:
    """From when on the ask could be had for its whole length, set-up and clean-up included.

    None where that lies beyond what the facts know.
    """
    limits = facts.tool.limits
    setup, cleanup = timedelta(minutes=limits.setup_minutes), timedelta(minutes=limits.cleanup_minutes)
    last = ask.span.start + units.KNOWN_AROUND - cleanup
    # Time becomes free where something before it ends, or where what ends later is near enough to be moved.
    ends = {row.span.end + setup for row in facts.taken}
    ends |= {row.ends_at for row in facts.outages if row.ends_at is not None}
    if len(facts.tool.unit_ids) > 1:
        ends |= {row.span.end - cleanup - _around(facts) - ask.span.length for row in facts.taken}
    for start in sorted({ask.span.start} | {end for end in ends if ask.span.start < end <= last}):
        later = replace(ask, span=Span(start, start + ask.span.length))
        if has_room(later, facts, now):
            return start
    return None


def _around(facts: Facts) -> timedelta:
    """How far around an ask bookings are moved: what touches its time lies within, and what is near."""
    limits = facts.tool.limits
    longest = limits.setup_minutes + limits.longest_minutes + limits.cleanup_minutes
    return units.MOVED_AROUND + timedelta(minutes=longest)


def _pieces(ask: Ask, facts: Facts, now: datetime) -> tuple[_Piece, ...]:
    """What has to be put on units anew, by start, the ask among it; nothing where no way can be."""
    if len(facts.tool.unit_ids) == 1:
        return ()
    held, around = units.with_buffers(facts, ask.span), _around(facts)
    reach = held.grown(around, around)
    rows = [row for row in units.counted(ask, facts) if row.span.overlaps(reach)]
    loose = [row for row in rows if row.movable and row.span.start > now and reach.contains(row.span)]
    loose = [row for row in loose if not units.is_out(facts, row.unit_id, row.span)]
    if not any(row.span.overlaps(held) for row in loose) or _is_full(rows, facts.tool.unit_ids, held):
        return ()
    together = next(each for each in merged([held, *(row.span for row in loose)]) if each.overlaps(held))
    firm = set(rows).difference(loose)
    free = [place for place in _places(facts, held, firm) if _is_wanted(ask, facts, place)]
    if not free:
        return ()
    pieces = [_Piece(held, tuple(free))]
    for row in loose:
        if row.span.overlaps(together):
            own = facts.tool.unit_ids.index(row.unit_id)
            others = (place for place in _places(facts, row.span, firm, row.span) if place != own)
            pieces.append(_Piece(row.span, (own, *others), row))
    return tuple(sorted(pieces, key=lambda each: (each.span.start, each.span.end, each.row is None, each.places)))


def _is_full(rows: Sequence[Taken], unit_ids: Sequence[int], held: Span) -> bool:
    """Whether at some moment every unit is held."""
    full: tuple[Span, ...] = (held,)
    for unit in unit_ids:
        full = common(full, (row.span for row in rows if row.unit_id == unit))
    return bool(full)


def _is_wanted(ask: Ask, facts: Facts, place: int) -> bool:
    return facts.tool.unit_ids[place] in units.units_in_service(ask, facts)


def _places(facts: Facts, span: Span, firm: Iterable[Taken], in_order: Span | None = None) -> Iterator[int]:
    """The places of the units on which nothing that stays is in the way; and which are in order for that span."""
    held = {row.unit_id for row in firm if row.span.overlaps(span)}
    for place, unit in enumerate(facts.tool.unit_ids):
        if unit not in held and not (in_order and units.is_out(facts, unit, in_order)):
            yield place


def _is_free_of_bounds(pieces: Sequence[_Piece], facts: Facts) -> bool:
    return all(len(piece.places) == len(facts.tool.unit_ids) for piece in pieces)


def _packed(pieces: Sequence[_Piece], unit_ids: Sequence[int]) -> Packing | None:
    for most in (*_FEW_MOVES, len(pieces)):
        way = _way(pieces, len(unit_ids), most)
        if way is not None:
            return _as_packing(pieces, unit_ids, way)
    return None


def _way(pieces: Sequence[_Piece], number: int, most: int) -> _Way | None:
    """The way with the fewest moves, at most so many.

    By start order only what is busy until when matters of all that was put before: so ways that leave the same units
    busy for the same time are one, the shorter of them.
    """
    ways: dict[_Busy, _Way] = {(None,) * number: _Way()}
    width = _MOST_WAYS if number <= _FEW_UNITS else _MOST_WAYS_OF_MANY
    for piece in pieces:
        after: dict[_Busy, _Way] = {}
        for busy, way in ways.items():
            for key, longer in _steps(piece, busy, way):
                known = after.get(key)
                if longer.moves <= most and (known is None or longer.moves < known.moves):
                    after[key] = longer
        ways = dict(sorted(after.items(), key=lambda pair: pair[1].moves)[:width])
        if not ways:
            return None
    return min(ways.values(), key=lambda way: way.moves, default=None)


def _steps(piece: _Piece, busy: _Busy, way: _Way) -> Iterator[tuple[_Busy, _Way]]:
    """The ways to go on with a piece on each of its places that is free by then."""
    start = piece.span.start
    left = tuple(until if until is not None and until > start else None for until in busy)
    for number, place in enumerate(piece.places):
        if left[place] is None:
            is_move = piece.row is not None and number > 0
            yield (*left[:place], piece.span.end, *left[place + 1 :]), _Way(way.moves + is_move, place, way)


def _as_packing(pieces: Sequence[_Piece], unit_ids: Sequence[int], way: _Way) -> Packing:
    own, moves, at = -1, [], way
    for piece in reversed(pieces):
        unit = unit_ids[at.place]
        if piece.row is None:
            own = unit
        elif piece.row.booking_id is not None and unit != piece.row.unit_id:
            moves.append(Move(piece.row.booking_id, unit, piece.row.unit_id, piece.span))
        at = at.before or at
    return Packing(own, tuple(reversed(moves)))
