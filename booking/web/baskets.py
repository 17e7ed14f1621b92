"""The basket of a plan: several tools with their times, kept in the fields of a form and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from booking import edge
from booking.models import tools
from booking.models.tools import ToolCard
from booking.outside import clock
from booking.rules import hours
from booking.rules.facts import Ask, Visibility
from booking.rules.plans import MOST_PARTS
from booking.rules.privacy import OWN_LEVELS
from booking.rules.refusals import Refusal, Refused, Unacceptable
from booking.rules.spans import Span
from booking.web import wall_times
from booking.web.converters import LARGEST_ID
from booking.web.entries import taken_of
from booking.web.forms import Fields
from booking.web.wall_times import Typed
from booking.wording.problems import problem_sentences

_NAMES = ("date", "start", "end", "end_date")
_USUAL = timedelta(hours=1)
# When nothing is said: tomorrow, at this hour of the space's wall clock.
_MORNING = time(10)


@dataclass(frozen=True, slots=True)
class Part:
    """One tool of the basket with its time; `errors` and `refusals` say why no time can be read."""

    card: ToolCard
    typed: Typed
    span: Span | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Basket:
    """The parts in their order, and what all of them are for."""

    parts: tuple[Part, ...]
    name: str
    purpose: str
    team_id: int | None = None
    own_level: Visibility | None = None

    @property
    def asks(self) -> list[Ask]:
        """What is asked for, as far as times can be read."""
        return [
            Ask(part.card.id, part.span, self.purpose, team_id=self.team_id, own_level=self.own_level)
            for part in self.parts
            if part.span
        ]

    @property
    def is_complete(self) -> bool:
        """Whether there is any part, and each has a time."""
        return bool(self.parts) and all(part.span for part in self.parts)

    def fields(self) -> dict[str, str]:
        """The basket as the fields of a form."""
        found = {"name": self.name, "purpose": self.purpose, "team": str(self.team_id or "")}
        found["visibility"] = self.own_level or ""
        for number, part in enumerate(self.parts, 1):
            found |= part_fields(number, part.card.id, part.typed)
        return {name: value for name, value in found.items() if value}


def part_fields(number: int, tool_id: int, typed: Typed) -> dict[str, Any]:
    """One part as fields of a form."""
    found = {f"tool-{number}": str(tool_id)} | {f"{name}-{number}": getattr(typed, name) for name in _NAMES}
    return {name: value for name, value in found.items() if value}


def read(source: MultiDict[str, str], longest_name: int, longest_purpose: int) -> Basket:
    """The basket in a form or an address, after what its pressed button asks for; unknown tools are left out."""
    numbers = [number for number in range(1, MOST_PARTS + 1) if _number(source.get(f"tool-{number}", ""))]
    ids = {number: _number(source[f"tool-{number}"]) for number in numbers}
    cards = {card.id: card for card in _cards(set(ids.values()))}
    parts = [
        _part(cards[ids[number]], {name: source.get(f"{name}-{number}", "").strip() for name in _NAMES})
        for number in numbers
        if ids[number] in cards
    ]
    name, purpose = source.get("name", "").strip(), source.get("purpose", "").strip()
    team_id = _number(source.get("team", "")) or None
    level = source.get("visibility", "")
    own_level = Visibility(level) if level in OWN_LEVELS else None
    basket = Basket(tuple(parts), name[:longest_name], purpose[:longest_purpose], team_id, own_level)
    return _pressed(basket, source)


def _pressed(basket: Basket, source: MultiDict[str, str]) -> Basket:
    """The basket after the pressed button: a part more or less, another time for one, or for all of them."""
    act, _, value = source.get("do", "").partition(":")
    if act == "remove":
        kept = tuple(part for number, part in enumerate(basket.parts, 1) if str(number) != value)
        return replace(basket, parts=kept)
    if act == "add":
        return _with_another(basket, _number(source.get("add", "")), source.get("when") == "same")
    if act == "take":
        number, _, taken = value.partition("/")
        return _with_taken(basket, number, taken_of(taken))
    if act == "shift":
        return _later(basket, value)
    return basket


def _with_another(basket: Basket, tool_id: int, is_same: bool) -> Basket:
    """One part more, at the time of the last one or right after it."""
    cards = _cards({tool_id}) if tool_id and len(basket.parts) < MOST_PARTS else []
    if not cards:
        return basket
    [card] = cards
    last = max((part.span for part in basket.parts if part.span), key=lambda span: span.end, default=None)
    if last is None:
        span = _tomorrow(card)
    else:
        span = last if is_same else Span(last.end, last.end + last.length)
    return replace(basket, parts=(*basket.parts, _at(card, span)))


def _with_taken(basket: Basket, number: str, taken: tuple[int, Span] | None) -> Basket:
    """The same basket with one of the offered ways out in place of a part."""
    cards = _cards({taken[0]}) if taken else []
    if taken is None or not cards:
        return basket
    parts = [_at(cards[0], taken[1]) if str(place) == number else part for place, part in enumerate(basket.parts, 1)]
    return replace(basket, parts=tuple(parts))


def _later(basket: Basket, minutes: str) -> Basket:
    """The same basket with all of its times so much later, or earlier."""
    digits = minutes.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 4):
        return basket
    by = timedelta(minutes=int(minutes))
    parts = [
        _at(part.card, Span(part.span.start + by, part.span.end + by)) if part.span else part for part in basket.parts
    ]
    return replace(basket, parts=tuple(parts))


def _part(card: ToolCard, typed: dict[str, str]) -> Part:
    fields = Fields(MultiDict(typed))
    shown = Typed(**typed)
    try:
        span = wall_times.read(fields, card.time_zone)
        fields.finish()
    except Unacceptable as unacceptable:
        return Part(card, shown, errors=problem_sentences(unacceptable))
    except Refused as refused:
        return Part(card, shown, refusals=refused.refusals)
    return Part(card, wall_times.typed_of(card.time_zone, span) if span else shown, span)


def _at(card: ToolCard, span: Span) -> Part:
    return Part(card, wall_times.typed_of(card.time_zone, span), span)


def _tomorrow(card: ToolCard) -> Span:
    day = hours.to_wall(card.time_zone, clock.now()).date() + timedelta(days=1)
    try:
        start = hours.to_utc(card.time_zone, datetime.combine(day, _MORNING))
    except Refused:  # The clocks skip it.
        start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    return Span(start, start + _USUAL)


def _number(text: str) -> int:
    """The number of a tool or a team; 0, which none has, for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))
    return int(text) if is_number and int(text) <= LARGEST_ID else 0


def _cards(ids: set[int]) -> list[ToolCard]:
    return list(tools.tool_cards(edge.session(), tool_ids=tuple(ids))) if ids else []
