"""Bookings: check, place, list, move, cancel, approve and decline, by the rules of the pages."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from booking import edge
from booking.actions import approvals, arrivals, showing
from booking.actions import bookings as actions
from booking.actions.call import Call
from booking.api import pages, problems, times, writing
from booking.api.booking_shapes import AS_THE_SPACE, BOOKING, LEVELS, VERDICT, Seen, Verdict, seen
from booking.api.calls import Answer, call
from booking.api.fields import Field, Given, Kind, number_of
from booking.models import bookings, members, spaces, tools
from booking.models.bookings import BookingCard, Cursor
from booking.rules.access import Role
from booking.rules.facts import Ask, Visibility
from booking.rules.refusals import Absent, Problem, Refused, Unacceptable
from booking.rules.states import State

_EPOCH, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

LONGEST_EXTENSION = 10_080
PURPOSE = Field("purpose", Kind.TEXT, "What for, in a few words.", longest=actions.LONGEST_PURPOSE)
UNIT = Field("unit", Kind.ID, "The id of the very unit, of a tool that has several; without one, any will do.")
ASK = (
    Field("tool", Kind.ID, "The id of the tool.", required=True),
    Field("start", Kind.INSTANT, "With an offset, as in `2026-11-26T09:00:00+01:00`.", required=True),
    Field("end", Kind.INSTANT, "With an offset; not included.", required=True),
    PURPOSE,
    Field("team", Kind.ID, "The id of a team of yours that it is for."),
    UNIT,
)
VISIBILITY = Field(
    "visibility",
    Kind.CHOICE,
    "How much others may see of it at most, where its space shows more; for its maker to choose.",
    choices=LEVELS,
)
FOR = Field("for", Kind.TEXT, "As a manager of the space: the mail address of the member for whom it is.", longest=254)
ANY_UNIT = Field("any_unit", Kind.FLAG, "Give up the unit that was asked for: any will do.")
OVERRIDE = Field("override", Kind.FLAG, "As a manager, set aside what a manager may; it is written down.")
MOVE = (*(replace(field, required=False) for field in ASK[:3]), PURPOSE, UNIT, ANY_UNIT, VISIBILITY, OVERRIDE)
REASON = (Field("reason", Kind.TEXT, "Why, for those concerned.", longest=actions.LONGEST_REASON),)
EXTENSION = (
    Field("minutes", Kind.COUNT, "How much longer than it lasts now.", required=True, low=1, high=LONGEST_EXTENSION),
    OVERRIDE,
)
FILTERS = (
    Field("state", Kind.CHOICE, "In this state; may be repeated.", choices=tuple(State), repeated=True),
    Field("from", Kind.INSTANT, "Starting then or later."),
    Field("to", Kind.INSTANT, "Starting before."),
    Field("tool", Kind.ID, "On the tool of this id."),
    Field("space", Kind.TEXT, "At the space of this slug.", longest=64),
    Field("mine", Kind.FLAG, "Only your own, though you manage others."),
    Field("team", Kind.ID, "Those of this team of yours, whoever of it made them."),
)


@call(
    "POST",
    "/bookings/check",
    "What the rules say to an ask, or with `booking` to a move. Writes nothing.",
    body=(*ASK, FOR, Field("booking", Kind.ID, "The id of the booking that would move.")),
    answer=VERDICT,
)
def check(given: Given) -> Answer:
    """The refusals and alternatives of an ask, as placing or moving would find them now."""
    ask = _ask(given)
    call_ = edge.read_call()
    refusals = actions.check(call_, ask)
    return VERDICT.document(Verdict(refusals, writing.alternatives(ask, refusals), writing.zone_of(ask)))


@call(
    "POST",
    "/bookings",
    "Book a time. It is pending where a manager has to say yes, and holds the time all the same.",
    body=(*ASK, VISIBILITY, FOR, OVERRIDE),
    answer=BOOKING,
    status=201,
    refusable=True,
)
def place(given: Given) -> Answer:
    """A fresh booking, or all the reasons against it."""
    ask, override = _ask(given), given.get("override", False)
    return writing.write(
        lambda call_: (201, _document(call_, actions.place(call_, ask, override=override))), lambda: ask
    )


@call(
    "GET",
    "/bookings",
    "Your bookings, and those at spaces that you manage, by start.",
    query=(*FILTERS, *pages.FIELDS),
    answer=BOOKING,
    listed=True,
)
def listing(given: Given) -> Answer:
    """One page of bookings; one question, and one more for a space's slug."""
    page = pages.asked(given, int, int)
    who, session = edge.asker(), edge.session()
    team_id = given.get("team")
    if team_id is not None and team_id not in who.team_ids:
        raise Absent
    everybodys = team_id is not None or (who.is_admin and not given.get("mine"))
    found = bookings.search(
        session,
        account_id=None if everybodys else who.account_id,
        space_ids=None if everybodys or given.get("mine") else who.spaces_with(Role.MANAGER),
        team_id=team_id,
        space_id=spaces.space_card(session, given["space"]).id if "space" in given else None,
        tool_id=given.get("tool"),
        states=[State(name) for name in given["state"]] if "state" in given else None,
        starts_from=given.get("from"),
        starts_before=given.get("to"),
        after=_cursor(page),
        limit=page.one_more,
    )
    shown = pages.cut(found, page, _key)
    return pages.Page([seen(who, card) for card in shown.rows], shown.next).document(BOOKING)


@call(
    "GET", "/bookings/{booking}", "One booking of yours, of your team, or at a space that you manage.", answer=BOOKING
)
def show(given: Given, booking: str) -> Answer:
    """One booking; 404 for strangers."""
    return BOOKING.document(_seen_now(booking))


@call(
    "PATCH",
    "/bookings/{booking}",
    "Move a booking in place, or change what it is for. What isn't given stays.",
    body=MOVE,
    answer=BOOKING,
    refusable=True,
)
def move(given: Given, booking: str) -> Answer:
    """The booking after the move, or all the reasons against it."""
    booking_id = number_of(booking)

    def work(call_: Call) -> tuple[int, dict[str, object]]:
        if "visibility" in given:
            showing.change(call_, booking_id, own_level(given))
        moved = actions.move(
            call_,
            booking_id,
            start=given.get("start"),
            end=given.get("end"),
            tool_id=given.get("tool"),
            purpose=given.get("purpose"),
            unit_id=given.get("unit"),
            any_unit=given.get("any_unit", False),
            override=given.get("override", False),
        )
        return 200, _document(call_, moved)

    return writing.write(work, lambda: _ask_of_move(booking, given))


@call("POST", "/bookings/{booking}/cancel", "Give the time back.", body=REASON, answer=BOOKING, refusable=True)
def cancel(given: Given, booking: str) -> Answer:
    """The cancelled booking, or the withdrawn request; doing it again answers the same."""
    return _act(booking, lambda call_, id_: actions.cancel(call_, id_, given.get("reason", "")))


@call(
    "POST",
    "/bookings/{booking}/approve",
    "Say yes to a request.",
    body=(*REASON, OVERRIDE),
    answer=BOOKING,
    refusable=True,
)
def approve(given: Given, booking: str) -> Answer:
    """The confirmed booking; doing it again answers the same."""
    reason, override = given.get("reason", ""), given.get("override", False)
    return _act(booking, lambda call_, id_: approvals.approve(call_, id_, reason=reason, override=override))


@call("POST", "/bookings/{booking}/decline", "Say no to a request.", body=REASON, answer=BOOKING, refusable=True)
def decline(given: Given, booking: str) -> Answer:
    """The declined booking; doing it again answers the same."""
    return _act(booking, lambda call_, id_: approvals.decline(call_, id_, given.get("reason", "")))


@call(
    "POST",
    "/bookings/{booking}/check-in",
    "Say that the maker is there: from 15 minutes before the start until the end.",
    body=REASON,
    answer=BOOKING,
    refusable=True,
)
def check_in(given: Given, booking: str) -> Answer:
    """The booking in use; doing it again answers the same."""
    return _act(booking, lambda call_, id_: arrivals.check_in(call_, id_, given.get("reason", "")))


@call(
    "POST",
    "/bookings/{booking}/give-back",
    "End with this minute and free the rest of the time; before the start, cancel.",
    body=REASON,
    answer=BOOKING,
    refusable=True,
)
def give_back(given: Given, booking: str) -> Answer:
    """The booking with its new end; doing it again answers the same."""
    return _act(booking, lambda call_, id_: arrivals.give_back(call_, id_, given.get("reason", "")))


@call(
    "POST",
    "/bookings/{booking}/extend",
    "Let a running booking last so many minutes longer, on its unit.",
    body=EXTENSION,
    answer=BOOKING,
    refusable=True,
)
def extend(given: Given, booking: str) -> Answer:
    """The booking with its new end, or all the reasons against it."""
    booking_id, longer = number_of(booking), timedelta(minutes=given["minutes"])
    override = given.get("override", False)

    def work(call_: Call) -> tuple[int, dict[str, object]]:
        end = actions.visible(call_.person, bookings.card(call_.session, booking_id)).ends_at + longer
        return 200, _document(call_, arrivals.extend(call_, booking_id, end, override=override))

    try:
        return writing.write(work)
    except Refused as refused:
        # What begins elsewhere or later is no way out for somebody who is at work.
        return problems.of_rules(refused, _seen_now(booking).card.time_zone)


def _act(booking: str, act: Callable[[Call, int], BookingCard]) -> Answer:
    booking_id = number_of(booking)
    return writing.write(
        lambda call_: (200, _document(call_, act(call_, booking_id))), lambda: _ask_of_move(booking, {})
    )


def own_level(given: Given) -> Visibility | None:
    """How much others may see at most, as the body says; None for what the space shows."""
    level = given.get("visibility", AS_THE_SPACE)
    return None if level == AS_THE_SPACE else Visibility(level)


def _ask(given: Given) -> Ask:
    span = times.span_of(given["start"], given["end"])
    purpose, booking_id, team_id = given.get("purpose", ""), given.get("booking"), given.get("team")
    maker_id = _member(given["tool"], given["for"]) if "for" in given else None
    unit_id, level = given.get("unit"), own_level(given)
    return Ask(given["tool"], span, purpose, booking_id, team_id, unit_id=unit_id, maker_id=maker_id, own_level=level)


def _member(tool_id: int, email: str) -> int:
    """The member of the tool's space with this address, for who manages there; raises Absent, Unacceptable."""
    cards = tools.tool_cards(edge.session(), tool_ids=(tool_id,))
    if not cards or not edge.asker().has(Role.MANAGER, cards[0].space_id):
        raise Absent
    found = members.chosen(edge.session(), cards[0].space_id, emails=(email.strip().lower(),))
    if not found:
        raise Unacceptable(Problem("for", "no_member"))
    return found[0].id


def _ask_of_move(booking: str, given: Given) -> Ask:
    """What a move, or an act on a booking as it stands, asks of the rules."""
    card = _seen_now(booking).card
    span = times.span_of(given.get("start") or card.starts_at, given.get("end") or card.ends_at)
    tool_id = given.get("tool") or card.tool_id
    keeps = tool_id == card.tool_id and not given.get("any_unit")
    unit_id = given.get("unit") or (card.wanted_unit if keeps else None)
    return Ask(tool_id, span, card.purpose, card.id, card.team_id, unit_id=unit_id)


def _seen_now(booking: str) -> Seen:
    who = edge.asker()
    return seen(who, actions.visible(who, bookings.card(edge.session(), number_of(booking))))


def _document(call_: Call, card: BookingCard) -> dict[str, object]:
    return BOOKING.document(seen(call_.person, card))


def _key(card: BookingCard) -> pages.Key:
    return ((card.starts_at - _EPOCH) // _TICK, card.id)


def _cursor(page: pages.Asked) -> Cursor | None:
    if page.after is None:
        return None
    ticks, booking_id = map(int, page.after)
    try:
        return Cursor(_EPOCH + ticks * _TICK, booking_id)
    except OverflowError as problem:
        raise Unacceptable(Problem("cursor", "unknown_cursor")) from problem
