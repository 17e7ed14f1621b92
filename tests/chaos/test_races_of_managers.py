"""Two managers or admins at once: none overwrites what the other has just saved, and nobody sees a fault."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from booking.actions import people, spaces, tools
from booking.actions.call import Call
from booking.models.accounts import admins
from booking.models.database import reading, writing
from booking.models.spaces import SpaceCard, space_of, wish_of
from booking.models.tools import ToolSheet, tool_cards, tool_sheets
from booking.rules.refusals import Denied, Refused
from tests.acting import Scene
from tests.factories import actor_of, make_account

ROUNDS = 10


def together(*acts: Callable[[], object]) -> list[str]:
    """Do all at the same moment: for each "done", the code of the refusal or "denied". Anything else is raised."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        start.wait()
        try:
            act()
        except Refused as refused:
            return refused.refusals[0].code
        except Denied:
            return "denied"
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def lumi(scene: Scene) -> ToolSheet:
    """The tool as it is now."""
    with reading(scene.engine) as session:
        return tool_sheets(session, [scene.space_id])[0]


def werkhof(scene: Scene) -> SpaceCard:
    """The space as it is now."""
    with reading(scene.engine) as session:
        return space_of(session, scene.space_id)


@pytest.mark.both_engines
def test_of_two_who_save_a_tool_the_second_is_told(scene: Scene) -> None:
    for turn in range(ROUNDS):
        sheet = lumi(scene)

        def save(place: str, sheet: ToolSheet = sheet) -> object:
            wish, card = replace(sheet.wish, place=place), sheet.card
            return scene.perform(scene.bo, tools.change, card.space_slug, card.slug, wish, sheet.version)

        outcomes = together(*[lambda side=side, turn=turn: save(f"{side} {turn}") for side in ("Left", "Right")])
        assert outcomes == ["changed_meanwhile", "done"]


@pytest.mark.both_engines
def test_of_two_who_save_a_space_the_second_is_told(scene: Scene) -> None:
    for turn in range(ROUNDS):
        card = werkhof(scene)

        def save(city: str, card: SpaceCard = card) -> object:
            wish = replace(wish_of(card), city=city)
            return scene.perform(scene.bo, spaces.change, card.slug, wish, card.version)

        outcomes = together(*[lambda city=city, turn=turn: save(f"{city} {turn}") for city in ("Berlin", "Potsdam")])
        assert outcomes == ["changed_meanwhile", "done"]


@pytest.mark.both_engines
def test_tools_of_one_name_get_addresses_of_their_own(scene: Scene) -> None:
    wish, slug = lumi(scene).wish, werkhof(scene).slug
    assert together(*[lambda: scene.perform(scene.bo, tools.create, slug, wish)] * 4) == ["done"] * 4
    with reading(scene.engine) as session:
        assert len({card.slug for card in tool_cards(session, space_id=scene.space_id)}) == 5


@pytest.mark.engine("postgresql")
def test_a_name_that_was_free_a_moment_ago_is_looked_for_again(scene: Scene) -> None:
    wish, faster = replace(wish_of(werkhof(scene)), name="Nord"), list[str]()

    def add(call: Call) -> str:
        slug = spaces.free_slug(call, wish.name)
        if not faster:
            faster.append(scene.perform(scene.dee, spaces.create, wish).slug)
        return spaces.add(call, wish, slug).slug

    assert scene.perform(scene.dee, add) == "nord-2"
    assert faster == ["nord"]


@pytest.mark.both_engines
def test_one_of_two_admins_who_end_one_another_remains(scene: Scene) -> None:
    with writing(scene.engine) as session:
        eve = actor_of(make_account(session, "Eve", is_admin=True))
    outcomes = together(
        lambda: scene.perform(scene.dee, people.demote, eve.account_id),
        lambda: scene.perform(eve, people.demote, scene.dee.account_id),
    )
    assert outcomes == ["denied", "done"]
    with writing(scene.engine) as session:
        assert len(admins(session)) == 1
