"""Menus that open over a page: all of them can be reached, also on a small screen."""

import pytest

from tests.browser.conftest import SIZES, Seat

pytestmark = pytest.mark.needs("chromium")


@pytest.mark.parametrize("size", SIZES)
def test_the_whole_menu_of_a_calendar_is_on_the_screen_with_its_code(seat: Seat, maker: str, size: str) -> None:
    page = seat(maker, size=size)
    page.goto("/spaces/werkhof-spree/tools/mr-beam-ii/")
    page.get_by_role("button", name="Subscribe").click()
    code = page.locator("#subscribe .qr").bounding_box()
    assert code is not None and code["y"] >= 0
    assert code["y"] + code["height"] <= SIZES[size]["height"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_rooms_of_a_space_are_one_line_on_a_phone_that_begins_with_the_open_one(seat: Seat, scripts: bool) -> None:
    page = seat("manager", size="phone", scripts=scripts)
    page.goto("/manage/spaces/silu/strikes/")
    rooms, current = page.get_by_role("navigation", name="Manage this space"), page.locator(".one-line [aria-current]")
    line, shown = rooms.bounding_box(), current.bounding_box()
    assert line is not None and shown is not None
    assert line["height"] < 2 * shown["height"]
    assert 0 <= shown["x"] and shown["x"] + shown["width"] <= SIZES["phone"]["width"]
    page.get_by_role("link", name="Certificates").last.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/certificates/")
