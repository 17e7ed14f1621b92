"""Setting how much people, teams and visitors may book: managers for their space, admins for the network."""

from dataclasses import replace

from booking.actions.call import Call
from booking.actions.spaces import managed
from booking.models import kinds, quotas, tools
from booking.rules.facts import Counted, Measure, Quota
from booking.rules.quotas import scope
from booking.rules.refusals import Denied, Problem, Unacceptable

MOST_QUOTAS = 50
MOST_BOOKINGS = 500
# The most that a quota may allow, by what it adds up; more would be none.
MOST = {
    Measure.OPEN_BOOKINGS: MOST_BOOKINGS,
    Measure.MINUTES_DAY: 24 * 60,
    Measure.MINUTES_WEEK: 7 * 24 * 60,
    Measure.PERCENT_WEEK: 100,
}


def add(call: Call, space_slug: str | None, quota: Quota) -> int:
    """Set a quota at a space (the given one holds no space of its own), or with None for the network; its id.

    Bookings that go beyond it already stay. Raises Absent or Denied for everybody else, Unacceptable for what is no
    quota or is set already.
    """
    space_id = _owner(call, space_slug)
    quota = replace(quota, space_id=space_id)
    _check(call, quota)
    quota_id = quotas.add(call.session, quota, call.now)
    call.note("quota_added", "space", space_id, space_id, quota=quota_id, **_details(quota))
    return quota_id


def team_that_booked(call: Call, space_slug: str, name_or_id: str) -> int:
    """The team of this name or id that has booked at a space that one manages; raises Unacceptable for any other."""
    found = quotas.team_that_booked(call.session, managed(call, space_slug).id, name_or_id)
    if found is None:
        raise Unacceptable(Problem("team", "no_such_team"))
    return found


def remove(call: Call, space_slug: str | None, quota_id: int) -> None:
    """Take a quota away; raises Absent when it isn't theirs, and like `add`."""
    space_id = _owner(call, space_slug)
    quota = quotas.remove(call.session, quota_id, space_id)
    call.note("quota_removed", "space", space_id, space_id, quota=quota_id, **_details(quota))


def _owner(call: Call, space_slug: str | None) -> int | None:
    """The space whose quotas these are, None for the network."""
    if space_slug is not None:
        return managed(call, space_slug).id
    if not call.person.is_admin:
        raise Denied
    return None


def _check(call: Call, quota: Quota) -> None:
    if not 0 < quota.amount <= MOST[quota.measure]:
        raise Unacceptable(Problem("amount", "out_of_range", {"low": 1, "high": MOST[quota.measure]}))
    is_share = quota.measure is Measure.PERCENT_WEEK
    # Visitors are those of a space, and a share is one of open hours: nothing else is counted for all of them.
    if is_share != (quota.counted is Counted.VISITORS) or (is_share and quota.space_id is None):
        raise Unacceptable(Problem("what", "not_a_choice"))
    if quota.team_id is not None and not _is_teams(call, quota):
        raise Unacceptable(Problem("team", "no_such_team"))
    if not _is_known(call, quota):
        raise Unacceptable(Problem("where", "not_a_choice"))
    others = [card.quota for card in quotas.of_space(call.session, quota.space_id)]
    if any(replace(other, id=quota.id, amount=quota.amount) == quota for other in others):
        raise Unacceptable(Problem("where", "already_there"))
    if len(others) >= MOST_QUOTAS:
        raise Unacceptable(Problem("where", "too_many_values", {"most": MOST_QUOTAS}))


def _is_teams(call: Call, quota: Quota) -> bool:
    """Whether it counts for a team that the space knows by its bookings; the network names none."""
    if quota.counted is not Counted.TEAM or quota.space_id is None:
        return False
    return quotas.team_that_booked(call.session, quota.space_id, str(quota.team_id)) == quota.team_id


def _is_known(call: Call, quota: Quota) -> bool:
    """Whether it names a tool of the space, or a kind, or neither."""
    if quota.tool_id is not None:
        found = {card.id for card in tools.tool_cards(call.session, space_id=quota.space_id)}
        return quota.space_id is not None and quota.kind_id is None and quota.tool_id in found
    return quota.kind_id is None or quota.kind_id in {card.id for card in kinds.kind_cards(call.session)}


def _details(quota: Quota) -> dict[str, object]:
    where = {"tool": quota.tool_id} if quota.tool_id else {"kind": quota.kind_id} if quota.kind_id else {}
    where |= {"team": quota.team_id} if quota.team_id else {}
    told = {"counted": quota.counted.value, "measure": quota.measure.value, "amount": quota.amount}
    return {"scope": scope(quota), **where, **told}
