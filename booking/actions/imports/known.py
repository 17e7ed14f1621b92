"""What an import of tools knows from the start, so that a line costs few questions: spaces, kinds, tools, trainings."""

from collections import defaultdict
from difflib import get_close_matches

from booking.actions.call import Call
from booking.actions.imports.cells import Cells
from booking.actions.imports.scope import Scope, space_named, spaces_by_slug
from booking.actions.spaces import numbered
from booking.models import kinds, tool_rows, tools
from booking.models.kinds import KindCard
from booking.models.spaces import SpaceCard
from booking.models.tools import ToolSheet
from booking.rules import text
from booking.rules.refusals import Problem, Unacceptable
from booking.wording.kinds import built_in_names, training_names


class Known:
    """The present state of what lines speak of, and what the lines before took of it; reads only."""

    def __init__(self, call: Call, scope: Scope) -> None:
        self._call = call
        self._spaces = spaces_by_slug(call, scope)
        cards = kinds.kind_cards(call.session)
        self._kinds = _by_names(cards)
        self._tools: dict[int, list[ToolSheet]] = defaultdict(list)
        self._slugs: dict[int, set[str]] = defaultdict(set)
        for sheet in tools.tool_sheets(call.session, [card.id for card in self._spaces.values()]):
            self._tools[sheet.card.space_id].append(sheet)
            self._slugs[sheet.card.space_id].add(sheet.card.slug)
        self._taken: set[int] = set()
        self._lines: dict[tuple[object, ...], int] = {}
        self._certificates: dict[int, dict[str, int]] = {}

    def space(self, cells: Cells) -> SpaceCard:
        """The space that a line names by slug or name; raises Unacceptable for one that is not there or not theirs."""
        return space_named(cells, self._spaces)

    def kind(self, cells: Cells) -> KindCard:
        """The kind that a line names by slug or by its name in any language; else the nearest ones are told."""
        said = cells.given("kind")
        found = self._kinds.get(_plain(said))
        if found is None:
            nearest = _nearest(self._kinds, _plain(said)[:80])
            cells.problem("kind", "unknown_kind" if said else "required", kind=said[:80], nearest=nearest)
            raise Unacceptable(*cells.problems)
        return found

    def compare(self, cells: Cells, space: SpaceCard, kind: KindCard, number: int) -> None:
        """Refuse a line whose slug an earlier one has; say it of one that tells its tool apart by nothing.

        Registers of things have a line for each machine: two that are equal are two machines that people book one by
        one, so none is dropped and none becomes a unit of the other, which could not be taken apart again. Whoever
        means units says so in one line.
        """
        slug = _as_slug(cells.given("slug"))
        if slug:
            first = self._lines.setdefault((space.id, slug), number)
        else:
            told = (_plain(cells.given(column)) for column in ("name", "make_and_model", "place"))
            first = self._lines.setdefault((space.id, kind.id, *told), number)
        if first != number and slug:
            cells.problem("slug", "same_as_line", line=first)
        elif first != number:
            cells.remark("name", "same_tool_as_line", line=first)

    def tool(self, cells: Cells, space: SpaceCard, *, alone: bool) -> ToolSheet | None:
        """The tool that a line is about, each at most once; `alone` says that no other line has its name there."""
        sheets = [sheet for sheet in self._tools[space.id] if sheet.card.id not in self._taken]
        slug, name = _as_slug(cells.given("slug")), cells.given("name").casefold()
        if slug:
            fitting = [sheet for sheet in sheets if sheet.card.slug in (slug, cells.given("slug"))]
        else:
            named = [sheet for sheet in sheets if sheet.card.name.casefold() == name]
            model = cells.given("make_and_model").casefold()
            exact = [sheet for sheet in named if sheet.card.make_and_model.casefold() == model]
            fitting = exact or (named if alone and len(named) == 1 else [])
        if not fitting:
            return None
        self._taken.add(fitting[0].card.id)
        return fitting[0]

    def free_slug(self, space: SpaceCard, kind: KindCard, name: str, wished: str) -> str:
        """A slug for a new tool that no other of the space has; taken from now on.

        Raises Unacceptable where the line itself names one that another tool has: by a number it would not be found.
        """
        own = _as_slug(wished)
        if own in self._slugs[space.id]:
            raise Unacceptable(Problem("slug", "already_there"))
        beginning = own or _as_slug(name) or kind.slug.replace("_", "-")
        slug = numbered(beginning, self._slugs[space.id])
        self._slugs[space.id].add(slug)
        return slug

    def training(self, space: SpaceCard, kind: KindCard) -> tuple[int | None, str]:
        """The space's certificate of training on a kind: its name, and its id where there is one."""
        present = self._certificates.get(space.id)
        if present is None:
            rows = tool_rows.certificates_of(self._call.session, space.id)
            present = self._certificates[space.id] = {name: id_ for id_, name in rows.items()}
        names = training_names(kind.slug, kind.name, space.language)
        name = next((each for each in names if each in present), names[0])
        return present.get(name), name


def _by_names(cards: tuple[KindCard, ...]) -> dict[str, KindCard]:
    by_slug = {card.slug: card for card in cards}
    found = {_plain(name): by_slug[slug] for name, slug in built_in_names().items() if slug in by_slug}
    for card in cards:
        found[_plain(card.name)] = found[_plain(card.slug)] = card
    return found


def _nearest(kinds_by_name: dict[str, KindCard], said: str) -> tuple[str, ...]:
    """The slugs of at most three kinds whose name, or a word of it, looks like this."""
    slugs = {word: card.slug for name, card in kinds_by_name.items() for word in name.split()}
    slugs |= {name: card.slug for name, card in kinds_by_name.items()}
    return tuple(dict.fromkeys(slugs[near] for near in get_close_matches(said, list(slugs), n=6, cutoff=0.6)))[:3]


def _as_slug(said: str) -> str:
    """A slug as a new tool gets it; empty where no letter or digit is left."""
    return text.slug(said, default="", longest=56)


def _plain(name: str) -> str:
    """A name as it is compared: case, hyphens and underscores don't count."""
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
