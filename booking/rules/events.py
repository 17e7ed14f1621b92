"""A booking as a calendar shows it, for whom, and the words that its reader is told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from booking.rules.facts import Visibility
from booking.rules.privacy import BookingView, Viewer, project
from booking.rules.states import ENDED, State


class Audience(StrEnum):
    """For whom an event is written: each shows what the privacy projection shows, and blocks time or doesn't.

    `own` is the maker's own calendar; `shared` shows all in the calendar of a tool, a space or a team; `open` and
    `name` are what members see at these visibility levels; `busy` names the tool only; `blank` not even that.
    """

    OWN = "own"
    SHARED = "shared"
    OPEN = "open"
    NAME = "name"
    BUSY = "busy"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Audiences:
    """For whom a calendar's bookings are written: the reader's own, her teams', and those of others.

    Of others' those that have a level of their own are written for another audience, or (None) not at all.
    """

    own: Audience
    teams: Audience
    others: Audience
    closed: Audience | None
    busy: Audience
    named: Audience


class View(StrEnum):
    """What a feed shows: bookings of mine, of a tool, space or team, of a kind at my spaces; or requests to decide."""

    MINE = "mine"
    TOOL = "tool"
    SPACE = "space"
    TEAM = "team"
    KIND = "kind"
    APPROVALS = "approvals"


@dataclass(frozen=True, slots=True)
class BookingEvent:
    """Everything that an event could tell of a booking; instants in UTC, `zone` is the space's IANA zone."""

    booking_id: int
    uid: str
    state: State
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    changed_at: datetime
    sequence: int
    version: int
    maker: str
    purpose: str
    reason: str
    tool: str
    tool_slug: str
    place: str
    space: str
    space_slug: str
    address: str
    city: str
    zone: str
    latitude: float | None
    longitude: float | None
    language: str
    visibility: Visibility


@dataclass(frozen=True, slots=True)
class EventWords:
    """The words of one language; each sentence holds `%(title)s` or `%(tool)s` where the name goes."""

    busy: str
    busy_tool: str
    waiting: str
    cancelled: str
    ended: Mapping[State, str]


def stored_audiences(visibility: Visibility) -> tuple[Audience, ...]:
    """The audiences whose events are kept ready, at a space of that visibility level."""
    members = {Visibility.NAME: (Audience.NAME,), Visibility.OPEN: (Audience.OPEN,)}
    return (Audience.OWN, Audience.SHARED, *members.get(visibility, ()), Audience.BUSY)


def has_words(event: BookingEvent, audience: Audience) -> bool:
    """Whether the event says anything that differs between languages; a confirmed booking is names and numbers."""
    return audience in (Audience.BUSY, Audience.BLANK) or event.state is State.PENDING or event.state in ENDED


def audience_for(viewer: Viewer, visibility: Visibility, publishes: bool) -> Audience | None:
    """How the viewer sees somebody else's booking in the calendar of a tool or space; None: not at all."""
    return _audience(viewer, visibility, publishes, None)


def audiences_for(viewer: Viewer, visibility: Visibility, publishes: bool) -> Audiences | None:
    """How the viewer sees the bookings in the calendar of a tool or space; None where she may see none."""
    others = audience_for(viewer, visibility, publishes)
    if others is None:
        return None
    levels = (Visibility.CLOSED, Visibility.BUSY, Visibility.NAME)
    closed, busy, named = (_audience(viewer, visibility, publishes, level) for level in levels)
    return Audiences(Audience.SHARED, Audience.SHARED, others, closed, busy or others, named or others)


def all_for(audience: Audience) -> Audiences:
    """A calendar whose bookings are all written for the same audience."""
    return Audiences(audience, audience, audience, audience, audience, audience)


def busy_only(seen: Audiences) -> Audiences:
    """The same bookings, with nothing told but their time."""
    return replace(all_for(Audience.BUSY), closed=seen.closed and Audience.BUSY)


def _audience(viewer: Viewer, visibility: Visibility, publishes: bool, own_level: Visibility | None) -> Audience | None:
    booking = BookingView(account_id=None, name="name", purpose="purpose", own_level=own_level)
    shown = project(booking, viewer, visibility, publishes)
    if not shown.show_time:
        return None
    if shown.link:
        return Audience.SHARED
    if shown.purpose is not None:
        return Audience.OPEN
    return Audience.NAME if shown.name is not None else Audience.BUSY
