"""Managers describe tools, say how they are, and add photos."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from booking.actions import kinds
from booking.actions.call import Call
from booking.models import outages, photos, tool_rows, tools
from booking.models.database import Session
from booking.models.tables.bookings import Booking, Claim
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool, Unit
from booking.outside import clock as clocks
from booking.rules.access import Role
from config import Settings
from tests import factories


@dataclass
class Manager:
    """Bo's browser, a tool of her space and a session of the test's own."""

    client: FlaskClient
    session: Session
    space: Space
    tool: Tool

    @property
    def tools(self) -> str:
        return f"/manage/spaces/{self.space.slug}/tools/"

    @property
    def own(self) -> str:
        return f"{self.tools}{self.tool.slug}/"

    def post(self, address: str, **form: object) -> TestResponse:
        """Send a form; the test's session then reads anew."""
        self.session.rollback()
        answer = self.client.post(address, data=form)
        self.session.expire_all()
        return answer


@pytest.fixture
def bo(app: Flask, client: FlaskClient, settings: Settings) -> Iterator[Manager]:
    app.config["WTF_CSRF_ENABLED"] = False
    with factories.database(app) as session:
        account, space = factories.make_account(session, "Bo"), factories.make_space(session)
        with app.app_context():
            kinds.ensure_builtin(Call(session, None, factories.NOW, settings))
        tool = factories.make_tool(session, space, units=2)
        factories.make_member(session, account, space, Role.MANAGER)
        factories.sign_in(client, session, account)
        yield Manager(client, session, space, tool)


def form_of(**changed: object) -> dict[str, object]:
    """The form of a tool, filled in."""
    return {
        "kind": "laser_cutter",
        "name": "Lumi",
        "approval": "never",
        "notice_minutes": 0,
        "window_days": 60,
        "shortest_minutes": 15,
        "longest_minutes": 480,
        "grain_minutes": 15,
        "setup_minutes": 0,
        "cleanup_minutes": 0,
        "version": 1,
    } | changed


def text(answer: TestResponse) -> str:
    return BeautifulSoup(answer.data, "html.parser").get_text(" ", strip=True)


def book(bo: Manager) -> Booking:
    """A confirmed booking of the first unit, tomorrow."""
    start = clocks.now() + timedelta(days=1)
    ada, unit = factories.make_account(bo.session), bo.session.query(Unit).filter_by(tool_id=bo.tool.id).first()
    assert unit is not None
    columns = {"space_id": bo.space.id, "tool_id": bo.tool.id, "account_id": ada.id, "state": "confirmed"}
    end = start + timedelta(hours=1)
    booking = Booking(uid=f"one-{ada.id}", starts_at=start, ends_at=end, created_at=start, changed_at=start, **columns)
    bo.session.add(booking)
    bo.session.flush()
    places = {"space_id": bo.space.id, "kind_id": bo.tool.kind_id, "unit_id": unit.id}
    bo.session.add(Claim(booking_id=booking.id, blocks_from=start, blocks_until=end, blocking=True, **places))
    bo.session.commit()
    return booking


@pytest.mark.usefixtures("clock")
def test_a_new_tool_has_typed_capabilities_and_as_many_units_as_there_are(bo: Manager) -> None:
    asked = form_of(
        name="Big Blue", unit_count=3, **{"capability.bed_width_mm": "600,5", "capability.technology": "co2"}
    )
    answer = bo.post(f"{bo.tools}new", **asked | {"capability.rotary": "no", "capability.power_w": ""})
    assert answer.headers["Location"].endswith("/tools/big-blue/photos/")
    card = tools.tool_card(bo.session, bo.space.slug, "big-blue")
    assert card.capabilities == {"bed_width_mm": 600.5, "technology": "co2", "rotary": False}
    assert card.units == 3


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("longest_minutes", 10),
        ("longest_minutes", 10_081),
        ("grain_minutes", 0),
        ("window_days", "9" * 25),
        ("setup_minutes", -1),
        ("approval", "sometimes"),
        ("kind", "time_machine"),
        ("manual_url", "javascript:alert(1)"),
        ("capability.bed_width_mm", "wide"),
        ("capability.bed_width_mm", "-1"),
        ("capability.technology", "magic"),
        ("certificates", "999"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_is_written(bo: Manager, field: str, value: object) -> None:
    answer = bo.post(bo.own, **form_of(name="Other") | {field: value})
    assert (answer.status_code, "Please look at this again" in text(answer)) == (422, True)
    assert tools.tool_sheet(bo.session, bo.space.slug, bo.tool.slug).version == 1


@pytest.mark.usefixtures("clock")
def test_everything_that_is_wrong_with_a_tool_is_said_at_once(bo: Manager) -> None:
    odd = form_of(name="", longest_minutes=15, shortest_minutes=30, manual_url="ftp://example.org", notice_minutes="x")
    page = text(bo.post(bo.own, **odd))
    for sentence in (
        "Please fill this in.",
        "The longest time must not be below the shortest.",
        "Please give an address that begins with https://.",
        "Please give a whole number.",
    ):
        assert sentence in page


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("changed", "raised"), [({"name": "Lumi II"}, 1), ({"fee_note": "1 € an hour"}, 0)])
def test_calendars_move_when_they_show_what_changed(bo: Manager, changed: dict[str, object], raised: int) -> None:
    booking = book(bo)
    assert bo.post(bo.own, **form_of(**changed)).status_code == 303
    bo.session.refresh(booking)
    assert booking.sequence == raised
    assert tools.tool_sheet(bo.session, bo.space.slug, bo.tool.slug).version == 2


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("width", ["1000000", "123456.75", "0.5", "1200"])
def test_a_number_comes_back_from_the_form_as_it_went_in(bo: Manager, width: str) -> None:
    bo.post(bo.own, **form_of(**{"capability.bed_width_mm": width}))
    shown = BeautifulSoup(bo.client.get(bo.own).text, "html.parser").select_one('[name="capability.bed_width_mm"]')
    assert shown is not None and shown["value"] == width


@pytest.mark.usefixtures("clock")
def test_a_tool_asks_for_certificates_of_its_own_space_only(bo: Manager) -> None:
    own = factories.make_certificate(bo.session, bo.space)
    foreign = factories.make_certificate(bo.session, factories.make_space(bo.session))
    bo.session.commit()
    assert bo.post(bo.own, **form_of(certificates=foreign.id)).status_code == 422
    assert bo.post(bo.own, **form_of(certificates=own.id)).status_code == 303
    assert tools.tool_card(bo.session, bo.space.slug, bo.tool.slug).certificate_ids == (own.id,)


@pytest.mark.usefixtures("clock")
def test_a_tool_with_bookings_to_come_keeps_its_kind(bo: Manager) -> None:
    book(bo)
    answer = bo.post(bo.own, **form_of(kind="metal_lathe"))
    assert (answer.status_code, "1 booking to come was made for the present kind." in text(answer)) == (422, True)
    assert tools.tool_card(bo.session, bo.space.slug, bo.tool.slug).kind_slug == "laser_cutter"
    for claim in bo.session.query(Claim):
        claim.blocking = False
    bo.session.commit()
    assert bo.post(bo.own, **form_of(kind="metal_lathe")).status_code == 303


@pytest.mark.usefixtures("clock")
def test_two_units_of_a_tool_have_different_names(bo: Manager) -> None:
    first, second = tool_rows.units_of(bo.session, bo.tool.id, clocks.now())
    for path, form in ((f"units/{second.id}", {"act": "rename", "name": "1"}), ("units", {"name": " 1 "})):
        answer = bo.post(f"{bo.own}state/{path}", **form)
        assert (answer.status_code, "This is taken already." in text(answer)) == (422, True)
    assert bo.post(f"{bo.own}state/units/{first.id}", act="rename", name="1").status_code == 303
    assert bo.post(f"{bo.own}state/units/{first.id}", act="rename", name="3").status_code == 303
    assert bo.post(f"{bo.own}state/units").status_code == 303
    assert [unit.name for unit in tool_rows.units_of(bo.session, bo.tool.id, clocks.now())] == ["3", "2", "4"]


@pytest.mark.usefixtures("clock")
def test_a_unit_that_is_booked_can_not_be_retired(bo: Manager) -> None:
    book(bo)
    first, second = tool_rows.units_of(bo.session, bo.tool.id, clocks.now())
    answer = bo.post(f"{bo.own}state/units/{first.id}", act="retire")
    assert (answer.status_code, "1 booking still needs 1" in text(answer)) == (422, True)
    assert bo.post(f"{bo.own}state/units/{second.id}", act="retire").status_code == 303
    assert tools.tool_card(bo.session, bo.space.slug, bo.tool.slug).units == 1
    assert bo.post(f"{bo.own}state/units/{second.id}", act="restore").status_code == 303
    assert bo.post(f"{bo.own}state/units/{first.id}", act="rename", name="Left").status_code == 303
    assert bo.post(f"{bo.own}state/units", name="Right").status_code == 303
    assert {unit.name for unit in tool_rows.units_of(bo.session, bo.tool.id, clocks.now())} == {"Left", "2", "Right"}


@pytest.mark.usefixtures("clock")
def test_a_unit_of_another_tool_is_not_there(bo: Manager) -> None:
    other = factories.make_tool(bo.session, bo.space)
    (unit,) = bo.session.query(Unit).filter_by(tool_id=other.id)
    bo.session.commit()
    assert bo.post(f"{bo.own}state/units/{unit.id}", act="retire").status_code == 404


@pytest.mark.usefixtures("clock")
def test_a_tool_is_said_to_be_limited(bo: Manager) -> None:
    assert bo.post(f"{bo.own}state/", state="limited", state_note="Left half only").status_code == 303
    card = tools.tool_card(bo.session, bo.space.slug, bo.tool.slug)
    assert (card.state.value, card.state_note) == ("limited", "Left half only")
    assert "Left half only" in bo.client.get(f"{bo.own}state/").text
    assert bo.post(f"{bo.own}state/", state="odd").status_code == 422


@pytest.mark.usefixtures("clock")
def test_an_outage_lasts_from_wall_time_to_wall_time_and_can_be_ended(bo: Manager) -> None:
    times = {"from_day": "2027-07-01", "from_time": "09:00", "until_day": "2027-07-02", "until_time": "18:00"}
    assert bo.post(f"{bo.own}state/outages", **times, reason="New mirrors").status_code == 303
    (row,) = outages.of_tool(bo.session, bo.tool.id, clocks.now())
    assert (row.starts_at.isoformat(), row.reason) == ("2027-07-01T07:00:00+00:00", "New mirrors")
    assert "New mirrors" in text(bo.client.get(f"{bo.own}state/"))
    assert bo.post(f"{bo.own}state/outages/{row.id}/end").status_code == 303
    assert outages.of_tool(bo.session, bo.tool.id, clocks.now()) == ()
    assert bo.post(f"{bo.own}state/outages/{row.id}/end").status_code == 404


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    "times",
    [
        {"from_day": "2027-07-02", "until_day": "2027-07-01"},
        {"from_day": "2027-03-28", "from_time": "02:30"},
        {"until_time": "09:00"},
        {"from_day": "2027-02-30"},
    ],
)
def test_an_outage_that_can_not_be_is_asked_for_again(bo: Manager, times: dict[str, str]) -> None:
    assert bo.post(f"{bo.own}state/outages", **times).status_code == 422
    assert outages.of_tool(bo.session, bo.tool.id, clocks.now()) == ()


def picture() -> io.BytesIO:
    target = io.BytesIO()
    Image.new("RGB", (800, 600), "teal").save(target, "PNG")
    target.seek(0)
    return target


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.usefixtures("clock")
def test_a_photo_is_shown_to_whoever_sees_the_space_until_it_is_removed(app: Flask, bo: Manager) -> None:
    sent = {"photo": (picture(), "lumi.png"), "caption": "Lumi at work"}
    assert bo.post(f"{bo.own}photos/", **sent).status_code == 303
    (photo,) = photos.of_tool(bo.session, bo.tool.id)
    assert (photo.width, photo.height, photo.caption) == (800, 600, "Lumi at work")
    with app.test_client().get(f"/photos/{photo.file}") as answer:
        assert opened(answer.data).size == (800, 600)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    bo.space.publishes = False
    bo.session.commit()
    assert app.test_client().get(f"/photos/{photo.file}").status_code == 404
    with bo.client.get(f"/photos/{photo.file.replace('.jpg', '-small.jpg')}") as answer:
        assert opened(answer.data).size == (480, 360)
    assert bo.post(f"{bo.own}photos/{photo.id}/remove").status_code == 303
    assert bo.client.get(f"/photos/{photo.file}").status_code == 404


@pytest.mark.usefixtures("clock")
def test_a_photo_of_another_tool_is_not_there(bo: Manager) -> None:
    assert bo.post(f"{bo.own}photos/", photo=(picture(), "lumi.png")).status_code == 303
    (photo,) = photos.of_tool(bo.session, bo.tool.id)
    assert bo.post(f"/manage/spaces/{bo.space.slug}/photos/{photo.id}/remove").status_code == 404


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"x" * 100])
def test_what_is_no_photo_gets_one_clear_sentence(bo: Manager, data: bytes) -> None:
    answer = bo.post(f"{bo.own}photos/", photo=(io.BytesIO(data), "lumi.png"))
    assert (answer.status_code, "Please choose a photo in JPEG, PNG or WebP." in text(answer)) == (422, True)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("file", ["..%2F..%2Fsecret_key", "x.jpg", "0" * 32 + ".jpg", "0" * 32 + ".png"])
def test_no_other_file_is_served(bo: Manager, file: str) -> None:
    assert bo.client.get(f"/photos/{file}").status_code == 404


@pytest.mark.usefixtures("clock")
def test_admins_add_kinds_and_properties(app: Flask, bo: Manager) -> None:
    dee, browser = factories.make_account(bo.session, "Dee", is_admin=True), app.test_client()
    factories.sign_in(browser, bo.session, dee)
    assert browser.post("/manage/kinds/", data={"name": "Loom", "art": "other"}).status_code == 303
    assert browser.post("/manage/kinds/", data={"name": "loom", "art": "other"}).status_code == 422
    shafts = {"name": "Shafts", "type": "choice", "choices": "four\r\neight"}
    assert browser.post("/manage/kinds/loom/", data=shafts).status_code == 303
    assert browser.post("/manage/kinds/loom/", data={"name": "Shafts", "type": "choice"}).status_code == 422
    assert "four, eight" in text(browser.get("/manage/kinds/loom/"))
    assert "Loom" in text(browser.get("/manage/kinds/"))
    assert bo.client.get("/manage/kinds/").status_code == 403
