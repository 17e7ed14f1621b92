"""Importing untidy tables: a verdict for every line, and the same again changes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from booking.actions import bookings, imports, kinds
from booking.actions.call import Call
from booking.actions.imports import Outcome, Report
from booking.models import invitations, spaces, tool_rows, tools
from booking.models.database import writing
from booking.models.tables.audit import AuditRow
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.access import Role
from booking.rules.refusals import Denied, Unacceptable
from booking.wording.imports import import_sentence
from config import Settings
from tests.acting import HOUR, TEN, Scene, counted
from tests.factories import NOW, actor_of, database, make_account, make_member, make_space, make_tool

SPACES = """slug,name,city,country,time_zone,latitude,longitude,language
brisvale-hackspace,Brisvale Hackspace,Brisvale,AU,Australia/Brisbane,-27.4,153.0,en
werkstatt-luebben,Werkstatt Lübben,Lübben,DE,Europe/Berlin,"51,94","13,89",de
,Tyne Makers,Gateshead,gb,Europe/London,54.95,-1.6,en
nowhere,Nowhere Lab,Nowhere,XX,Mars/Olympus,95,,xx
"""
TOOLS = """space,kind,name,make_and_model,place,units,training
brisvale-hackspace,laser cutter,Big Blue,,Laser Corner,1,yes
brisvale-hackspace,3D printer,Printers (resin and FDM),,Design Room,,
brisvale-hackspace,test instrument,Power Supply,Volt 12,Electronics,1,
brisvale-hackspace,test instrument,Power Supply,Volt 30,Electronics,1,
brisvale-hackspace,test instrument,Power Supply,Volt 30,Electronics,1,
werkstatt-luebben,welder,Schweißgerät (Lichtbogen),,,2,ja
werkstatt-luebben,bandsaw,Bandsäge,Metallo,,1,ja
tyne-makers,CNC router,Workhorse,Workhorse 3,"Basement, Short Side",1,"yes, no, maybe"
tyne-makers,lazer cuter,Zap,,,1,
tyne-makers,laser cutter,=HYPERLINK("http://x"),,,1,
elsewhere,laser cutter,Lost,,,1,
tyne-makers,laser cutter,Too Many,,,9999,no
"""


@pytest.fixture
def call(app: Flask, settings: Settings) -> Iterator[Call]:
    """Dee, who runs the network."""
    with app.app_context(), database(app) as session:
        dee = make_account(session, "Dee", is_admin=True)
        made = Call(session, actor_of(dee), NOW, settings)
        kinds.ensure_builtin(made)
        yield made


def take(call: Call, kind: str, table: str, dry_run: bool = False) -> Report:
    plan = imports.plan(call, kind, table.encode())
    return plan.report if dry_run else imports.carry_out(plan, lambda action: action(call))


def outcomes(report: Report) -> dict[int, Outcome]:
    return {verdict.line: verdict.outcome for verdict in report.verdicts}


def codes(report: Report, line: int) -> set[str]:
    verdict = next(each for each in report.verdicts if each.line == line)
    return {problem.code for problem in (*verdict.problems, *verdict.remarks)}


@pytest.mark.both_engines
def test_every_line_of_three_untidy_inventories_gets_a_verdict(call: Call) -> None:
    places = take(call, "spaces", SPACES)
    assert list(outcomes(places).values()) == [Outcome.CREATED] * 3 + [Outcome.REFUSED]
    report = take(call, "tools", TOOLS)
    refused = [line for line, outcome in outcomes(report).items() if outcome is Outcome.REFUSED]
    assert (len(report.verdicts), refused) == (12, [10, 12, 13])
    assert codes(report, 3) == {"units_assumed"}
    assert codes(report, 9) == {"training_unclear"}
    assert codes(report, 10) == {"unknown_kind"}
    assert codes(report, 13) == {"out_of_range"}


@pytest.mark.both_engines
def test_two_capitals_that_are_no_country_are_refused(call: Call) -> None:
    header = "name,time_zone,country\n"
    report = take(call, "spaces", header + "A,Europe/Berlin,XX\nB,Europe/Berlin,EU\nC,Europe/Berlin,de\n")
    assert list(outcomes(report).values()) == [Outcome.REFUSED, Outcome.REFUSED, Outcome.CREATED]
    assert codes(report, 2) == codes(report, 3) == {"not_a_country"}


@pytest.mark.both_engines
def test_the_same_import_again_changes_nothing(call: Call) -> None:
    take(call, "spaces", SPACES)
    take(call, "tools", TOOLS)
    tools_before = call.session.query(Tool).count()
    assert take(call, "spaces", SPACES).changes == 0
    again = take(call, "tools", TOOLS)
    assert (again.changes, again.count(Outcome.UNCHANGED)) == (0, 9)
    assert call.session.query(Tool).count() == tools_before


@pytest.mark.both_engines
def test_a_dry_run_says_the_same_and_leaves_nothing(call: Call) -> None:
    take(call, "spaces", SPACES)
    rows = [call.session.query(table).count() for table in (Tool, Job, AuditRow)]
    trial = take(call, "tools", TOOLS, dry_run=True)
    assert [call.session.query(table).count() for table in (Tool, Job, AuditRow)] == rows
    assert trial.verdicts == take(call, "tools", TOOLS).verdicts


def test_equal_names_stay_apart(call: Call) -> None:
    take(call, "spaces", SPACES)
    take(call, "tools", TOOLS)
    space = spaces.space_card(call.session, "brisvale-hackspace")
    supplies = [card for card in tools.tool_cards(call.session, space_id=space.id) if card.name == "Power Supply"]
    assert {card.slug for card in supplies} == {"power-supply", "power-supply-2", "power-supply-3"}


def test_training_is_asked_for_with_a_certificate_of_the_space(call: Call) -> None:
    take(call, "spaces", SPACES)
    take(call, "tools", TOOLS)
    space = spaces.space_card(call.session, "brisvale-hackspace")
    certificates = tool_rows.certificates_of(call.session, space.id)
    assert list(certificates.values()) == ["Laser cutter training"]
    laser = tools.tool_card(call.session, space.slug, "big-blue")
    assert laser.certificate_ids == tuple(certificates)


@pytest.mark.both_engines
def test_where_a_training_is_unclear_a_new_tool_asks_for_approval_until_somebody_has_looked(call: Call) -> None:
    make_space(call.session, slug="werkhof")
    table = "space,kind,name,training,approval\nwerkhof,kiln,Etna,maybe,\nwerkhof,kiln,Fuji,ask Jo,never\n"
    report = take(call, "tools", table)
    assert [codes(report, line) - {"units_assumed"} for line in (2, 3)] == [{"training_unclear"}, {"training_left"}]
    etna, fuji = (tools.tool_sheet(call.session, "werkhof", slug) for slug in ("etna", "fuji"))
    assert (etna.wish.approval, etna.wish.certificate_ids, fuji.wish.approval) == ("always", (), "never")
    again = take(call, "tools", table)
    assert (again.changes, codes(again, 2)) == (0, {"training_left"})
    take(call, "tools", "space,kind,name,approval\nwerkhof,kiln,Etna,never\n")
    assert take(call, "tools", table.replace(",maybe,", ",sometimes,")).changes == 0


@pytest.mark.both_engines
def test_a_line_equal_to_another_is_another_tool_and_says_so(call: Call) -> None:
    make_space(call.session, slug="werkhof")
    table = (
        "space,kind,name,make_and_model,place\nwerkhof,kiln,Etna,K1,Yard\nwerkhof,kiln,etna,K1,yard\n"
        "werkhof,kiln,Etna,K2,Yard\nwerkhof,kiln,Etna,K1,Roof\nwerkhof,saw,Etna,K1,Yard\nwerkhof,kiln,Etna,K1,Yard\n"
    )
    for changes in (6, 0):
        report = take(call, "tools", table)
        warned = {
            verdict.line: remark.data["line"]
            for verdict in report.verdicts
            for remark in verdict.remarks
            if remark.code == "same_tool_as_line"
        }
        assert (report.changes, warned) == (changes, {3: 2, 7: 2})
    assert len(tools.tool_cards(call.session)) == 6


def test_of_two_lines_with_one_slug_the_second_is_refused(call: Call) -> None:
    make_space(call.session, slug="werkhof")
    table = "space,kind,name,slug\nwerkhof,kiln,Etna,Hot One\nwerkhof,kiln,Fuji,hot-one\nwerkhof,kiln,Hekla,\n"
    table += "werkhof,kiln,Katla,hekla\n"
    report = take(call, "tools", table)
    assert list(outcomes(report).values()) == [Outcome.CREATED, Outcome.REFUSED, Outcome.CREATED, Outcome.REFUSED]
    assert (codes(report, 3), codes(report, 5)) == ({"same_as_line"}, {"already_there"})
    assert take(call, "tools", table).changes == 0


def test_a_cell_that_is_no_text_or_too_much_of_it_is_refused_by_its_column(call: Call) -> None:
    make_space(call.session, slug="werkhof")
    header = "space,kind,name,description,colour\n"
    lines = [f"werkhof,kiln,Etna,{'x' * 300_000},", "werkhof,kiln,Fu\0ji,,", "werkhof,kiln,Hekla,a\x07b,"]
    report = take(call, "tools", header + "\n".join([*lines, 'werkhof,kiln,Katla,"two\n\tlines",\0']) + "\n")
    found = [(problem.field, problem.code) for verdict in report.verdicts for problem in verdict.problems]
    assert found == [
        ("description", "text_too_long"),
        ("name", "control_character"),
        ("description", "control_character"),
    ]
    assert outcomes(report)[5] is Outcome.CREATED
    with force_locale("en"):
        told = [import_sentence(problem) for verdict in report.verdicts for problem in verdict.problems]
    assert told[0] == "description: Please use at most 20,000 characters."
    assert told[1].startswith("name: Please take out the character U+0000")


def test_units_not_given_are_one(call: Call) -> None:
    take(call, "spaces", SPACES)
    take(call, "tools", TOOLS)
    assert tools.tool_card(call.session, "brisvale-hackspace", "printers-resin-and-fdm").units == 1
    assert tools.tool_card(call.session, "werkstatt-luebben", "schweissgeraet-lichtbogen").units == 2


@pytest.mark.parametrize(
    ("said", "nearest"), [("lazer cuter", "laser_cutter"), ("lazer", "laser_cutter"), ("3d-print", "3d_printer")]
)
def test_an_unknown_kind_names_the_nearest(call: Call, said: str, nearest: str) -> None:
    make_space(call.session, slug="werkhof")
    (verdict,) = take(call, "tools", f"space,kind,name\nwerkhof,{said},Zap\n").verdicts
    assert verdict.problems[0].data["nearest"][0] == nearest


def test_columns_come_in_any_order_with_semicolons_and_a_mark_of_order(call: Call) -> None:
    make_space(call.session, slug="werkhof")
    table = "\ufeffName;KIND;Space;bed_width_mm;colour\nLumi;Laser Cutter;Werkhof;600,5;red\n"
    report = take(call, "tools", table)
    assert (outcomes(report), report.ignored) == ({2: Outcome.CREATED}, ("colour",))
    assert tools.tool_card(call.session, "werkhof", "lumi").capabilities == {"bed_width_mm": 600.5}


def test_a_changed_cell_updates_and_an_empty_one_leaves(call: Call) -> None:
    space = make_space(call.session, slug="werkhof")
    take(call, "tools", "space,kind,name,place,longest_minutes\nwerkhof,kiln,Etna,Yard,600\n")
    report = take(call, "tools", "space,kind,name,place,longest_minutes\nwerkhof,kiln,Etna,,720\n")
    assert outcomes(report) == {2: Outcome.UPDATED}
    sheet = tools.tool_sheet(call.session, space.slug, "etna")
    assert (sheet.wish.place, sheet.wish.longest_minutes, sheet.version) == ("Yard", 720, 2)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n", "file_empty"),
        ("space,kind,näme\n".encode("utf-16"), "file_not_text"),
        ("Bandsäge".encode("latin-1"), "file_not_text"),
        ("space,kind,name\n".encode("utf-16-le"), "file_not_text"),
        (b"x" * 5_000_000, "file_too_large"),
        (b"space,kind\na,b\n", "columns_missing"),
        (b"space,kind,name,name\na,b,c,d\n", "column_twice"),
        (b'space,kind,name\na,b,"c\n', "file_not_a_table"),
        (b"space,kind,name\n" + b"a,b,c\n" * 10_001, "too_many_lines"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_with_one_reason(call: Call, data: bytes, code: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        imports.plan(call, "tools", data)
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [("file", code)]


def test_a_line_with_too_many_cells_is_refused_alone(call: Call) -> None:
    make_space(call.session, slug="werkhof")
    report = take(call, "tools", "space,kind,name\nwerkhof,kiln,Etna,surplus\nwerkhof,kiln,Fuji\n")
    assert outcomes(report) == {2: Outcome.REFUSED, 3: Outcome.CREATED}


def test_a_manager_imports_tools_of_her_space_only(call: Call) -> None:
    bo = make_account(call.session, "Bo")
    own, other = make_space(call.session, slug="own"), make_space(call.session, slug="other")
    make_member(call.session, bo, own, Role.MANAGER)
    as_bo = replace(call, actor=actor_of(bo, **{f"space_{own.id}": Role.MANAGER}))
    report = take(as_bo, "tools", "space,kind,name\nown,kiln,Etna\nother,kiln,Fuji\n")
    assert outcomes(report) == {2: Outcome.CREATED, 3: Outcome.REFUSED}
    assert codes(report, 3) == {"unknown_space"}
    assert tools.tool_cards(call.session, space_id=other.id) == ()
    with pytest.raises(Denied):
        take(as_bo, "spaces", SPACES)


def test_a_stranger_imports_nothing(call: Call) -> None:
    cy = make_account(call.session, "Cy")
    with pytest.raises(Denied):
        take(replace(call, actor=actor_of(cy)), "tools", TOOLS)


@pytest.mark.both_engines
def test_members_who_are_there_get_their_role_and_others_an_invitation(call: Call) -> None:
    space = make_space(call.session, slug="werkhof")
    ada = make_account(call.session, "Ada")
    table = f"space,email,role\nwerkhof,{ada.email},trainer\nwerkhof,new@example.org,\nwerkhof,a@x.org b@y.org,\n"
    report = take(call, "members", table)
    assert outcomes(report) == {2: Outcome.CREATED, 3: Outcome.CREATED, 4: Outcome.REFUSED}
    person = invitations.person(call.session, ada.email, space.id)
    assert person is not None and person.role is Role.TRAINER
    assert invitations.open_role(call.session, "new@example.org", space.id, NOW) is Role.MEMBER
    assert take(call, "members", table).changes == 0


def test_a_manager_does_not_learn_whether_an_address_has_an_account(call: Call) -> None:
    space = make_space(call.session, slug="werkhof")
    bo, ada = make_account(call.session, "Bo"), make_account(call.session, "Ada")
    make_member(call.session, bo, space, Role.MANAGER)
    as_bo = replace(call, actor=actor_of(bo, **{f"space_{space.id}": Role.MANAGER}))
    report = take(as_bo, "members", f"space,email\nwerkhof,{ada.email}\nwerkhof,nobody@example.org\n")
    first, second = report.verdicts
    assert (first.outcome, first.remarks) == (second.outcome, second.remarks)


def test_the_last_manager_stays(call: Call) -> None:
    space = make_space(call.session, slug="werkhof")
    bo = make_account(call.session, "Bo")
    make_member(call.session, bo, space, Role.MANAGER)
    # Who can't sign in manages nothing.
    make_member(call.session, make_account(call.session, "Eve", disabled_at=NOW), space, Role.MANAGER)
    report = take(call, "members", f"space,email,role\nwerkhof,{bo.email},member\n")
    assert codes(report, 2) == {"last_manager"}


def test_the_command_line_needs_nobody_signed_in(call: Call) -> None:
    nobody = replace(call, actor=None)
    assert imports.plan(nobody, "spaces", SPACES.encode(), operator=True).report.changes == 3
    with pytest.raises(Denied):
        imports.plan(nobody, "spaces", SPACES.encode())


def test_calendars_move_when_an_import_renames_a_place(call: Call) -> None:
    space = make_space(call.session, slug="werkhof", name="Werkhof")
    make_tool(call.session, space)
    take(call, "spaces", "slug,name,time_zone\nwerkhof,Werkhof Nord,Europe/Berlin\n")
    jobs: list[Job] = call.session.query(Job).filter_by(kind="render").all()
    assert [job.payload for job in jobs] == [{"space_id": space.id}]


def test_only_the_operator_imports_more_lines_than_everybody_can_wait_for(call: Call) -> None:
    table = ("space,email\n" + "a,b\n" * (imports.MOST_LINES_SENT + 1)).encode()
    with pytest.raises(Unacceptable, match="too_many_lines"):
        imports.plan(call, "members", table)
    report = imports.plan(replace(call, actor=None), "members", table, operator=True).report
    assert len(report.verdicts) == imports.MOST_LINES_SENT + 1


@pytest.mark.both_engines
def test_what_changed_after_it_was_judged_is_left_as_it_is(call: Call) -> None:
    space = make_space(call.session, slug="werkhof", name="Werkhof")
    take(call, "tools", "space,kind,name,place\nwerkhof,kiln,Etna,Yard\n")
    of_tools = imports.plan(call, "tools", b"space,kind,name,place\nwerkhof,kiln,Etna,Roof\n")
    of_spaces = imports.plan(call, "spaces", b"slug,name,time_zone,city\nwerkhof,Werkhof,Europe/Berlin,Bonn\n")
    take(call, "tools", "space,kind,name,place\nwerkhof,kiln,Etna,Cellar\n")
    take(call, "spaces", "slug,name,time_zone,city\nwerkhof,Werkhof,Europe/Berlin,Kiel\n")
    for plan in (of_tools, of_spaces):
        assert outcomes(plan.report) == {2: Outcome.UPDATED}
        report = imports.carry_out(plan, lambda action: action(call))
        assert (outcomes(report), codes(report, 2)) == ({2: Outcome.REFUSED}, {"line_changed_meanwhile"})
    assert tools.tool_sheet(call.session, space.slug, "etna").wish.place == "Cellar"
    assert spaces.space_of(call.session, space.id).city == "Kiel"


@pytest.mark.both_engines
def test_a_slug_that_somebody_took_after_the_table_was_judged_gets_a_number(call: Call) -> None:
    make_space(call.session, slug="werkhof")
    first, second = (imports.plan(call, "tools", b"space,kind,name\nwerkhof,kiln,Etna\n") for _ in range(2))
    for plan in (first, second):
        imports.carry_out(plan, lambda action: action(call))
    assert {card.slug for card in tools.tool_cards(call.session)} == {"etna", "etna-2"}


def test_of_two_managers_in_one_table_one_stays(call: Call) -> None:
    space = make_space(call.session, slug="werkhof")
    emails = []
    for name in ("Bo", "Eve"):
        account = make_account(call.session, name)
        make_member(call.session, account, space, Role.MANAGER)
        emails.append(account.email)
    table = "space,email,role\n" + "".join(f"werkhof,{email},member\n" for email in emails)
    report = take(call, "members", table)
    assert (outcomes(report), codes(report, 3)) == ({2: Outcome.UPDATED, 3: Outcome.REFUSED}, {"last_manager"})


@pytest.mark.both_engines
def test_judging_only_reads_and_writing_leaves_the_writer_to_others_in_between(scene: Scene) -> None:
    with writing(scene.engine) as session:
        slug = session.get_one(Space, scene.space_id).slug
    table = "space,email\n" + "".join(f"{slug},new{number}@example.org\n" for number in range(25))
    with counted(scene.engine) as statements:
        plan = scene.read(scene.bo, imports.plan, "members", table.encode())
    assert not [each for each in statements if not each.startswith(("SELECT", "BEGIN DEFERRED"))]
    turns: list[int] = []

    def perform(action: Callable[[Call], Any]) -> Any:
        done = scene.perform(scene.bo, action)
        turns.append(len(scene.jobs()))
        scene.perform(scene.ada, bookings.place, scene.ask(TEN + len(turns) * HOUR))
        return done

    report = imports.carry_out(plan, perform)
    assert report.count(Outcome.CREATED) == 25
    assert imports.LINES_AT_ONCE == 10 and len(turns) == 4
    assert scene.jobs().count("invitation") == 25
