"""Several wished times on one page: how each stands, and what is chosen for it in one field."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from booking import edge
from booking.actions import several
from booking.actions.series import Instead
from booking.actions.several import Looked
from booking.models import tools
from booking.models.tools import ToolCard
from booking.rules import policy
from booking.rules.availability import Alternative, Why
from booking.rules.facts import Ask
from booking.rules.several import Verdict
from booking.rules.spans import Span
from booking.web.entries import leaves_unit_open, taken_of, taken_value
from booking.wording.display import f_range, f_short_day
from booking.wording.refusals import refusal_sentences

PREFIX = "on-"
OUT = "out"
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Occasion:
    """One wished time: its field's name, its heading, how it stands (green, amber, red), and what can be chosen."""

    name: str
    heading: str
    tone: str
    sentences: Sequence[str]
    options: Pairs
    chosen: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen in the fields: another tool and time by key, and the keys that are left out."""

    instead: Mapping[str, Instead]
    out: Collection[str]


NOTHING_CHOSEN = Chosen({}, frozenset())


def read(sent: MultiDict[str, str]) -> Chosen:
    """The choices in a sent form; what can't be read counts as not chosen."""
    values = {name.removeprefix(PREFIX): value for name, value in sent.items() if name.startswith(PREFIX)}
    found = {
        key: Instead(*taken, any_unit=leaves_unit_open(value))
        for key, value in values.items()
        if (taken := taken_of(value))
    }
    return Chosen(found, {key for key, value in values.items() if value == OUT})


def shown(
    looked: Looked, account_id: int, chosen: Chosen, leave: str, heading: Callable[[Verdict], str]
) -> list[Occasion]:
    """Every wish with its verdict and choices; `leave` names the choice that books nothing or changes nothing.

    What clashes, and what was left out, has that chosen; the rest its own time.
    """
    ways = several.ways_out(edge.read_call(), looked, account_id)
    cards = _cards(looked, ways)
    return [
        _occasion(verdict, ways.get(verdict.key, ()), cards, leave, heading(verdict), verdict.key in chosen.out)
        for verdict in looked.judgement.verdicts
    ]


def may_override(looked: Looked) -> bool:
    """Whether the reader, as a manager, may set aside all that stands in the way."""
    who = edge.asker()
    clashes = looked.judgement.clashes
    roles = {id_: who.role_at(card.space_id) for id_, card in looked.tools.items()}
    return bool(clashes) and not any(
        clash.ask is None or policy.check_override(clash.refusals, roles[clash.ask.tool_id]) for clash in clashes
    )


def _occasion(
    verdict: Verdict, ways: Sequence[Alternative], cards: Mapping[int, ToolCard], leave: str, heading: str, is_out: bool
) -> Occasion:
    options: Pairs = []
    own = ""
    if verdict.ask is not None:
        own = taken_value(verdict.ask.tool_id, verdict.ask.span)
        options.append((own, _own_words(verdict.ask, cards)))
        options += [_way_out(way, verdict.ask, cards) for way in ways]
    options.append((OUT, leave))
    chosen = OUT if verdict.refusals or is_out else own
    return Occasion(PREFIX + verdict.key, heading, _tone(verdict), _sentences(verdict, cards), options, chosen)


def _tone(verdict: Verdict) -> str:
    if verdict.refusals:
        return "red"
    return "amber" if verdict.needs_approval else "green"


def _sentences(verdict: Verdict, cards: Mapping[int, ToolCard]) -> list[str]:
    if not verdict.refusals:
        return []
    zone = cards[verdict.ask.tool_id].time_zone if verdict.ask else "UTC"
    return refusal_sentences(verdict.refusals, zone)


def _way_out(way: Alternative, ask: Ask, cards: Mapping[int, ToolCard]) -> tuple[str, str]:
    words = _words(way.tool_id, way.span, ask, cards)
    if way.why is not Why.OTHER_UNIT:
        return taken_value(way.tool_id, way.span), words
    return taken_value(way.tool_id, way.span, any_unit=True), f"{words}, {gettext('another unit')}"


def _own_words(ask: Ask, cards: Mapping[int, ToolCard]) -> str:
    card = cards[ask.tool_id]
    time = f_range(ask.span.start, ask.span.end, card.time_zone)
    return str(gettext("%(time)s on %(tool)s", time=time, tool=card.name))


def _words(tool_id: int, span: Span, ask: Ask, cards: Mapping[int, ToolCard]) -> str:
    card = cards[tool_id]
    time = f_range(span.start, span.end, card.time_zone)
    if f_short_day(span.start, card.time_zone) != f_short_day(ask.span.start, card.time_zone):
        time = f"{f_short_day(span.start, card.time_zone)}, {time}"
    words = str(gettext("%(time)s on %(tool)s", time=time, tool=card.name))
    is_elsewhere = card.space_id != cards[ask.tool_id].space_id
    return f"{words}, {card.space_name}" if is_elsewhere else words


def _cards(looked: Looked, ways: Mapping[str, Sequence[Alternative]]) -> dict[int, ToolCard]:
    """The asked tools and those of the ways out, by id."""
    others = {way.tool_id for found in ways.values() for way in found} - set(looked.tools)
    found = tools.tool_cards(edge.session(), tool_ids=tuple(others)) if others else ()
    return dict(looked.tools) | {card.id: card for card in found}
