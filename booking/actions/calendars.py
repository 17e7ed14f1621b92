"""Read a calendar: what changed is told by marks, and its body is joined from stored events."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from booking.actions.call import Call
from booking.actions.feeds import view_of
from booking.actions.renderings import code_stamp, shown_span
from booking.ical import write
from booking.ical.write import CalendarHead
from booking.models import calendars, renderings
from booking.models.calendar_events import StoredEvents, stored_events
from booking.models.calendars import CalendarState
from booking.outside.secrets import digest
from booking.rules.access import Role, at_least
from booking.rules.events import Audience, Audiences, View, all_for, audiences_for, busy_only
from booking.rules.privacy import Viewer
from booking.rules.refusals import Absent
from booking.wording.calendars import calendar_description, calendar_name, event_words
from booking.wording.kinds import kind_name_in

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scope:
    """Bookings that are written for the same audiences: all of a calendar, or those at some spaces."""

    audiences: Audiences
    space_ids: tuple[int, ...] = ()


def private(call: Call, token: str) -> CalendarState:
    """The feed of this address, a revoked one too. Raises Absent for an unknown one, and where its owner may no
    longer see what it shows."""
    found = calendars.private_state(call.session, digest(token), view_of(token))
    if found is None or found.disabled_at is not None:
        raise Absent
    if found.view is View.KIND:
        found = replace(found, places=calendars.places(call.session, found.account_id))
    if found.revoked_at is None:
        scopes(found)
    return found


def public(call: Call, space_slug: str, tool_slug: str | None = None) -> CalendarState:
    """The public calendar of a space or one of its tools; raises Absent where the space doesn't publish."""
    found = calendars.public_state(call.session, space_slug, tool_slug)
    if found is None:
        raise Absent
    return found


def scopes(found: CalendarState) -> tuple[Scope, ...]:
    """For whom the calendar's bookings are written; raises Absent when the reader may see none.

    In one piece but for a kind of tools, whose spaces are told by what their reader sees of each.
    """
    if found.view is View.KIND:
        seen = tuple(_at_own_spaces(found))
    else:
        audiences = _audiences(found)
        seen = (Scope(audiences),) if audiences else ()
    if not seen:
        raise Absent
    if not found.busy_only or found.view is View.MINE:
        return seen
    return tuple(replace(each, audiences=busy_only(each.audiences)) for each in seen)


def _audiences(found: CalendarState) -> Audiences | None:
    if found.view is View.MINE:
        return all_for(Audience.BLANK if found.busy_only else Audience.OWN)
    if found.view is View.TEAM:
        return all_for(Audience.SHARED) if found.is_mate else None
    role = Role.ADMIN if found.is_admin else found.role
    if found.view is View.APPROVALS:
        # Without a space it is about all that the owner manages, which the query itself looks up.
        return all_for(Audience.SHARED) if found.space_id is None or at_least(role, Role.MANAGER) else None
    return audiences_for(Viewer(found.account_id, role), found.visibility, found.publishes)


def _at_own_spaces(found: CalendarState) -> Iterator[Scope]:
    alike: dict[Audiences, list[int]] = {}
    for place in found.places:
        viewer = Viewer(found.account_id, Role.ADMIN if found.is_admin else place.role)
        seen = audiences_for(viewer, place.visibility, place.publishes)
        if seen:
            alike.setdefault(seen, []).append(place.space_id)
    for seen, space_ids in alike.items():
        yield Scope(seen, tuple(space_ids))


def entity_tag(call: Call, found: CalendarState) -> str:
    """A tag that changes whenever the body does, from the marks alone."""
    told = (
        code_stamp(call.settings.base_url),
        shown_span(call.now).start.date(),
        call.settings.network_name,
        found.feed_id,
        found.version,
        found.view,
        found.language,
        found.zone,
        found.is_admin,
        found.role,
        found.visibility,
        found.publishes,
        found.space_id,
        found.tool_id,
        found.team_name,
        found.kind,
        found.places,
        found.reader_teams,
        found.versions,
        found.marks,
        found.changed_at,
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def changed_at(call: Call, found: CalendarState) -> datetime:
    """When the body last changed: with a booking, with its subject, or with the day as days come and go."""
    today = call.now.replace(hour=0, minute=0, second=0, microsecond=0)
    moments = (today, found.created_at, found.subject_changed_at, found.changed_at)
    return max(moment for moment in moments if moment is not None)


def body(call: Call, found: CalendarState, source: str) -> bytes:
    """The whole calendar; `source` is its own address."""
    code = code_stamp(call.settings.base_url)
    events = [event for scope in scopes(found) for event in _events(call, found, scope, code)]
    return b"".join((write.head_bytes(_head(call, found, source)), *events, write.TAIL))


def _events(call: Call, found: CalendarState, scope: Scope, code: str) -> list[bytes]:
    seen = scope.audiences
    stored = stored_events(call.session, found, shown_span(call.now), seen, code, scope.space_ids)
    events = _complete(call, found, stored)
    if Audience.BUSY in (seen.others, seen.busy) and not found.busy_only:
        # Whoever looks at a tool doesn't want her own calendar filled with others' time.
        return [write.freed(b"".join(events))]
    return events


def _head(call: Call, found: CalendarState, source: str) -> CalendarHead:
    group = found.team_name or kind_name_in(found.language, *found.kind[1:])
    usual = calendar_name(found.language, found.view, found.tool_name, found.space_name, found.busy_only, group)
    description = calendar_description(found.language, found.view, call.settings.network_name)
    return CalendarHead(found.name or usual, description, found.zone, source)


def _complete(call: Call, found: CalendarState, stored: StoredEvents) -> list[bytes]:
    """The stored events, with those that are missing written now."""
    written = renderings.events(call.session, [booking_id for booking_id, _ in stored.missing.values()])
    words = event_words(found.language)
    bodies = stored.bodies
    for place, (booking_id, audience) in stored.missing.items():
        try:
            bodies[place] = write.event_bytes(written[booking_id], audience, words, call.settings.base_url)
        except Exception:
            # One booking that can't be written must not take the whole calendar away.
            logger.exception("the event of booking %d could not be written", booking_id)
    return [body for body in bodies if body is not None] if stored.missing else cast(list[bytes], bodies)
