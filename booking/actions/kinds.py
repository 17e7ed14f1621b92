"""The taxonomy of kinds: the built-in ones, and what an admin adds."""

from booking.actions.call import Call
from booking.models import kinds
from booking.models.kinds import KindCard
from booking.rules import text
from booking.rules.capabilities import BUILT_IN, TYPES, CapabilitySpec
from booking.rules.refusals import Denied, Problem, Unacceptable
from booking.wording.kinds import built_in_names, english_names

LONGEST_NAME = 80
LONGEST_UNIT = 16
MOST_CHOICES = 40


def ensure_builtin(call: Call) -> int:
    """Add the built-in kinds and capabilities that are missing; how many kinds were added. Safe to repeat."""
    present = {card.slug: card for card in kinds.kind_cards(call.session)}
    names = english_names()
    added = 0
    for kind in BUILT_IN:
        card = present.get(kind.slug)
        if card is None:
            kind_id, stated = kinds.add_kind(call.session, kind.slug, names[kind.slug], kind.slug), 0
            added += 1
        else:
            kind_id, stated = card.id, len(card.capabilities)
        known = {spec.slug for spec in card.capabilities} if card else set()
        missing = [spec for spec in kind.capabilities if spec.slug not in known]
        kinds.add_capabilities(call.session, kind_id, missing, stated)
    if added:
        call.note("kinds_added", "kind", None, number=added)
    return added


def add(call: Call, name: str, art: str = "other") -> KindCard:
    """Add a kind of one's own; its slug comes from its name. Raises Unacceptable when there is one of that name."""
    _admin(call)
    name = _named(name)
    cards = kinds.kind_cards(call.session)
    slug = text.slug(name, default="kind").replace("-", "_")
    taken = {card.slug for card in cards} | {card.name.casefold() for card in cards} | set(built_in_names())
    if slug in taken or name.casefold() in taken:
        raise Unacceptable(Problem("name", "already_there"))
    kind_id = kinds.add_kind(call.session, slug, name, art)
    call.note("kind_added", "kind", kind_id, name=name)
    return kinds.kind_card(call.session, slug)


def add_capability(call: Call, kind_slug: str, spec: CapabilitySpec) -> KindCard:
    """Add a capability to a kind; its slug comes from its name and its unit."""
    _admin(call)
    card = kinds.kind_card(call.session, kind_slug)
    added = checked_capability(card, spec)
    kinds.add_capabilities(call.session, card.id, [added], len(card.capabilities))
    call.note("capability_added", "kind", card.id, capability=added.slug)
    return kinds.kind_card(call.session, kind_slug)


def checked_capability(card: KindCard, spec: CapabilitySpec) -> CapabilitySpec:
    """The capability as the kind would state it; raises Unacceptable with everything that is wrong with it."""
    name = text.one_line(spec.name, LONGEST_NAME, "name")
    unit = text.one_line(spec.unit, LONGEST_UNIT, "unit") if spec.type == "number" else ""
    slug = text.slug(f"{name} {unit}", default="capability").replace("-", "_")
    choices = tuple(dict.fromkeys(choice for choice in spec.choices if choice)) if spec.type == "choice" else ()
    problems = [] if name else [Problem("name", "required")]
    if spec.type not in TYPES:
        problems.append(Problem("type", "not_a_choice"))
    if spec.type == "choice" and not 2 <= len(choices) <= MOST_CHOICES:
        problems.append(Problem("choices", "number_of_choices", {"low": 2, "high": MOST_CHOICES}))
    if slug in {known.slug for known in card.capabilities}:
        problems.append(Problem("name", "already_there"))
    if problems:
        raise Unacceptable(*problems)
    return CapabilitySpec(slug, spec.type, unit, choices, name)


def _named(name: str) -> str:
    name = text.one_line(name, LONGEST_NAME, "name")
    if not name:
        raise Unacceptable(Problem("name", "required"))
    return name


def _admin(call: Call) -> None:
    if not call.person.is_admin:
        raise Denied
