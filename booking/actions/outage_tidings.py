"""Who hears of an outage, and of its end: one mail to each person, about all her bookings."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from booking.actions.call import Call
from booking.models import outages
from booking.models.bookings import BookingCard
from booking.models.outages import OutageCard


def tell_of_state(call: Call, tool_id: int, *, is_out: bool) -> None:
    """Tell everybody booked that the tool itself is said to be out of use, or not to be any more."""
    cards = outages.touched(call.session, [OutageCard(0, tool_id, None, None, call.now, None, "")], call.now)
    if is_out:
        tell(call, "outage_declared", 0, cards)
    else:
        tell_solved(call, 0, cards)


def tell_solved(call: Call, outage_id: int, before: Collection[BookingCard]) -> None:
    """Tell those whose booking stands again: no other outage touches it."""
    still = outages.touching(call.session, [card.id for card in before], call.now)
    tell(call, "outage_ended", outage_id, [card for card in before if card.id not in still])


def tell(
    call: Call, event: str, outage_id: int, touched: Iterable[BookingCard], cut: Iterable[BookingCard] = ()
) -> None:
    """One mail to each person, about all her bookings."""
    people: dict[int, dict[str, list[int]]] = defaultdict(lambda: {"booking_ids": [], "cut_ids": []})
    for name, cards in (("booking_ids", touched), ("cut_ids", cut)):
        for card in cards:
            people[card.account_id][name].append(card.id)
    for account_id, ids in people.items():
        call.later("mail", {"event": event, "account_id": account_id, "outage_id": outage_id, **ids})
