"""Faults to plant: each breaks one promise of the service, and the story has to find it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine

from booking.actions import (
    approvals,
    arrivals,
    bookings,
    handovers,
    offers,
    outages,
    plans,
    proposals,
    renderings,
    several,
    strikes,
)
from booking.actions.call import Call
from booking.models import claims, guards
from booking.models import offers as promises
from booking.models.database import writing
from booking.models.handovers import HandoverCard
from booking.rules import policy, quotas, units
from booking.rules import several as judging
from booking.rules.spans import Span
from tests.story import tales

Fault = Callable[[Engine], AbstractContextManager[Any]]


def nothing(*_args: Any, **_kwargs: Any) -> None:
    """Do nothing instead."""


@contextmanager
def no_guard(engine: Engine) -> Iterator[None]:
    """The database lets two claims have one unit."""
    with writing(engine) as session:
        guards.lift(session.connection())
    yield


def closed_interval(_engine: Engine) -> AbstractContextManager[Any]:
    """Bookings that only touch one another count as overlapping."""
    return patch.object(Span, "overlaps", lambda one, other: one.start <= other.end and other.start <= one.end)


def approve_without_asking_again(_engine: Engine) -> AbstractContextManager[Any]:
    """A yes is a yes, whatever happened since the request."""
    return patch.object(approvals, "objections", lambda *_: ())


def cancelled_still_holds(_engine: Engine) -> AbstractContextManager[Any]:
    """Who gives a booking up keeps its time."""
    return patch.object(claims, "release", nothing)


def move_forgets_the_claim(_engine: Engine) -> AbstractContextManager[Any]:
    """The booking moves, the time that it holds stays where it was."""
    return patch.object(claims, "shift_all", nothing)


def no_buffers(_engine: Engine) -> AbstractContextManager[Any]:
    """Set-up and clean-up are not held."""
    return patch.object(units, "with_buffers", lambda _facts, span: span)


def stale_calendars(_engine: Engine) -> AbstractContextManager[Any]:
    """Calendars go on showing what was."""
    return patch.object(renderings, "refresh", nothing)


def silent_cancellation(_engine: Engine) -> AbstractContextManager[Any]:
    """Nobody hears of a booking that ends."""
    tell = bookings.tell

    def deaf(call: Any, card: Any, event: str, *args: Any, **kwargs: Any) -> None:
        if event != "booking_cancelled":
            tell(call, card, event, *args, **kwargs)

    return patch.object(bookings, "tell", deaf)


def undo_for_ever(_engine: Engine) -> AbstractContextManager[Any]:
    """Decisions can be taken back days later."""
    return patch.object(approvals, "UNDONE_WITHIN", timedelta(days=7))


def deaf_clock(_engine: Engine) -> AbstractContextManager[Any]:
    """Requests never expire."""
    return patch.object(plans, "expire", nothing)


def unwritten_acts(_engine: Engine) -> AbstractContextManager[Any]:
    """Who did what is not written down."""
    return patch.object(Call, "note", nothing)


def past_is_open(_engine: Engine) -> AbstractContextManager[Any]:
    """Time that is over can still be booked."""
    return patch.object(policy, "RULES", tuple(each for each in policy.RULES if each.__name__ != "in_the_past"))


def quarter_too_much(_engine: Engine) -> AbstractContextManager[Any]:
    """Everybody may book a quarter of an hour more than she may."""
    amount = quotas._amount
    return patch.object(quotas, "_amount", lambda *given: amount(*given) + timedelta(minutes=15))


def each_part_alone(_engine: Engine) -> AbstractContextManager[Any]:
    """Of several times at once each is looked at as if it were the only one."""
    return patch.object(judging, "placed", lambda facts, *_: facts)


def part_of_a_plan(_engine: Engine) -> AbstractContextManager[Any]:
    """Of several times at once those are booked that can be had."""
    look = several.look

    def kind(*args: Any, **kwargs: Any) -> Any:
        looked = look(*args, **kwargs)
        had = tuple(each for each in looked.judgement.verdicts if not each.refusals)
        return replace(looked, judgement=replace(looked.judgement, verdicts=had or looked.judgement.verdicts))

    return patch.object(several, "look", kind)


def missed_still_holds(_engine: Engine) -> AbstractContextManager[Any]:
    """Who doesn't come is told so, and her time is held all the same."""
    end = bookings.end

    def keep(call: Any, card: Any, state: Any, act: str, reason: str) -> Any:
        with patch.object(claims, "release", nothing) if act == "miss" else nullcontext():
            return end(call, card, state, act, reason)

    return patch.object(bookings, "end", keep)


def rest_is_kept(_engine: Engine) -> AbstractContextManager[Any]:
    """Who leaves early keeps her time."""
    return patch.object(arrivals, "given_back", lambda span, _now: span)


def longer_unasked(_engine: Engine) -> AbstractContextManager[Any]:
    """Who has a machine may keep it, whatever the rules say."""
    return patch.object(arrivals, "_against", lambda *_: ())


def freed_unheard(_engine: Engine) -> AbstractContextManager[Any]:
    """Time is freed, and who waits for it isn't looked at."""
    return patch.object(bookings, "freed_of", nothing)


def last_come_first(_engine: Engine) -> AbstractContextManager[Any]:
    """The line is served from its end."""
    offer = offers._offer_to_some
    return patch.object(offers, "_offer_to_some", lambda call, tool, entries: offer(call, tool, entries[::-1]))


def lapsed_still_holds(_engine: Engine) -> AbstractContextManager[Any]:
    """An offer that nobody takes is over, and its time held for ever."""
    end = promises.end

    def keep(session: Any, offer: Any, state: Any) -> None:
        end(session, replace(offer, claim_id=0), state)

    return patch.object(promises, "end", keep)


def offered_again(_engine: Engine) -> AbstractContextManager[Any]:
    """Who passes a time on is offered it again, and nobody after her ever."""
    return patch.object(promises, "had", lambda *_: {})


def taken_unasked(_engine: Engine) -> AbstractContextManager[Any]:
    """What was offered can be taken, whatever happened since."""
    return patch.object(
        offers, "policy", SimpleNamespace(check=nothing_against, needed_approval=policy.needed_approval)
    )


def nothing_against(*_args: Any) -> tuple[()]:
    """No rule refuses."""
    return ()


def runs_on(_engine: Engine) -> AbstractContextManager[Any]:
    """What runs on a broken machine goes on."""
    return patch.object(outages, "_cut_short", lambda _call, card, _wish: card)


def mended_unheard(_engine: Engine) -> AbstractContextManager[Any]:
    """A machine works again, and who waits for it isn't looked at."""
    return patch.object(outages, "freed_until", nothing)


def handed_without_a_yes(_engine: Engine) -> AbstractContextManager[Any]:
    """Whoever takes a booking over needs nobody's yes."""
    return patch.object(handovers, "policy", SimpleNamespace(needed_approval=nothing))


def handed_too_late(_engine: Engine) -> AbstractContextManager[Any]:
    """What was once offered to somebody can be taken for ever."""
    return patch.object(HandoverCard, "is_open", lambda *_: True)


def proposed_unheld(_engine: Engine) -> AbstractContextManager[Any]:
    """What is offered instead of the asked time isn't held."""
    return patch.object(proposals, "_beside", lambda *_: ())


def proposed_for_ever(_engine: Engine) -> AbstractContextManager[Any]:
    """What becomes of a request leaves what was offered to its maker open."""
    return patch.object(bookings, "retract", nothing)


def missed_uncounted(_engine: Engine) -> AbstractContextManager[Any]:
    """Nobody counts how often somebody doesn't come."""
    return patch.object(strikes, "count", nothing)


def suspended_may_book(_engine: Engine) -> AbstractContextManager[Any]:
    """Who may not book for a while books all the same."""
    return patch.object(policy, "RULES", tuple(each for each in policy.RULES if each.__name__ != "suspended"))


def changed_unasked(_engine: Engine) -> AbstractContextManager[Any]:
    """A series goes wherever its maker wants it, whatever stands against it."""
    return patch.object(several, "hold", nothing)


def keeps_its_yes(_engine: Engine) -> AbstractContextManager[Any]:
    """What moves together with others keeps its yes, wherever it goes."""
    change = several._change

    def settled(call: Any, card: Any, verdict: Any, known: Any) -> None:
        change(call, card, replace(verdict, needs_approval=False), known)

    return patch.object(several, "_change", settled)


# Those that chance finds within seconds, and the others, each with a tale.
EVERYWHERE: tuple[Fault, ...] = (
    no_guard,
    closed_interval,
    approve_without_asking_again,
    cancelled_still_holds,
    move_forgets_the_claim,
    no_buffers,
    stale_calendars,
    silent_cancellation,
    undo_for_ever,
    deaf_clock,
    unwritten_acts,
    past_is_open,
    quarter_too_much,
    each_part_alone,
    part_of_a_plan,
    missed_still_holds,
    rest_is_kept,
    last_come_first,
    lapsed_still_holds,
    offered_again,
    runs_on,
    mended_unheard,
    handed_without_a_yes,
    handed_too_late,
    proposed_unheld,
    proposed_for_ever,
    missed_uncounted,
    suspended_may_book,
    changed_unasked,
)
IN_A_TALE: dict[Fault, tales.Tale] = {
    longer_unasked: tales.stayed_too_long,
    freed_unheard: tales.freed_for_one,
    taken_unasked: tales.taken_while_broken,
    keeps_its_yes: tales.moved_after_the_yes,
}
