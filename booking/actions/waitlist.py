"""Joining the waitlist, leaving it, and what becomes of entries whose time is over."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from math import isfinite

from booking.actions import offers as offering
from booking.actions.alternatives import kilometres
from booking.actions.bookings import LONGEST_PURPOSE, of_own_team
from booking.actions.call import Call
from booking.actions.freed import look_again
from booking.models import offers, waitlist
from booking.models.offers import OfferCard
from booking.models.tools import ToolCard, tool_cards
from booking.models.waitlist import EntryCard
from booking.rules.facts import Ask
from booking.rules.refusals import Absent, Problem, Refusal, Refused, Unacceptable
from booking.rules.spans import Span
from booking.rules.text import one_line
from booking.rules.waitlist import LONGEST_WINDOW, EntryState

MOST_ENTRIES = 20
LONGEST_MINUTES = 7 * 1440
# So many spaces are offered to choose from beside the tool's own.
MOST_NEAR = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to wait for: a tool, or any tool of a kind at these spaces (none: anywhere)."""

    window: Span
    minutes: int
    tool_id: int | None = None
    kind_id: int | None = None
    space_ids: Collection[int] = ()
    purpose: str = ""
    team_id: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry of one's own, and the offer that is open for it."""

    entry: EntryCard
    offer: OfferCard | None


def join(call: Call, wanted: Wanted) -> EntryCard:
    """Stand at the end of the line; what is free already is offered at once.

    Raises Unacceptable for a window that is over, too long or too short, and for a length that no tool which could
    serve it allows; Refused when somebody has too many entries.
    """
    person, window = call.person, wanted.window
    purpose = one_line(wanted.purpose, LONGEST_PURPOSE, "purpose")
    _check(call, wanted)
    of_own_team(person, Ask(wanted.tool_id or 0, window, team_id=wanted.team_id))
    if waitlist.number_of(call.session, person.account_id) >= MOST_ENTRIES:
        raise Refused((Refusal("too_many_waits", {"most": MOST_ENTRIES}),))
    values = {
        "account_id": person.account_id,
        "team_id": wanted.team_id,
        "tool_id": wanted.tool_id,
        "kind_id": wanted.kind_id,
        "window_from": window.start,
        "window_until": window.end,
        "minutes": wanted.minutes,
        "purpose": purpose,
        "state": EntryState.WAITING.value,
        "created_at": call.now,
        "changed_at": call.now,
    }
    entry_id = waitlist.add(call.session, values, wanted.space_ids if wanted.kind_id is not None else ())
    call.later("wait_over", {"entry_id": entry_id}, window.end, once=f"wait_over:{entry_id}")
    call.note("wait", "waitlist", entry_id, None, tool_id=wanted.tool_id, kind_id=wanted.kind_id)
    entry = waitlist.card(call.session, entry_id)
    look_again(call, entry)
    return entry


def leave(call: Call, entry_id: int) -> None:
    """Wait no more; an open offer goes to the next. Raises Absent for everybody but the one who waits."""
    give_up(call, own(call, entry_id))


def give_up(call: Call, entry: EntryCard) -> None:
    """Let an entry wait no more, whoever asks for that; an open offer goes to the next."""
    offer = offers.open_of(call.session, (entry.id,)).get(entry.id)
    if offer is not None:
        offering.pass_on(call, offer)
    if waitlist.turn(call.session, entry.id, EntryState.WAITING, EntryState.LEFT, call.now):
        call.note("leave_line", "waitlist", entry.id, None)


def end(call: Call, entry_id: int) -> None:
    """Let an entry lapse whose window is over; one with an open offer lapses with that."""
    entry = waitlist.card(call.session, entry_id)
    if entry.window_until <= call.now:
        waitlist.turn(call.session, entry.id, EntryState.WAITING, EntryState.LAPSED, call.now)


def own(call: Call, entry_id: int) -> EntryCard:
    """The entry, for the one who waits; raises Absent for everybody else."""
    entry = waitlist.card(call.session, entry_id)
    if call.actor is None or entry.account_id != call.actor.account_id:
        raise Absent
    return entry


def own_offer(call: Call, entry_id: int) -> OfferCard:
    """The offer that is open for an entry of one's own; raises Absent for others, Refused when there is none."""
    entry = own(call, entry_id)
    found = offers.open_of(call.session, (entry.id,)).get(entry.id)
    if found is None:
        raise Refused((Refusal("offer_over"),))
    return found


def offer_to_take(call: Call, entry_id: int) -> OfferCard:
    """The offer of an entry of one's own that is open, or that was taken already: taking it again answers the same.

    Raises Absent for others, Refused when there is none.
    """
    entry = own(call, entry_id)
    taken = offers.taken_of(call.session, entry.id) if entry.state is EntryState.BOOKED else None
    return taken or own_offer(call, entry_id)


def mine(call: Call) -> tuple[Standing, ...]:
    """Everything that one waits for, with the open offers: two queries."""
    who = call.actor
    entries = waitlist.mine(call.session, who.account_id) if who else ()
    found = offers.open_of(call.session, [entry.id for entry in entries])
    return tuple(Standing(entry, found.get(entry.id)) for entry in entries)


def spaces_near(call: Call, tool: ToolCard) -> tuple[tuple[ToolCard, float | None], ...]:
    """The nearest other spaces with a tool of this one's kind: one such tool of each, and how many kilometres it is.

    None for the distance where a position isn't known; these come last, by name.
    """
    others = {card.space_id: card for card in tool_cards(call.session, kind_id=tool.kind_id)}
    others.pop(tool.space_id, None)
    apart = sorted((kilometres(tool, card), card.space_name, id_) for id_, card in others.items())
    return tuple((others[id_], far if isfinite(far) else None) for far, _, id_ in apart[:MOST_NEAR])


def _check(call: Call, wanted: Wanted) -> None:
    window, problems = wanted.window, []
    if window.end <= call.now:
        problems.append(Problem("until", "window_over"))
    if window.length > LONGEST_WINDOW or window.start > call.now + timedelta(days=366):
        problems.append(Problem("until", "window_too_long", {"days": LONGEST_WINDOW.days}))
    if window.length < timedelta(minutes=wanted.minutes):
        problems.append(Problem("minutes", "longer_than_window"))
    known = waitlist.lengths(call.session, wanted.tool_id, wanted.kind_id, wanted.space_ids)
    if known and not any(shortest <= wanted.minutes <= longest for shortest, longest in known):
        bounds = {"low": min(shortest for shortest, _ in known), "high": max(longest for _, longest in known)}
        problems.append(Problem("minutes", "out_of_range", bounds))
    if problems:
        raise Unacceptable(*problems)
