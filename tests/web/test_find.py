"""Finding a tool: what is offered is what can be booked, and what isn't says why."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.models.kinds import add_capabilities
from booking.models.tables.spaces import Staffed
from booking.models.tables.tools import Tool
from booking.models.tables.visits import Visit
from booking.rules.capabilities import CapabilitySpec
from booking.rules.states import State
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_certificate, make_grant, make_kind, make_space, make_tool, sign_in
from tests.pages import counted, soup

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ada(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Ada's browser."""
    sign_in(client, workshop.session, workshop.ada)
    return client


def offers(client: FlaskClient, address: str = "/?place=") -> dict[str, str]:
    """The offered tools by name, with what their buttons say."""
    page = soup(client.get(address))
    rows = page.select(".results > .result")
    return {row.h3.text: " ".join(row.select_one(".act .button").find(string=True).split()) for row in rows if row.h3}


def reasons(client: FlaskClient, address: str) -> str:
    """What the page says of tools that can't be booked as asked."""
    return " ".join(" ".join(one.text.split()) for one in soup(client.get(address)).select(".reasons li"))


def test_the_first_fit_of_each_tool_is_offered_the_earliest_first(client: FlaskClient, workshop: Workshop) -> None:
    make_tool(workshop.session, workshop.space, name="Photon", approval="always")
    make_booking(workshop, start=NOW, hours=3)
    assert list(offers(client, "/?place=&minutes=120").items()) == [("Photon", "Ask for 09:00"), ("Lumi", "Book 12:00")]


def test_the_offered_link_asks_for_exactly_that_time(client: FlaskClient, workshop: Workshop) -> None:
    button = soup(client.get("/?place=&minutes=90")).select_one(".act .button")
    assert button is not None
    path = f"/spaces/{workshop.space.slug}/tools/{workshop.tool.slug}/book"
    assert button["href"] == f"{path}?date=2026-11-25&start=09:00&end=10:30"


def test_bars_tell_free_time_that_is_too_short_from_time_that_fits(client: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop, start=NOW + timedelta(hours=1))
    bar = soup(client.get("/?place=&minutes=120")).select_one(".results .bar")
    assert bar is not None
    said = [one.select(".visually-hidden")[0].text for one in bar.find_all("li")]
    assert said[1:] == ["Free, but too short 09:00–10:00", "Booked 10:00–12:00", "Free 12:00–22:00"]


def test_what_is_over_of_today_is_past_and_not_closed(client: FlaskClient, workshop: Workshop) -> None:
    bar = soup(client.get("/?place=&minutes=60")).select_one(".results .bar")
    assert bar is not None
    first = bar.find_all("li")[0]
    assert "past" in first["class"] and not first.select("a")
    assert first.text.strip() == "Past 00:00–09:00"


def test_each_day_says_how_many_tools_are_free_on_it(client: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop, start=NOW + timedelta(days=1, hours=-1), hours=14)
    tabs = soup(client.get("/?place=&day=2026-11-26")).select(".days-nearby a")
    assert [tab.text.split("Nov")[1].strip() for tab in tabs] == ["1 free", "0 free", "1 free", "1 free", "1 free"]
    assert [tab.has_attr("aria-current") for tab in tabs] == [False, True, False, False, False]


def test_a_full_day_says_so_and_offers_the_next_fit(client: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop, start=NOW - timedelta(hours=1), hours=14)
    page = client.get("/?place=&minutes=60")
    assert "Nothing is free" in page.text and "Look at Thu 26 Nov" in page.text
    said = reasons(client, "/?place=&minutes=60")
    assert "Nothing of 1 hour is left on this day." in said and "Thu 26 Nov 08:00" in said


def test_training_that_is_missing_moves_a_tool_to_the_reasons(ada: FlaskClient, workshop: Workshop) -> None:
    certificate = make_certificate(workshop.session, workshop.space, workshop.tool)
    workshop.session.commit()
    assert offers(ada) == {}
    assert "Free from 09:00. This tool asks for a certificate that you don't hold yet: Laser safety." in reasons(
        ada, "/?place="
    )
    assert reasons(ada, "/?place=&trained=yes") == ""
    make_grant(workshop.session, certificate, workshop.ada)
    workshop.session.commit()
    assert offers(ada, "/?place=&trained=yes") == {"Lumi": "Book 09:00"}


def test_a_time_on_another_day_is_offered_only_to_those_who_may_take_it(ada: FlaskClient, workshop: Workshop) -> None:
    make_certificate(workshop.session, workshop.space, workshop.tool)
    make_booking(workshop, start=NOW - timedelta(hours=1), hours=14)
    said = reasons(ada, "/?place=&minutes=60")
    assert "a certificate that you don't hold yet: Laser safety." in said
    assert "Look at the tool" in said and "Thu 26 Nov 08:00" not in said
    assert reasons(ada, "/?place=&minutes=60&trained=yes") == ""


def test_filters_leave_out_what_waits_for_a_manager_or_has_steps(client: FlaskClient, workshop: Workshop) -> None:
    make_tool(workshop.session, workshop.space, name="Photon", approval="always", step_free=True)
    make_tool(workshop.session, workshop.space, make_kind(workshop.session, "kiln"), name="Oven", step_free=True)
    workshop.session.commit()
    assert set(offers(client)) == {"Lumi", "Photon", "Oven"}
    assert set(offers(client, "/?place=&instant=yes")) == {"Lumi", "Oven"}
    assert set(offers(client, "/?place=&step_free=yes")) == {"Photon", "Oven"}
    assert set(offers(client, "/?place=&kind=kiln")) == {"Oven"}


def test_without_approval_the_first_staffed_time_is_offered(client: FlaskClient, workshop: Workshop) -> None:
    workshop.tool.approval = "unstaffed"
    workshop.session.add(Staffed(space_id=workshop.space.id, weekday=3, opens=16 * 60, closes=20 * 60))
    workshop.session.commit()
    thursday, wednesday = "/?place=&day=2026-11-26", "/?place=&day=2026-11-25"
    assert offers(client, thursday) == {"Lumi": "Ask for 08:00"}
    assert offers(client, f"{thursday}&instant=yes") == {"Lumi": "Book 16:00"}
    assert offers(client, f"{wednesday}&instant=yes") == {}
    assert "Thu 26 Nov 16:00" in reasons(client, f"{wednesday}&instant=yes")
    tabs = [tab.text for tab in soup(client.get(f"{thursday}&instant=yes")).select(".days-nearby a")]
    assert [tab.split("Nov")[1].strip() for tab in tabs] == ["0 free", "1 free", "0 free", "0 free", "0 free"]


def test_a_guest_is_offered_the_hours_of_her_visit(client: FlaskClient, workshop: Workshop) -> None:
    workshop.space.bookable_by = "members"
    hours = {"opens": 14 * 60, "closes": 18 * 60, "last_day": date(2026, 11, 27)}
    who = {"account_id": workshop.cy.id, "tool_id": workshop.tool.id, "state": "accepted", "host_id": workshop.space.id}
    who |= {"created_at": NOW, "changed_at": NOW}
    workshop.session.add(Visit(**who, **hours))
    workshop.session.commit()
    sign_in(client, workshop.session, workshop.cy)
    assert offers(client, "/?place=&day=2026-11-26") == {"Lumi": "Book 14:00"}
    assert offers(client, "/?place=&day=2026-11-28") == {}


def test_a_place_bounds_the_distance_and_says_it(client: FlaskClient, workshop: Workshop) -> None:
    far = make_space(workshop.session, "Hafen", city="Hamburg", latitude=53.55, longitude=10.0)
    make_tool(workshop.session, far, name="Elbe")
    workshop.session.commit()
    assert set(offers(client, "/?place=Berlin, DE&km=30")) == {"Lumi"}
    assert set(offers(client, "/?place=Berlin, DE&km=300")) == {"Lumi", "Elbe"}
    page = client.get("/?near=53.5,10.0&km=30")
    assert "Elbe" in page.text and "5.6 km" in page.text and "Lumi" not in page.text


def test_the_search_begins_in_the_city_of_ones_own_space(ada: FlaskClient, workshop: Workshop) -> None:
    far = make_space(workshop.session, "Hafen", city="Hamburg", latitude=53.55, longitude=10.0)
    make_tool(workshop.session, far, name="Elbe")
    workshop.session.commit()
    assert set(offers(ada, "/")) == {"Lumi"}
    assert set(offers(ada, "/?place=")) == {"Lumi", "Elbe"}


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"visibility": "closed"}, "This space shows its times to its members only."),
        ({"publishes": False}, "Sign in to see when this tool is free."),
    ],
)
def test_times_that_a_space_keeps_to_itself_are_not_told(
    client: FlaskClient, workshop: Workshop, columns: dict[str, object], sentence: str
) -> None:
    for name, value in columns.items():
        setattr(workshop.space, name, value)
    workshop.session.commit()
    assert offers(client) == {}
    assert sentence in reasons(client, "/?place=")


def test_the_bar_marks_the_readers_own_time(ada: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop, start=NOW + timedelta(hours=2), state=State.PENDING)
    page = soup(ada.get("/?place="))
    assert [one.text for one in page.select(".bar .mine .visually-hidden")] == ["Yours 11:00–13:00"]


def test_results_come_in_pages(client: FlaskClient, workshop: Workshop) -> None:
    for number in range(21):
        make_tool(workshop.session, workshop.space, name=f"Tool {number:02d}")
    workshop.session.commit()
    first = soup(client.get("/?place="))
    following = first.select_one("a[rel=next]")
    assert len(first.select(".results > .result")) == 20 and following is not None
    assert len(offers(client, str(following["href"]))) == 2


def test_scripts_get_the_results_alone_and_history_gets_the_page(client: FlaskClient, workshop: Workshop) -> None:
    part = client.get("/?place=", headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="results">') and "HX-Request" in part.headers["Vary"]
    whole = client.get("/?place=", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in whole.text


@pytest.mark.parametrize(
    "query",
    ["day=x", "day=9999-12-31", "minutes=0", "minutes=99999999999999999999", "kind=spoon", "place=Atlantis", "page=0"]
    + ["near=91,0", "near=a,b", "near=nan,nan", "km=-1", "km=1e9"],
)
def test_what_cannot_be_asked_gets_a_sentence(client: FlaskClient, workshop: Workshop, query: str) -> None:
    answer = client.get(f"/?{query}")
    assert answer.status_code == 422
    assert "Please" in answer.text


def test_a_search_asks_the_same_number_of_questions_however_many_tools(
    app: Flask, ada: FlaskClient, workshop: Workshop
) -> None:
    def questions() -> int:
        with counted(app) as asked:
            assert ada.get("/?place=").status_code == 200
        return len(asked)

    questions()  # The first visit is marked.
    few = questions()
    for number in range(12):
        make_tool(workshop.session, workshop.space, name=f"Tool {number}", units=2)
        make_booking(workshop, start=NOW + timedelta(days=number + 1))
    assert questions() == few <= 16


@pytest.fixture
def lasers(workshop: Workshop) -> Workshop:
    """Beside Lumi two lasers that state what they can, and a kiln."""
    session, space = workshop.session, workshop.space
    kind = make_kind(session)
    specs = (
        CapabilitySpec("bed_width_mm", unit="mm"),
        CapabilitySpec("technology", "choice", choices=("co2", "fibre")),
    )
    add_capabilities(session, kind.id, (*specs, CapabilitySpec("rotary", "flag")))
    large = {"bed_width_mm": 1300, "technology": "co2", "rotary": True}
    make_tool(session, space, name="Nova", make_and_model="Thunder Laser 51", capabilities=large)
    small = {"bed_width_mm": 600, "technology": "fibre", "rotary": False}
    make_tool(session, space, name="Mini", description="Graviert Stahl und Größeres", capabilities=small)
    make_tool(session, space, make_kind(session, "kiln"), name="Oven")
    session.commit()
    return workshop


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("kind=laser_cutter&min.bed_width_mm=600", {"Nova", "Mini"}),
        ("kind=laser_cutter&min.bed_width_mm=600,5", {"Nova"}),
        ("kind=laser_cutter&max.bed_width_mm=600", {"Mini"}),
        ("kind=laser_cutter&any.technology=co2", {"Nova"}),
        ("kind=laser_cutter&any.technology=co2&any.technology=fibre", {"Nova", "Mini"}),
        ("kind=laser_cutter&has.rotary=yes", {"Nova"}),
        ("kind=laser_cutter&of=kiln&has.rotary=yes", {"Lumi", "Nova", "Mini"}),
        ("kind=laser_cutter&kind=kiln&has.rotary=yes", {"Lumi", "Nova", "Mini", "Oven"}),
        ("kind=&kind=kiln", {"Oven"}),
        ("q=thunder", {"Nova"}),
        ("q=grosseres+stahl", {"Mini"}),
        ("q=lasercutter", {"Lumi", "Nova", "Mini"}),
        ("q=piec", {"Oven"}),
        ("q=thundre+lasser", {"Nova"}),
        ("q=nothing+like+it", set()),
    ],
)
@pytest.mark.usefixtures("lasers")
def test_tools_are_found_by_what_they_are_and_can(client: FlaskClient, asked: str, found: set[str]) -> None:
    assert set(offers(client, f"/?place=&{asked}")) == found


def test_a_space_may_be_named_and_let_go(client: FlaskClient, workshop: Workshop) -> None:
    other = make_space(workshop.session, name="Ostwerk")
    make_tool(workshop.session, other, name="Photon")
    workshop.session.commit()
    address = f"/?place=&space={other.slug}"
    assert set(offers(client, address)) == {"Photon"}
    chip = soup(client.get(address)).select_one(".only-at a")
    assert chip is not None and set(offers(client, str(chip["href"]))) == {"Lumi", "Photon"}


@pytest.mark.usefixtures("lasers")
def test_all_that_is_asked_stays_in_the_form_and_in_every_link(client: FlaskClient) -> None:
    asked = "kind=laser_cutter&min.bed_width_mm=600&any.technology=co2&has.rotary=yes&q=thunder"
    page = soup(client.get(f"/?place=&{asked}"))
    shown = {one["name"]: one["value"] for one in page.select("#conditions input, input[name=q]") if one.get("value")}
    assert shown["min.bed_width_mm"] == "600" and shown["q"] == "thunder" and shown["of"] == "laser_cutter"
    assert {one["name"] for one in page.select("#conditions input[checked]")} == {"any.technology", "has.rotary"}
    for link in page.select(".days-nearby a"):
        assert set(offers(client, str(link["href"]))) == {"Nova"}


@pytest.mark.parametrize("wrong", ["kind=nothing", "min.bed_width_mm=wide", "any.technology=steam", "space=nowhere"])
@pytest.mark.usefixtures("lasers")
def test_what_cannot_be_asked_is_said(client: FlaskClient, wrong: str) -> None:
    answer = client.get(f"/?place=&kind=laser_cutter&{wrong}")
    assert answer.status_code == 422


@pytest.mark.usefixtures("lasers")
def test_another_kind_brings_its_measures_to_who_searches_with_scripts(client: FlaskClient) -> None:
    script = {"HX-Request": "true"}
    assert "hx-swap-oob" in client.get("/?kind=laser_cutter&of=kiln", headers=script).text
    assert "hx-swap-oob" not in client.get("/?kind=laser_cutter&of=laser_cutter", headers=script).text
    assert "hx-swap-oob" not in client.get("/?kind=laser_cutter").text


def test_words_cost_one_question_more(app: Flask, client: FlaskClient, workshop: Workshop) -> None:
    with counted(app) as plain:
        client.get("/?place=")
    with counted(app) as with_words:
        client.get("/?place=&q=lumi")
    assert len(with_words) <= len(plain) + 2


def test_what_is_near_comes_before_what_is_soon_when_asked(client: FlaskClient, workshop: Workshop) -> None:
    """From the middle of Potsdam: a tool there in three hours, one in Berlin now, one far off now."""
    session = workshop.session
    places = {"Near": ("Potsdam", 52.39, 13.06), "Middle": ("Berlin", 52.52, 13.4), "Far": ("Leipzig", 51.34, 12.37)}
    for name, (city, latitude, longitude) in places.items():
        space = make_space(session, name=f"Space {name}", city=city, latitude=latitude, longitude=longitude)
        tool = make_tool(session, space, name=name)
        if name == "Near":
            make_booking(workshop, start=NOW, hours=3, space_id=space.id, tool_id=tool.id)
    session.commit()
    address = "/?place=Potsdam,+DE&km=0&q=laser&sort="
    assert list(offers(client, f"{address}start"))[-1] == "Near"
    assert list(offers(client, f"{address}near"))[0] == "Near"
    mixed = list(offers(client, f"{address}both"))
    assert mixed.index("Near") < mixed.index("Far"), "three hours are less than 130 kilometres"
    assert client.get("/?place=&sort=colour").status_code == 422


def test_free_now_leaves_out_what_begins_later_and_says_what_else_there_is(
    client: FlaskClient, workshop: Workshop
) -> None:
    make_tool(workshop.session, workshop.space, name="Photon")
    make_booking(workshop, start=NOW, hours=1)
    assert list(offers(client, "/?place=&now=yes")) == ["Photon"]
    tabs = soup(client.get("/?place=&now=yes")).select(".days-nearby a")
    assert ["now=yes" in str(tab["href"]) for tab in tabs] == [True, False, False, False, False]
    assert set(offers(client, "/?place=&now=yes&day=2026-11-26")) == {"Lumi", "Photon"}
    make_booking(workshop, start=NOW, hours=1, tool_id=workshop.session.query(Tool).filter_by(name="Photon").one().id)
    assert "Look at all of the day" in client.get("/?place=&now=yes").text


def test_when_nothing_is_near_a_wider_circle_is_offered(client: FlaskClient, workshop: Workshop) -> None:
    far = make_space(workshop.session, name="Far", city="Kassel", latitude=51.31, longitude=9.49)
    make_tool(workshop.session, far, name="Photon")
    workshop.session.commit()
    page = soup(client.get("/?place=Kassel,+DE&km=5&minutes=480&q=lumi"))
    ways = {link.text.strip(): str(link["href"]) for link in page.select(".empty a, .ways-out a")}
    assert "km=10" in ways["Look within 10 km"] and "q=lumi" in ways["Look within 10 km"]
    assert "Look anywhere" in ways and "q=" not in ways["Leave out words and measures"]
