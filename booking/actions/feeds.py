"""Private calendar addresses: make, rename, replace, revoke. An address is shown once and kept as a hash."""

from booking.actions.call import Call
from booking.models import feeds
from booking.models.feeds import FeedCard, Subject
from booking.models.find import kinds_at
from booking.outside.secrets import digest, new_secret
from booking.rules import text
from booking.rules.access import Actor, Role
from booking.rules.events import View, audience_for
from booking.rules.privacy import Viewer
from booking.rules.refusals import Absent, Denied, Problem, Refusal, Refused, Unacceptable

MOST = 100
LONGEST_NAME = 80
# The first letter of a token names its view, so that a read knows its question before it asks.
LETTERS = {View.MINE: "m", View.TOOL: "t", View.SPACE: "s", View.TEAM: "g", View.KIND: "k", View.APPROVALS: "a"}
_VIEWS = {letter: view for view, letter in LETTERS.items()}


def create(
    call: Call,
    view: View,
    *,
    tool_id: int | None = None,
    space_id: int | None = None,
    team_id: int | None = None,
    kind_id: int | None = None,
    name: str = "",
    busy_only: bool = False,
) -> tuple[FeedCard, str]:
    """A fresh feed of the actor, and its address, which is shown this once.

    A tool feed needs the tool's id, a space feed the space's, a team feed the team's, that of a kind the kind's;
    approvals may name a space or mean all that the actor manages. Raises Absent for what she may not see, Denied for
    approvals of others, Refused `too_many_feeds`.
    """
    person = call.person
    about = subject_for(call, view, tool_id=tool_id, space_id=space_id, team_id=team_id, kind_id=kind_id)
    name = text.one_line(name, LONGEST_NAME, "name")
    if feeds.count(call.session, person.account_id) >= MOST:
        raise Refused((Refusal("too_many_feeds", {"most": MOST}),))
    token = LETTERS[view] + new_secret()
    feed_id = feeds.add(
        call.session,
        call.now,
        account_id=person.account_id,
        token_hash=digest(token),
        name=name,
        view=view.value,
        space_id=about.space_id if about and view is not View.TOOL else None,
        tool_id=about.tool_id if about and view is View.TOOL else None,
        team_id=team_id if view is View.TEAM else None,
        kind_id=kind_id if view is View.KIND else None,
        busy_only=busy_only,
    )
    call.note("feed_created", "feed", feed_id, about.space_id if about else None, view=view.value, busy_only=busy_only)
    return _card(call, person, feed_id), address(call.settings.base_url, token)


def rename(call: Call, feed_id: int, name: str) -> FeedCard:
    """Another name for one of the actor's feeds; an empty one gives the usual name back. Raises Absent."""
    name = text.one_line(name, LONGEST_NAME, "name")
    if not feeds.change(call.session, call.person.account_id, feed_id, name=name):
        raise Absent
    call.note("feed_renamed", "feed", feed_id)
    return _card(call, call.person, feed_id)


def rotate(call: Call, feed_id: int) -> tuple[FeedCard, str]:
    """A new address for one of the actor's feeds: a fresh feed in its place, the old one revoked. Raises Absent."""
    card = _card(call, call.person, feed_id)
    revoke(call, feed_id)
    space_id = None if card.view is View.TOOL else card.space_id
    about = {"tool_id": card.tool_id, "space_id": space_id, "team_id": card.team_id, "kind_id": card.kind_id}
    return create(call, card.view, **about, name=card.name, busy_only=card.busy_only)


def revoke(call: Call, feed_id: int) -> None:
    """Let one of the actor's feeds answer no more, at once and for ever. Raises Absent."""
    if not feeds.change(call.session, call.person.account_id, feed_id, revoked_at=call.now):
        raise Absent
    call.note("feed_revoked", "feed", feed_id)


def address(base_url: str, token: str) -> str:
    """Where a feed is read."""
    return f"{base_url}/feeds/{token}.ics"


def view_of(token: str) -> View:
    """The view that a token names; raises Absent when it can't be one of ours."""
    view = _VIEWS.get(token[:1])
    if view is None or not 20 <= len(token) <= 100 or not token.isascii():
        raise Absent
    return view


def subject_for(
    call: Call,
    view: View,
    *,
    tool_id: int | None = None,
    space_id: int | None = None,
    team_id: int | None = None,
    kind_id: int | None = None,
) -> Subject | None:
    """The tool or space that a new feed would be about; None for views without one. Raises what `create` says."""
    person = call.person
    if view is View.TEAM:
        _own_team(person, team_id)
    if view is View.KIND:
        _kind_at_own_spaces(call, person, kind_id)
    if view in (View.MINE, View.TEAM, View.KIND):
        return None
    if view is View.APPROVALS and space_id is None:
        if not person.is_admin and not person.spaces_with(Role.MANAGER):
            raise Denied
        return None
    found = _found(call, view, tool_id, space_id)
    if view is View.APPROVALS:
        call.require(Role.MANAGER, found.space_id)
    viewer = Viewer(person.account_id, person.role_at(found.space_id))
    if audience_for(viewer, found.visibility, found.publishes) is None:
        raise Absent
    return found


def _kind_at_own_spaces(call: Call, person: Actor, kind_id: int | None) -> None:
    if kind_id is None:
        raise Unacceptable(Problem("id", "required"))
    if not any(each.kind_id == kind_id for found in kinds_at(call.session, person.roles).values() for each in found):
        raise Absent


def _own_team(person: Actor, team_id: int | None) -> None:
    if team_id is None:
        raise Unacceptable(Problem("id", "required"))
    if team_id not in person.team_ids:
        raise Absent


def _found(call: Call, view: View, tool_id: int | None, space_id: int | None) -> Subject:
    of_tool = view is View.TOOL
    if (tool_id if of_tool else space_id) is None:
        raise Unacceptable(Problem("id", "required"))
    found = feeds.subject(call.session, tool_id=tool_id) if of_tool else feeds.subject(call.session, space_id=space_id)
    if found is None:
        raise Absent
    return found


def _card(call: Call, person: Actor, feed_id: int) -> FeedCard:
    found = feeds.card(call.session, person.account_id, feed_id)
    if found is None:
        raise Absent
    return found
