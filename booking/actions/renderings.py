"""Keep the event bytes of bookings ready, so that a feed only joins what is stored."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from booking.actions.call import Call
from booking.ical import write
from booking.models import renderings
from booking.models.bookings import BookingCard
from booking.models.renderings import Rendering
from booking.rules.events import Audience, BookingEvent, has_words, stored_audiences
from booking.rules.facts import Visibility
from booking.rules.spans import Span
from booking.rules.states import State
from booking.wording.calendars import event_words
from config import LANGUAGES

SHOWN_BEFORE = timedelta(days=30)
SHOWN_AFTER = timedelta(days=365)
# A step of a job holds the writer for a moment only; what remains is left as a job of its own.
STEP = 200

_SAMPLE_TIME = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)


def shown_span(now: datetime) -> Span:
    """The starts of the bookings that feeds show: it moves once a day, so that a feed doesn't change by itself."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return Span(today - SHOWN_BEFORE, today + SHOWN_AFTER)


def refresh(call: Call, card: BookingCard) -> None:
    """Store the event bytes of a booking that was just written, in the same transaction."""
    replaced = () if card.version == 1 else (card.id,)
    renderings.keep(call.session, rendered(card.event, call.settings.base_url), replaced=replaced)


def refresh_tool(call: Call, tool_id: int, after: int = 0) -> None:
    """Render a tool's bookings again, step by step, after a change that raised their stamps."""
    ids = renderings.of_tool(call.session, tool_id, shown_span(call.now), after, STEP)
    _render(call, {"tool_id": tool_id}, ids)


def refresh_space(call: Call, space_id: int, after: int = 0) -> None:
    """Render a space's bookings again, step by step, after a change that raised their stamps."""
    ids = renderings.of_space(call.session, space_id, shown_span(call.now), after, STEP)
    _render(call, {"space_id": space_id}, ids)


def refresh_account(call: Call, account_id: int, after: int = 0) -> None:
    """A person changed the name that others see: raise the stamps of her bookings and render them, step by step."""
    ids = renderings.of_account(call.session, account_id, shown_span(call.now), after, STEP)
    renderings.raise_sequence(call.session, ids, call.now)
    _render(call, {"account_id": account_id}, ids)


def fill(call: Call, after: int = 0) -> None:
    """Render what is missing, after a load of rows or an upgrade; no stamp of a booking moves."""
    code = code_stamp(call.settings.base_url)
    ids = renderings.without_rendering(call.session, shown_span(call.now), code, after, STEP)
    _render(call, {"fill": True}, ids)


def run(call: Call, payload: dict[str, object]) -> None:
    """The job `render`: `{"tool_id": 1}`, `{"space_id": 1}`, `{"account_id": 1}` or `{"fill": true}`."""
    after = _whole(payload.get("after", 0))
    for name, act in _ACTS.items():
        if name in payload:
            act(call, _whole(payload[name]), after)
    if "fill" in payload:
        fill(call, after)


def forget_old(call: Call) -> None:
    """Delete renderings that no feed shows any more."""
    renderings.forget_before(call.session, shown_span(call.now).start)


def rendered(event: BookingEvent, base_url: str) -> list[Rendering]:
    """The renderings that are kept of a booking, with words in the space's language."""
    return [
        Rendering(
            event.booking_id,
            audience,
            event.language if has_words(event, audience) else "",
            code_stamp(base_url),
            event.version,
            write.event_bytes(event, audience, event_words(event.language), base_url),
        )
        for audience in stored_audiences(event.visibility)
    ]


@lru_cache
def code_stamp(base_url: str) -> str:
    """A stamp of how events are written: it changes with the code, the library, the words and our own address.

    It is the hash of sample events, so nobody has to remember to raise a number.
    """
    digest = hashlib.sha256()
    for language in LANGUAGES:
        for state in State:
            event = _sample(state)
            for audience in Audience:
                digest.update(write.event_bytes(event, audience, event_words(language), base_url))
    return digest.hexdigest()[:16]


_ACTS = {"tool_id": refresh_tool, "space_id": refresh_space, "account_id": refresh_account}


def _render(call: Call, subject: dict[str, object], ids: Sequence[int]) -> None:
    found = renderings.events(call.session, ids)
    kept = [each for event in found.values() for each in rendered(event, call.settings.base_url)]
    renderings.keep(call.session, kept, replaced=list(found))
    if len(ids) == STEP:
        call.later("render", subject | {"after": ids[-1]})


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("a job's ids are whole numbers")
    return value


def _sample(state: State) -> BookingEvent:
    """An event with everything that can be written: over midnight, in two zones' worth of text, with a position."""
    return BookingEvent(
        booking_id=1,
        uid="sample@localhost",
        state=state,
        starts_at=_SAMPLE_TIME,
        ends_at=_SAMPLE_TIME + timedelta(hours=2),
        created_at=_SAMPLE_TIME,
        changed_at=_SAMPLE_TIME,
        sequence=1,
        version=1,
        maker="Ada",
        purpose="D:\\Neu; a, b\n" + "ü" * 80,
        reason="Because.",
        tool="Lumi",
        tool_slug="lumi",
        place="Room 2",
        space="Werkhof",
        space_slug="werkhof",
        address="Street 5",
        city="Berlin",
        zone="Europe/Berlin",
        latitude=52.5,
        longitude=13.4,
        language="en",
        visibility=Visibility.OPEN,
    )
