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
