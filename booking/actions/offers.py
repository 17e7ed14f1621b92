"""Offers of freed time to those who wait: made in the order of the line, accepted, passed on, or lapsed.

Whatever frees time leaves a job; the job's act runs under the tool's lock, as every booking does. An offer holds its
time by a claim, so that nobody else can book it, and the booking takes that very claim over.
"""

from collections.abc import Sequence
from datetime import timedelta

from booking.actions import pools
from booking.actions.bookings import ask_managers, header, tell, written
from booking.actions.call import Call
from booking.actions.freed import freed, look_again, look_for
from booking.models import bookings, offers, waitlist
from booking.models.bookings import BookingCard
from booking.models.facts import facts_for, lock_tools
from booking.models.offers import OfferCard
from booking.models.tables.waitlist import WaitlistEntry
from booking.outside.secrets import digest, new_secret
from booking.rules import policy, states, units
from booking.rules.facts import Ask, Facts
from booking.rules.pools import packing
from booking.rules.refusals import Absent, Refusal, Refused
from booking.rules.spans import Span
from booking.rules.states import State
from booking.rules.waitlist import EntryState, OfferState, Wish, fit, has_room, held_until

# So many entries are looked at with one question for each thing asked about all of them.
_AT_ONCE = 50


def offer_freed(
    call: Call, tool_id: int, span: Span, holder_id: int | None = None, holder_team_id: int | None = None
) -> int:
    """Offer what is free of the tool to those who wait for time in the span, first come first; how many offers.

    Who may not have it now is skipped and stays in line. Reads the makers' own facts only where there is room at all.
    For the holder of a booking whose time it was, and her team, all is looked at again that they wait for.
    """
    look_for(call, holder_id, holder_team_id)
    try:
        common = facts_for(call.session, tool_id, span, None, lock=True)
    except Absent:
        return 0
    tool, made, after_id = (tool_id, common.tool.kind_id, common.tool.space_id), 0, 0
    reach = _with_neighbours(span, common)
    while found := waitlist.line(call.session, tool, reach, after_id, _AT_ONCE):
        made += _offer_to_some(call, tool_id, found)
        after_id = found[-1].id
    return made


def wanted(call: Call) -> tuple[tuple[int, Span], ...]:
    """The tools that somebody waits for, each with what is left of the span that all windows lie in."""
    found = waitlist.wanted(call.session, call.now)
    return tuple((tool_id, Span(max(span.start, call.now), span.end)) for tool_id, span in found)


def accept(call: Call, offer: OfferCard) -> BookingCard:
    """Turn an open offer into a booking, under every rule; doing it again answers the same booking.

    Raises Refused with `offer_over` when it is not open any more, else with every reason.
    """
    offer = _held(call, offer)
    if offer.booking_id is not None:
        return bookings.card(call.session, offer.booking_id)
    if offer.state is not OfferState.OPEN or offer.expires_at <= call.now:
        raise Refused((Refusal("offer_over"),))
    ask = Ask(offer.tool_id, offer.span, offer.purpose, team_id=offer.team_id, claim_ids=frozenset({offer.claim_id}))
    facts = facts_for(call.session, offer.tool_id, offer.span, offer.account_id)
    refusals = policy.check(ask, facts, call.now)
    if refusals:
        raise Refused(refusals)
    state = states.first_state(policy.needed_approval(ask, facts))
    [booking_id] = bookings.add_all(call.session, [header(call, ask, facts, state, ())])
    offers.accept(call.session, offer, booking_id)
    waitlist.turn(call.session, offer.entry_id, EntryState.OFFERED, EntryState.BOOKED, call.now)
    card = written(call, booking_id, "place", offer=offer.id)
    tell(call, card, "booking_asked" if state is State.PENDING else "booking_confirmed")
    ask_managers(call, card)
    return card


def pass_on(call: Call, offer: OfferCard) -> None:
    """Let the next in line have it; the entry keeps its place for other times. Nothing happens when it is over."""
    _give_up(call, _held(call, offer), OfferState.PASSED)


def lapse(call: Call, offer_id: int) -> None:
    """Let an offer end that nobody answered in time; anything else stays as it is."""
    offer = _held(call, offers.card(call.session, offer_id))
    if offer.expires_at <= call.now:
        _give_up(call, offer, OfferState.LAPSED)


def by_secret(call: Call, secret: str) -> OfferCard:
    """The offer behind a mailed link, for whoever holds it; raises Absent for any other secret."""
    return offers.by_secret(call.session, digest(secret))


def _held(call: Call, offer: OfferCard) -> OfferCard:
    """The offer as it is now, with its tool and its maker held until the transaction ends."""
    lock_tools(call.session, (offer.tool_id,), account_id=offer.account_id, team_id=offer.team_id)
    return offers.card(call.session, offer.id)


def _give_up(call: Call, offer: OfferCard, state: OfferState) -> None:
    if offer.state is not OfferState.OPEN:
        return
    entry = waitlist.card(call.session, offer.entry_id)
    offers.end(call.session, offer, state)
    after = EntryState.WAITING if entry.window_until > call.now else EntryState.LAPSED
    waitlist.turn(call.session, entry.id, EntryState.OFFERED, after, call.now)
    call.note(f"offer_{state.value}", "waitlist", entry.id, None, tool_id=offer.tool_id)
    freed(call, offer.tool_id, entry.window)
    look_again(call, entry)


def _with_neighbours(span: Span, facts: Facts) -> Span:
    """The freed time with that beside it which nobody could have: set-up and clean-up lay between, of both bookings."""
    limits = facts.tool.limits
    between = timedelta(minutes=limits.setup_minutes + limits.cleanup_minutes)
    return span.grown(between, between)


def _offer_to_some(call: Call, tool_id: int, entries: Sequence[WaitlistEntry]) -> int:
    had = offers.had(call.session, [entry.id for entry in entries], tool_id)
    reach = Span(min(entry.window_from for entry in entries), max(entry.window_until for entry in entries))
    facts, made = facts_for(call.session, tool_id, reach, None), 0
    for entry in entries:
        window = Span(entry.window_from, entry.window_until)
        wish = Wish(window, entry.minutes, entry.team_id, tuple(had.get(entry.id, ())))
        if has_room(wish, facts, call.now) and _offer(call, entry, wish, tool_id):
            made += 1
            facts = facts_for(call.session, tool_id, reach, None)
    return made


def _offer(call: Call, entry: WaitlistEntry, wish: Wish, tool_id: int) -> bool:
    """Hold the first time that its maker may have; False where there is none, or the entry has an offer by now."""
    facts = facts_for(call.session, tool_id, wish.window, entry.account_id)
    ask = fit(wish, facts, call.now)
    found = packing(ask, facts, call.now) if ask else None
    if ask is None or found is None:
        return False
    # Another tool's freed time may be offered to the same entry at this moment: one of both is.
    if not waitlist.turn(call.session, entry.id, EntryState.WAITING, EntryState.OFFERED, call.now):
        return False
    pools.make_room(call, found.moves)
    _make(call, entry, ask, facts, found.unit_id)
    return True


def _make(call: Call, entry: WaitlistEntry, ask: Ask, facts: Facts, unit_id: int) -> None:
    minutes = waitlist.offer_minutes(call.session, facts.tool.space_id)
    expires_at = held_until(ask, facts, call.now, minutes)
    secret = new_secret()
    values = {
        "entry_id": entry.id,
        "starts_at": ask.span.start,
        "ends_at": ask.span.end,
        "token_hash": digest(secret),
        "created_at": call.now,
        "expires_at": expires_at,
    }
    offer_id = offers.make(call.session, values, facts.tool, unit_id, units.with_buffers(facts, ask.span))
    call.later("offer_over", {"offer_id": offer_id}, expires_at, once=f"offer_over:{offer_id}")
    call.note("offer", "waitlist", entry.id, facts.tool.space_id, tool_id=facts.tool.id, offer=offer_id)
    _mail(call, entry.account_id, facts.tool.space_id, offer_id, secret)


def _mail(call: Call, account_id: int, space_id: int, offer_id: int, secret: str) -> None:
    offer = offers.card(call.session, offer_id)
    payload: dict[str, object] = {
        "event": "offer_made",
        "account_id": account_id,
        "space_id": space_id,
        "tool": offer.tool_name,
        "starts_at": offer.starts_at.isoformat(),
        "ends_at": offer.ends_at.isoformat(),
        "expires_at": offer.expires_at.isoformat(),
        "link": f"{call.settings.base_url}/offers/{secret}",
    }
    call.later("mail", payload, once=f"offer_made:{offer_id}")
