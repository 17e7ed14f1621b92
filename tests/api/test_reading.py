"""Spaces, tools, availability and schedules: what each caller may see, in a fixed number of questions."""

from datetime import timedelta
from typing import Any

import pytest

from booking.models.tables.spaces import Space
from booking.rules.access import Role
from tests import factories
from tests.acting import counted
from tests.api.programs import TEN, Network, Program, told
from tests.factories import NOW

HOUR = timedelta(hours=1)
DAY = {"from": told(NOW), "to": told(NOW + timedelta(days=2))}


def add_space(network: Network, name: str, tool: str = "Beam", **columns: Any) -> tuple[str, str]:
    """Another space with a tool: its slug and the tool's id."""
    with factories.database(network.app) as session:
        space = factories.make_space(session, name, **columns)
        made = factories.make_tool(session, space, name=tool)
        session.commit()
        return space.slug, str(made.id)


def change_space(network: Network, **columns: Any) -> None:
    """Give Werkhof other columns."""
    with factories.database(network.app) as session:
        space = session.get_one(Space, network.space_id)
        for name, value in columns.items():
            setattr(space, name, value)
        session.commit()


def names(program: Program, path: str, **query: Any) -> list[str]:
    """The names in a list."""
    return [item["name"] for item in program.get(path, **query).get_json()["items"]]


def pages_of(program: Program, path: str, **query: Any) -> list[dict[str, Any]]:
    """Every item of a list, read two by two."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = program.get(path, limit=2, **query, **cursor).get_json()
        found.extend(page["items"])
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


def test_spaces_are_listed_by_name_or_distance(network: Network) -> None:
    add_space(network, "Ahoi", city="Hamburg", latitude=53.55, longitude=10.0)
    add_space(network, "Zentrum", city="Potsdam", latitude=52.4, longitude=13.07)
    assert names(network.nobody, "/spaces") == ["Ahoi", "Werkhof", "Zentrum"]
    assert names(network.nobody, "/spaces", q="POTS zen") == ["Zentrum"]
    near = network.nobody.get("/spaces", near="52.4,13.07", within_km="100").get_json()["items"]
    assert [(each["name"], round(each["distance_km"])) for each in near] == [("Zentrum", 0), ("Werkhof", 25)]
    assert [each["name"] for each in pages_of(network.nobody, "/spaces")] == ["Ahoi", "Werkhof", "Zentrum"]
    by_distance = pages_of(network.nobody, "/spaces", near="53.55,10.0")
    assert [each["name"] for each in by_distance] == ["Ahoi", "Zentrum", "Werkhof"]


def test_what_is_not_published_needs_a_token(network: Network) -> None:
    slug, tool = add_space(network, "Quiet", "Whisper", publishes=False)
    assert names(network.nobody, "/spaces") == ["Werkhof"]
    assert names(network.cy, "/spaces") == ["Quiet", "Werkhof"]
    assert names(network.nobody, "/tools") == ["Lumi"]
    assert names(network.cy, "/tools") == ["Lumi", "Whisper"]
    assert names(network.nobody, "/availability", kind="laser_cutter", **DAY) == ["Lumi"]
    assert len(names(network.cy, "/availability", kind="laser_cutter", **DAY)) == 2
    for path in (f"/spaces/{slug}", f"/tools/{tool}/schedule"):
        assert network.nobody.get(path, **(DAY if "schedule" in path else {})).status_code == 401
        assert network.cy.get(path, **(DAY if "schedule" in path else {})).status_code == 200
    assert network.nobody.get("/spaces/nowhere").status_code == 404


def test_a_closed_space_shows_its_times_to_members_only(network: Network) -> None:
    change_space(network, visibility="closed")
    path = f"/tools/{network.tool}/schedule"
    found = {name: network.program(name).get(path, **DAY).status_code for name in ("Ada", "Bo", "Cy", "Dee")}
    assert found == {"Ada": 200, "Bo": 200, "Cy": 404, "Dee": 200}
    assert network.nobody.get(path, **DAY).status_code == 401
    assert names(network.cy, "/availability", tool=network.tool, **DAY) == []


def test_tools_are_found_by_kind_space_words_and_what_they_can(network: Network) -> None:
    network.add_tool("Ruby", make_and_model="Epilog Fusion", capabilities={"bed_width_mm": 900})
    with factories.database(network.app) as session:
        kinds = factories.make_kind(session, "laser_cutter"), factories.make_kind(session, "saw")
        from booking.models.kinds import add_capabilities
        from booking.rules.capabilities import CapabilitySpec

        add_capabilities(session, kinds[0].id, [CapabilitySpec("bed_width_mm", unit="mm")])
        saw = kinds[1].id
        session.commit()
    network.add_tool("Sawyer", kind_id=saw)
    tools = network.nobody
    assert names(tools, "/tools", kind="saw") == ["Sawyer"]
    assert names(tools, "/tools", space=network.space) == ["Lumi", "Ruby", "Sawyer"]
    assert names(tools, "/tools", q="fusion") == ["Ruby"]
    assert names(tools, "/tools", **{"min.bed_width_mm": "600"}) == ["Lumi", "Ruby"]
    assert names(tools, "/tools", **{"min.bed_width_mm": "600", "max.bed_width_mm": "600.5"}) == ["Lumi"]
    assert [each["name"] for each in pages_of(tools, "/tools")] == ["Lumi", "Ruby", "Sawyer"]
    assert tools.get("/tools", kind="nothing").status_code == 422
    assert tools.get("/tools", **{"min.colour": "3"}).status_code == 422
    assert tools.get("/tools", space="nowhere").status_code == 404


def test_a_tool_says_its_rules(network: Network) -> None:
    tool = network.nobody.get(f"/spaces/{network.space}/tools/{network.tool_slug}").get_json()
    expected = {"id": network.tool, "space": network.space, "kind": "laser_cutter", "units": 1, "state": "working"}
    assert {name: tool[name] for name in expected} == expected
    assert (tool["time_zone"], tool["needs_approval"], tool["certificates"]) == ("Europe/Berlin", False, [])
    assert tool["limits"]["longest_minutes"] == 480
    assert network.nobody.get("/tools").get_json()["items"] == [tool]


def test_visitors_need_approval_where_members_do_not(network: Network) -> None:
    network.add_tool("Vigil", approval="visitors")
    asked = {name: network.program(name).get("/tools", q="vigil").get_json() for name in ("Ada", "Cy")}
    assert [each["items"][0]["needs_approval"] for each in asked.values()] == [False, True]


def test_availability_tells_free_stretches_and_the_first_fit(network: Network) -> None:
    network.booked(network.ada, TEN, hours=2)
    [lumi] = network.nobody.get(
        "/availability", tool=network.tool, minutes=60, **{"from": told(TEN), "to": told(TEN + timedelta(hours=10))}
    ).get_json()["items"]
    assert lumi["first_fit"] == {"start": "2026-11-26T11:00:00Z", "end": "2026-11-26T12:00:00Z"}
    assert lumi["free"] == [{"start": "2026-11-26T11:00:00Z", "end": "2026-11-26T19:00:00Z"}]
    assert (lumi["needs_approval"], lumi["distance_km"]) == (False, None)


def test_availability_says_on_request_what_stands_in_the_way(network: Network) -> None:
    """Against whoever asks where there is a fit, else why there is none; it is left out unless it is asked for."""
    at_ten = {"tool": network.tool, "minutes": 60, "from": told(TEN), "to": told(TEN + timedelta(hours=2))}
    at_night = at_ten | {"from": told(TEN + timedelta(hours=14)), "to": told(TEN + timedelta(hours=16))}
    assert "refusals" not in network.ada.get("/availability", **at_ten).json["items"][0]
    assert network.ada.get("/availability", explain="true", **at_ten).json["items"][0]["refusals"] == []
    [shut] = network.nobody.get("/availability", explain="true", **at_night).json["items"]
    assert shut["first_fit"] is None and [each["code"] for each in shut["refusals"]] == ["outside_opening_hours"]
    assert shut["refusals"][0]["message"]


def test_availability_of_several_kinds_is_that_of_each(network: Network) -> None:
    with factories.database(network.app) as session:
        kiln = factories.make_kind(session, "kiln")
        factories.make_tool(session, session.get_one(Space, network.space_id), kiln, name="Oven")
        session.commit()
    assert names(network.nobody, "/availability", kind="kiln", **DAY) == ["Oven"]
    assert names(network.nobody, "/availability", kind=["laser_cutter", "kiln"], **DAY) == ["Lumi", "Oven"]
    assert network.nobody.get("/availability", kind=["laser_cutter", "nothing"], **DAY).status_code == 422


def test_availability_is_narrowed_by_place_and_by_what_one_may(network: Network) -> None:
    _, far = add_space(network, "Far", "Faraway", latitude=48.1, longitude=11.6)
    closed = network.add_tool("Trained")
    with factories.database(network.app) as session:
        from booking.models.tables.tools import Tool

        space = session.get_one(Space, network.space_id)
        factories.make_certificate(session, space, session.get_one(Tool, int(closed)))
        session.commit()
    every = {"kind": "laser_cutter", **DAY}
    assert sorted(names(network.ada, "/availability", **every)) == ["Faraway", "Lumi", "Trained"]
    assert sorted(names(network.ada, "/availability", mine="true", **every)) == ["Faraway", "Lumi"]
    assert network.nobody.get("/availability", mine="true", **every).status_code == 401
    near = names(network.nobody, "/availability", near="52.5,13.4", **every)
    assert near == ["Lumi", "Trained", "Faraway"]
    assert "Faraway" not in names(network.nobody, "/availability", near="52.5,13.4", within_km="50", **every)
    assert [each["name"] for each in pages_of(network.nobody, "/availability", near="52.5,13.4", **every)] == near
    both = names(network.nobody, "/availability", tool=[far, network.tool], **DAY)
    assert sorted(both) == ["Faraway", "Lumi"]
    assert network.nobody.get("/availability", tool=[far, "99999"], **DAY).status_code == 404
    assert network.nobody.get("/availability", **DAY).status_code == 422


def test_a_schedule_covers_the_time_without_gaps(network: Network) -> None:
    network.booked(network.ada, TEN, purpose="Signs")
    network.booked(network.bo, TEN + 2 * HOUR, purpose="Gears")
    found = network.ada.get(f"/tools/{network.tool}/schedule", **DAY).get_json()
    spans = found["spans"]
    assert found["time_zone"] == "Europe/Berlin"
    assert (spans[0]["start"], spans[-1]["end"]) == ("2026-11-25T08:00:00Z", "2026-11-27T08:00:00Z")
    assert all(one["end"] == other["start"] for one, other in zip(spans, spans[1:], strict=False))
    kinds = [(each["kind"], each.get("label"), each.get("why")) for each in spans]
    assert ("mine", "Signs", None) in kinds
    assert ("busy", None, ["slot_taken"]) in kinds
    assert ("closed", None, ["outside_opening_hours"]) in kinds


@pytest.mark.parametrize(
    ("visibility", "who", "label"),
    [
        ("busy", "Ada", None),
        ("name", "Ada", "Bo"),
        ("open", "Ada", "Bo · Gears"),
        ("open", "Cy", None),
        ("busy", "Dee", "Bo · Gears"),
    ],
)
def test_a_label_is_what_the_space_lets_its_reader_know(
    network: Network, visibility: str, who: str, label: str | None
) -> None:
    change_space(network, visibility=visibility)
    network.booked(network.bo, TEN, purpose="Gears")
    spans = network.program(who).get(f"/tools/{network.tool}/schedule", **DAY).get_json()["spans"]
    assert [each.get("label") for each in spans if each["kind"] == "busy"] == [label]


def test_me_is_who_the_token_belongs_to(network: Network) -> None:
    me = network.bo.get("/me").get_json()
    assert (me["name"], me["admin"], me["scope"]) == ("Bo", False, "write")
    assert me["roles"] == [{"space": network.space, "role": Role.MANAGER}]


def test_lists_ask_the_same_for_one_row_and_for_three(network: Network) -> None:
    def asked() -> dict[str, int]:
        calls = {
            "/spaces": {},
            "/tools": {"q": "l", "kind": "laser_cutter"},
            "/availability": {"kind": "laser_cutter", **DAY},
            f"/tools/{network.tool}/schedule": DAY,
            "/bookings": {},
            "/me/feeds": {},
            "/me/tokens": {},
        }
        counts = {}
        for path, query in calls.items():
            with counted(network.engine) as statements:
                assert network.bo.get(path, **query).status_code == 200
            counts[path] = len(statements)
        return counts

    network.booked(network.ada, TEN)
    network.bo.post("/me/feeds", {"view": "mine"})
    asked()
    once = asked()
    for turn, name in enumerate(("Alpha", "Lambda")):
        add_space(network, name, "Level")
        network.booked(network.ada, TEN + (turn + 1) * HOUR)
        network.bo.post("/me/feeds", {"view": "mine"})
    assert asked() == once
    assert max(once.values()) <= 10
