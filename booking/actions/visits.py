"""Visits: a maker asks for a tool of a space that isn't hers, her home space vouches, the host sets conditions."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from booking.actions import throttle
from booking.actions.call import Call
from booking.actions.freed import look_for
from booking.models import members, tools, visits
from booking.models.tools import ToolCard
from booking.models.visits import VisitCard, VisitState
from booking.rules import hours, text
from booking.rules import visits as rules
from booking.rules.access import Actor, Role
from booking.rules.facts import BookableBy
from booking.rules.refusals import Absent, Denied, Problem, Refusal, Refused, Unacceptable
from booking.rules.throttle import Bucket

LONGEST_WORDS = 500
LONGEST_FEE = 200
DAY_MINUTES = 1440
_OPEN = frozenset({VisitState.ASKED, VisitState.VOUCHED, VisitState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a host says yes to: until the end of a day, between two wall minutes, with somebody beside the guest.

    Hours may go on over midnight: `closes` is then beyond 1,440, at most a day after `opens`.
    """

    last_day: date | None = None
    opens: int | None = None
    closes: int | None = None
    supervised: bool = False
    fee_note: str = ""


def ask(call: Call, space: str, tool: str, note: str, home_id: int | None) -> VisitCard:
    """Ask for a tool of a space for members; whoever has asked already gets that visit, and nobody is told again.

    With `home_id`, a space where she belongs, that space is asked to vouch first; without it the host hears at once.
    Raises Refused `no_visit_needed`, `too_many_tries`, Absent, Unacceptable for a home where she doesn't belong.
    """
    person, card = call.person, tools.tool_card(call.session, space, tool)
    if not may_ask(person, card):
        raise Refused((Refusal("no_visit_needed"),))
    note = text.many_lines(note, LONGEST_WORDS, "note")
    if home_id is not None and members.role_of(call.session, person.account_id, home_id) is None:
        raise Unacceptable(Problem("home", "not_a_choice"))
    # Asking and taking back in turns must not fill mailboxes; and two wishes at once come one after the other.
    throttle.take(call, (Bucket(f"visit:{person.account_id}", capacity=10, seconds=1800),))
    last = visits.of_tool(call.session, person.account_id, card.id)
    if last is not None and is_open(call, last):
        return last
    times = {"created_at": call.now, "changed_at": call.now}
    whose = {"account_id": person.account_id, "tool_id": card.id, "host_id": card.space_id, "home_id": home_id}
    visit_id = visits.add(call.session, {**whose, "state": VisitState.ASKED.value, "note": note, **times})
    asked = _noted(call, visit_id, "visit_asked")
    if home_id is None:
        _tell(call, asked, "visit_wanted", space_id=card.space_id)
    else:
        _tell(call, asked, "visit_asked", space_id=home_id)
    return asked


def vouch(call: Call, visit_id: int, training: str) -> VisitCard:
    """Vouch for a member of one's space, as its trainer or manager, with words for the host. Raises like `accept`."""
    visit = _at_home(call, visit_id)
    words = text.many_lines(training, LONGEST_WORDS, "training")
    by = {"vouched_by": call.person.account_id, "vouched_at": call.now, "training": words}
    vouched = _changed(call, visit, VisitState.VOUCHED, "visit_vouched", **by)
    _tell(call, vouched, "visit_vouched", account_id=visit.account_id)
    _tell(call, vouched, "visit_wanted", space_id=visit.host_id)
    return vouched


def refuse(call: Call, visit_id: int, reason: str) -> VisitCard:
    """Not vouch for somebody, with a reason; the host never hears of it. Raises like `accept`."""
    return _turned_down(call, _at_home(call, visit_id), reason)


def accept(call: Call, visit_id: int, conditions: Conditions) -> VisitCard:
    """Say yes to a guest within conditions, as a manager of the host.

    Raises Absent for others, Denied for a trainer, Refused `wrong_state`, Unacceptable for odd conditions.
    """
    visit = _at_host(call, visit_id)
    _check(call, visit, conditions)
    by = {"decided_by": call.person.account_id, "decided_at": call.now}
    accepted = _changed(call, visit, VisitState.ACCEPTED, "visit_accepted", **asdict(conditions), **by)
    _tell(call, accepted, "visit_accepted", account_id=visit.account_id)
    look_for(call, visit.account_id)
    return accepted


def change(call: Call, visit_id: int, conditions: Conditions, expected: int) -> VisitCard:
    """Set other conditions for a guest who has the host's yes, as its manager; bookings that are made stay.

    The same conditions change nothing and tell nobody. Raises like `accept`, and Refused `changed_meanwhile` when the
    visit's version isn't the expected one.
    """
    visit = load(call, visit_id)
    call.require(Role.MANAGER, visit.host_id)
    _keep(visit.state is VisitState.ACCEPTED)
    if visit.version != expected:
        raise Refused((Refusal("changed_meanwhile"),))
    _check(call, visit, conditions)
    values = asdict(conditions)
    if all(getattr(visit, name) == value for name, value in values.items()):
        return visit
    by = {"decided_by": call.person.account_id, "decided_at": call.now}
    changed = _changed(call, visit, VisitState.ACCEPTED, "visit_changed", **values, **by)
    _tell(call, changed, "visit_changed", account_id=visit.account_id)
    look_for(call, visit.account_id)
    return changed


def ask_longer(call: Call, visit_id: int, note: str) -> VisitCard:
    """Ask the host for a longer visit or other hours, as the guest who has its yes; nothing changes by itself.

    The same words are sent once. Raises Absent, Denied for others, Refused `wrong_state`, `too_many_tries`.
    """
    visit = load(call, visit_id)
    if visit.account_id != call.person.account_id:
        raise Denied
    _keep(visit.state is VisitState.ACCEPTED and is_open(call, visit))
    note = text.many_lines(note, LONGEST_WORDS, "note")
    if not note:
        raise Unacceptable(Problem("note", "required"))
    throttle.take(call, (Bucket(f"visit:{visit.account_id}", capacity=10, seconds=1800),))
    words = sha256(note.encode()).hexdigest()[:16]
    asked = _noted(call, visit.id, "visit_longer_wanted")
    _tell(call, asked, "visit_longer_wanted", words, space_id=visit.host_id, note=note)
    return asked


def ahead(call: Call, visit: VisitCard) -> tuple[int, int]:
    """How many bookings of the tool the guest has that are not over, and how many of them the visit would not allow."""
    spans = visits.spans_ahead(call.session, visit.account_id, visit.tool_id, call.now)
    return len(spans), sum(not rules.allows(visit.visiting, span, visit.host_zone) for span in spans)


def decline(call: Call, visit_id: int, reason: str) -> VisitCard:
    """Turn a guest down, with a reason, as a manager of the host. Raises like `accept`."""
    return _turned_down(call, _at_host(call, visit_id), reason)


def withdraw(call: Call, visit_id: int) -> VisitCard:
    """Take one's own wish back, or do without the host's yes; bookings that are made stay. Raises Absent, Refused."""
    visit = load(call, visit_id)
    if visit.account_id != call.person.account_id:
        raise Denied
    _keep(is_open(call, visit))
    return _changed(call, visit, VisitState.WITHDRAWN, "visit_withdrawn")


def end(call: Call, visit_id: int, reason: str) -> VisitCard:
    """Let a guest book no more from now on, as a manager of the host; bookings that are made stay.

    Raises like `accept`.
    """
    visit = load(call, visit_id)
    call.require(Role.MANAGER, visit.host_id)
    _keep(visit.state is VisitState.ACCEPTED)
    words = _reason(reason)
    ended = _changed(call, visit, VisitState.ENDED, "visit_ended", reason=words)
    _tell(call, ended, "visit_ended", account_id=visit.account_id)
    return ended


def load(call: Call, visit_id: int) -> VisitCard:
    """The visit, for its maker, the staff of her home and the managers of the host; raises Absent for others."""
    visit, who = visits.card(call.session, visit_id), call.actor
    if visit is None or who is None or not sees(who, visit):
        raise Absent
    return visit


def sees(who: Actor, visit: VisitCard) -> bool:
    """Whether somebody may look at a visit: its maker, who may vouch, and the host's managers once it came to them."""
    if visit.account_id == who.account_id or (visit.home_id is not None and who.has(Role.TRAINER, visit.home_id)):
        return True
    return visit.has_reached_host and who.has(Role.MANAGER, visit.host_id)


def may_ask(who: Actor, tool: ToolCard) -> bool:
    """Whether somebody needs the host's yes for a tool: it lends to members only, and she has no role there."""
    return tool.bookable_by is BookableBy.MEMBERS and who.role_at(tool.space_id) is None


def is_open(call: Call, visit: VisitCard) -> bool:
    """Whether the visit still leads or may lead to bookings."""
    over = rules.over_at(visit.last_day, visit.closes)
    return visit.state in _OPEN and (over is None or hours.to_wall(visit.host_zone, call.now) < over)


def _at_home(call: Call, visit_id: int) -> VisitCard:
    """A visit that waits for its home space's word, for that space's staff; nobody vouches for herself."""
    visit = load(call, visit_id)
    if visit.home_id is None or visit.account_id == call.person.account_id:
        raise Denied
    call.require(Role.TRAINER, visit.home_id)
    _keep(visit.waits_for_home)
    return visit


def _at_host(call: Call, visit_id: int) -> VisitCard:
    """A visit that waits for its host's word, for that space's managers."""
    visit = load(call, visit_id)
    call.require(Role.MANAGER, visit.host_id)
    _keep(visit.waits_for_host)
    return visit


def _keep(possible: bool) -> None:
    if not possible:
        raise Refused((Refusal("wrong_state"),))


def _check(call: Call, visit: VisitCard, conditions: Conditions) -> None:
    problems = []
    if conditions.last_day is not None and conditions.last_day < hours.to_wall(visit.host_zone, call.now).date():
        problems.append(Problem("last_day", "day_is_over"))
    opens, closes = conditions.opens, conditions.closes
    if opens is None or closes is None:
        problems += [Problem("closes" if closes is None else "opens", "required")] if opens != closes else []
    elif not (0 <= opens < DAY_MINUTES and opens < closes <= opens + DAY_MINUTES):
        problems.append(Problem("closes", "ends_before_start"))
    if problems:
        raise Unacceptable(*problems)


def _reason(words: str) -> str:
    reason = text.many_lines(words, LONGEST_WORDS, "reason")
    if not reason:
        raise Unacceptable(Problem("reason", "required"))
    return reason


def _turned_down(call: Call, visit: VisitCard, words: str) -> VisitCard:
    by = {"decided_by": call.person.account_id, "decided_at": call.now, "reason": _reason(words)}
    declined = _changed(call, visit, VisitState.DECLINED, "visit_declined", **by)
    _tell(call, declined, "visit_declined", account_id=visit.account_id)
    return declined


def _changed(call: Call, visit: VisitCard, state: VisitState, act: str, **values: Any) -> VisitCard:
    _keep(visits.change(call.session, visit, call.now, state=state.value, **values))
    return _noted(call, visit.id, act)


def _noted(call: Call, visit_id: int, act: str) -> VisitCard:
    visit = visits.card(call.session, visit_id)
    if visit is None:
        raise Absent
    space_id = visit.home_id if act == "visit_vouched" else visit.host_id
    call.note(act, "visit", visit.id, space_id, account=visit.account_id, tool=visit.tool_id)
    return visit


def _tell(call: Call, visit: VisitCard, event: str, words: str = "", /, **to: object) -> None:
    """Leave a mail to the maker (`account_id`) or to the staff of a space (`space_id`), once for the same `words`."""
    payload: Mapping[str, object] = {"event": event, "visit_id": visit.id, **to}
    call.later("mail", dict(payload), once=f"{event}:{visit.id}:{visit.version}{words and ':'}{words}")
