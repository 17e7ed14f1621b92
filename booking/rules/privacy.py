"""What a reader sees of a booking: the one projection that every page, feed, mail and answer goes through."""

from collections.abc import Iterable
from dataclasses import dataclass

from booking.rules.access import Role, at_least
from booking.rules.facts import Visibility
from booking.rules.refusals import Refusal

# What a booking may have of its own, and all levels: from the one that tells the least.
_LEVELS = (Visibility.CLOSED, Visibility.BUSY, Visibility.NAME, Visibility.OPEN)
OWN_LEVELS = _LEVELS[:-1]


@dataclass(frozen=True, slots=True)
class BookingView:
    """What a booking could tell, before anybody looks."""

    account_id: int | None
    name: str = ""
    purpose: str = ""
    team_id: int | None = None
    # What its maker asked for; never makes it more visible than its space does.
    own_level: Visibility | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: the account (None when not signed in), its role at the booking's space (an admin's is ADMIN), and
    its teams."""

    account_id: int | None = None
    role: Role | None = None
    team_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """The ids of bookings that are the viewer's own, and of those that do not exist for her."""

    own: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Shown:
    """What the viewer may see; without `show_time` the booking does not exist for them."""

    show_time: bool
    name: str | None = None
    purpose: str | None = None
    link: bool = False
    mine: bool = False


def stricter(visibility: Visibility, own_level: Visibility | None) -> Visibility:
    """The level at which a booking is shown: the space's, or its own where that tells less."""
    return visibility if own_level is None else min(visibility, own_level, key=_LEVELS.index)


def choices(visibility: Visibility) -> tuple[Visibility, ...]:
    """The levels that a booking may have of its own at a space of that level: those that tell less."""
    return tuple(reversed(OWN_LEVELS[: _LEVELS.index(visibility)]))


def sees_times(viewer: Viewer, visibility: Visibility, publishes: bool) -> bool:
    """Whether the viewer may see at all when a space's tools are taken.

    A closed space shows that to its members only; a space that doesn't publish, to nobody who isn't signed in.
    """
    if viewer.role is not None:
        return True
    if visibility is Visibility.CLOSED:
        return False
    return publishes or viewer.account_id is not None


def told(
    refusals: Iterable[Refusal],
    viewer: Viewer,
    visibility: Visibility,
    publishes: bool = True,
    in_the_way: Iterable[BookingView] = (),
) -> tuple[Refusal, ...]:
    """The refusals as the viewer may hear them: who sees no times hears only that one is taken.

    So does who may not see one of the bookings in the way. A space for members doesn't even tell others that somebody
    was faster.
    """
    said = tuple(refusals)
    if any(refusal.code == "not_a_member" for refusal in said):
        said = tuple(refusal for refusal in said if refusal.code != "slot_taken")
    seen = (project(booking, viewer, visibility, publishes).show_time for booking in in_the_way)
    if sees_times(viewer, visibility, publishes) and all(seen):
        return said
    return tuple(Refusal("slot_taken") if refusal.code == "slot_taken" else refusal for refusal in said)


def project(booking: BookingView, viewer: Viewer, visibility: Visibility, publishes: bool = True) -> Shown:
    """What the viewer sees of the booking in a space of that visibility level.

    The owner, her team where it is booked for one, and the space's managers see all; members the name (`name`) and
    the purpose (`open`); others the time. Of a booking that is closed itself, others see nothing.
    """
    mine = viewer.account_id is not None and viewer.account_id == booking.account_id
    ours = booking.team_id is not None and booking.team_id in viewer.team_ids
    if mine or ours or at_least(viewer.role, Role.MANAGER):
        return Shown(True, booking.name, booking.purpose, link=True, mine=mine)
    if booking.own_level is Visibility.CLOSED or not sees_times(viewer, visibility, publishes):
        return Shown(False)
    visibility = stricter(visibility, booking.own_level)
    is_member = viewer.role is not None
    shows_name = is_member and visibility in {Visibility.NAME, Visibility.OPEN}
    shows_purpose = is_member and visibility is Visibility.OPEN
    return Shown(True, booking.name if shows_name else None, booking.purpose if shows_purpose else None)
