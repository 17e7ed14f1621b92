"""Making spaces and changing what is said about them."""

from booking.actions import invitations
from booking.actions.call import Call
from booking.models import spaces, tools
from booking.models.spaces import SpaceCard
from booking.rules import text
from booking.rules.access import Role
from booking.rules.catalogue import SpaceWish, check_space
from booking.rules.refusals import Absent, Denied, Refusal, Refused
from config import LANGUAGES

# What stands in the events of calendars: when it changes, they have to be sent anew.
_IN_CALENDARS = ("name", "address", "city", "country", "latitude", "longitude", "time_zone", "language")


def managed(call: Call, slug: str) -> SpaceCard:
    """The space of that slug, for its managers and admins; raises Absent for everybody else."""
    card = spaces.space_card(call.session, slug)
    if not call.person.has(Role.MANAGER, card.id):
        raise Absent
    return card


def create(call: Call, wish: SpaceWish, manager_email: str = "") -> SpaceCard:
    """Add a space, as a network admin; its first manager is invited by mail. Its slug comes from its name."""
    if not call.person.is_admin:
        raise Denied
    check_space(wish, LANGUAGES)
    card = add(call, wish, free_slug(call, wish.name))
    if manager_email:
        address = text.email_address(manager_email, "manager_email")
        invitations.invite(call, card, address, Role.MANAGER, call.person.account_id)
    return card


def add(call: Call, wish: SpaceWish, slug: str) -> SpaceCard:
    """Add a space that has been checked, under a slug that is free; for `create` and imports."""
    card = spaces.add(call.session, slug, wish, call.now)
    call.note("space_added", "space", card.id, card.id, name=card.name)
    return card


def change(call: Call, slug: str, wish: SpaceWish, version: int) -> SpaceCard:
    """Change a space, as its manager. Bookings keep their instants; calendars take the new text.

    Raises Refused with `changed_meanwhile` when the version is not the present one.
    """
    before = spaces.held(call.session, managed(call, slug).id)
    if before.version != version:
        raise Refused((Refusal("changed_meanwhile"),))
    check_space(wish, LANGUAGES)
    return apply(call, before, wish)


def apply(call: Call, before: SpaceCard, wish: SpaceWish) -> SpaceCard:
    """Write a checked wish over a space and move the calendars that show it; nothing when nothing differs."""
    if spaces.wish_of(before) == wish:
        return before
    after = spaces.change(call.session, before.id, wish, call.now)
    changed = [name for name in wish.__slots__ if getattr(before, name) != getattr(wish, name)]
    if any(name in _IN_CALENDARS for name in changed):
        tools.touch_bookings_of_space(call.session, before.id, call.now)
        call.later("render", {"space_id": before.id})
    call.note("space_changed", "space", before.id, before.id, fields=changed)
    return after


def free_slug(call: Call, name: str) -> str:
    """A slug for a new space of this name that no other has."""
    beginning = text.slug(name, default="space", longest=56)
    return numbered(beginning, spaces.slugs(call.session, beginning))


def numbered(slug: str, taken: frozenset[str] | set[str]) -> str:
    """The slug itself where it is free, else with the first number from 2 on that is."""
    number, found = 1, slug
    while found in taken:
        number += 1
        found = f"{slug}-{number}"
    return found
