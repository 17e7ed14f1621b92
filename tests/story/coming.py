"""What ought to be when people come to their time, stay longer, leave early or don't come at all."""

from datetime import datetime, timedelta

from tests.story.model import HOLDING, MINUTE, Ledger, Stretch, meets

EARLY = 15 * MINUTE


def check_ins(ledger: Ledger, booking_id: int) -> set[str]:
    """The codes against coming."""
    it = ledger.kept[booking_id]
    if it.state == "in_use":
        return set()
    return set() if it.state == "confirmed" and it.start - EARLY <= ledger.now < it.end else {"wrong_state"}


def check_in(ledger: Ledger, booking_id: int) -> None:
    """Somebody has come."""
    it = ledger.kept[booking_id]
    if it.state == "confirmed":
        it.state = "in_use"
        ledger.changed(booking_id, None)


def gives_back(ledger: Ledger, booking_id: int) -> set[str]:
    """The codes against ending early."""
    it = ledger.kept[booking_id]
    if it.start > ledger.now:
        return set() if it.state == "in_use" else ledger.cancels(booking_id)
    if it.state == "in_use" and until(ledger, booking_id) == it.end:
        return set()
    return set() if it.state in {"confirmed", "in_use"} and ledger.now < it.end else {"wrong_state"}


def give_back(ledger: Ledger, booking_id: int) -> None:
    """Somebody left early; before the start that is to call it off."""
    it = ledger.kept[booking_id]
    if it.start > ledger.now:
        if it.state != "in_use":
            ledger.cancel(booking_id)
            return
        it.state = "cancelled"
    elif it.state == "in_use" and until(ledger, booking_id) == it.end:
        return
    else:
        it.state, it.end = "in_use", until(ledger, booking_id)
    ledger.changed(booking_id, None)


def until(ledger: Ledger, booking_id: int) -> datetime:
    """When a booking ends that is given back now: with this minute."""
    it = ledger.kept[booking_id]
    full = ledger.now.replace(second=0)
    return min(max(full if full == ledger.now else full + MINUTE, it.start + MINUTE), it.end)


def extends(ledger: Ledger, booking_id: int, end: datetime) -> set[str]:
    """The codes against staying longer."""
    it = ledger.kept[booking_id]
    if it.state not in {"confirmed", "in_use"} or not it.start <= ledger.now < it.end:
        return {"wrong_state"}
    codes = ledger.against(it.bench, it.maker, (it.start, end), booking_id) - {"in_the_past"}
    return codes | ({"extension_needs_approval"} if it.bench.needs_yes else set())


def extend(ledger: Ledger, booking_id: int, end: datetime) -> None:
    """Somebody stays longer."""
    ledger.kept[booking_id].end = end
    ledger.changed(booking_id, None)


def miss(ledger: Ledger, booking_id: int) -> bool:
    """The clock looked whether somebody has come; whether nobody has, so that the time is released."""
    it = ledger.kept[booking_id]
    if it.state != "confirmed" or it.bench.grace is None:
        return False
    over = min(it.start + it.bench.grace, it.end)
    # Nobody misses what was out of order before she could be missed.
    spoiled = any(broken[0] <= over and broken[1] > it.start for broken in it.bench.broken)
    if ledger.now < over or spoiled:
        return False
    it.state = "missed"
    ledger.changed(booking_id, "booking_missed")
    return True


def cut_short(ledger: Ledger, names: set[str], time: Stretch) -> None:
    """Benches went out of order: what runs on them ends then, or with this moment."""
    for id_, it in ledger.kept.items():
        touched = it.state in HOLDING and meets(it.time, (max(time[0], ledger.now), time[1]))
        if it.bench.name not in names or not touched or it.state == "pending" or it.start >= ledger.now:
            continue
        end = max(ledger.now, time[0], it.start + timedelta(minutes=1))
        if end < it.end:
            it.end = end
            ledger.changed(id_, None)
