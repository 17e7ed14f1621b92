"""Every page of the application, with an address that shows it in the demo network, found from the routes alone."""

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from booking import create_app
from booking.actions.imports import Outcome, Report, Verdict, packed
from booking.models.database import reading, writing
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking, Handover, Proposal
from booking.models.tables.certificates import Certificate
from booking.models.tables.reports import Supply
from booking.models.tables.series import Plan, Series
from booking.models.tables.spaces import Space
from booking.models.tables.teams import TeamMember
from booking.models.tables.tools import Outage, Tool
from booking.models.tables.visits import Visit
from booking.models.tables.waitlist import Offer, WaitlistEntry
from booking.outside import clock, uploads
from booking.outside.secrets import digest
from booking.rules.refusals import Problem
from booking.rules.states import State
from booking.web.imports import REPORTS
from config import load_settings
from tests.acting import engine_on
from tests.browser.demo import PASSWORD, Demo
from tests.visitor import Visitor

# Who looks at a page: the first of these who may.
ROLES = ("", "maker", "manager", "admin")
# What a page has to be asked besides its address.
TIME = "?date=2030-01-07&start=10:00&end=11:00"
QUERIES = {"manage_tools.new": "?kind=laser_cutter", "bookings.check": TIME, "bookings.check_move": TIME}
OFFERED = "an-offer-that-nobody-answered"
QUERIES["series.create"] = f"{TIME}&frequency=weekly"
LINKS = ("confirm", "reset", "invitations", "teams/join", "answers")


@dataclass(frozen=True)
class Sight:
    """An address and who sees it; `status` is what it answers."""

    who: str
    address: str
    status: int = 200


def sights(demo: Demo) -> list[Sight]:
    """Every page once, and some states of pages besides. Raises LookupError for a page that nobody here can see."""
    values = known_values(demo)
    app = create_app(load_settings(demo.installation.variables))
    found = [*_others(demo)]
    with contextlib.ExitStack() as stack:
        visitors = {who: stack.enter_context(entered(demo, who)) for who in ROLES}
        for rule in pages(app):
            address = address_of(app, rule, values)
            answers = {who: visitor.client.get(address, follow_redirects=False) for who, visitor in visitors.items()}
            who = next((who for who, answer in answers.items() if answer.status_code == 200), None)
            if who is None:
                raise LookupError(f"nobody sees {address} ({rule.endpoint})")
            if answers[who].text.lstrip().startswith("<!doctype html>"):
                found.append(Sight(who, address))
    return found


def pages(app: Flask) -> Iterator[Rule]:
    """The routes that people's browsers open; calls of programs have tests of their own."""
    for rule in app.url_map.iter_rules():
        is_for_programs = rule.rule.startswith("/api/v1") or rule.rule.endswith(".ics")
        is_file = rule.endpoint in ("static", "photos.show", "reports.photo")
        if "GET" in (rule.methods or ()) and not is_file and not is_for_programs:
            yield rule


def address_of(app: Flask, rule: Rule, values: Mapping[str, Any]) -> str:
    """An address of the route. Raises LookupError when nobody said what to put into it."""
    given = {}
    for name in rule.arguments:
        special = f"{rule.endpoint}:{name}"
        if special not in values and name not in values:
            raise LookupError(f"say in known_values what {special} is in the demo network")
        given[name] = values.get(special, values.get(name))
    built = app.url_map.bind("localhost").build(rule.endpoint, given, method="GET")
    return f"{built}{QUERIES.get(rule.endpoint, '')}"


def known_values(demo: Demo) -> dict[str, Any]:
    """What the addresses of the demo network are made of, by the name of the part, or by endpoint and name."""
    _, space, _, tool, _ = demo.instant.strip("/").split("/") + [""]
    secrets = mailed_links(demo, space)
    offer_in_time(demo)
    with engine_on(demo.installation.database_url) as engine, reading(engine) as session:
        maker = select(Account.id).where(Account.email == "maker@example.org").scalar_subquery()
        ahead = select(Booking.id).where(Booking.account_id == maker, Booking.starts_at > clock.now())
        confirmed = ahead.where(Booking.state == State.CONFIRMED.value)
        code = select(Tool.code).where(Tool.slug == tool)
        supplies = select(Supply.id).join(Space, Space.id == Supply.space_id).where(Space.slug == space)
        broken = select(Outage.id, Tool.slug).join(Tool, Tool.id == Outage.tool_id).join(Space)
        broken = broken.where(Space.slug == space)
        outage_id, broken_tool = session.execute(broken.order_by(Outage.id)).first() or (0, "")
        certificates = select(Certificate.id).join(Space, Space.id == Certificate.space_id).where(Space.slug == space)
        for_members = select(Space.slug, Tool.slug).join_from(Tool, Space).where(Space.bookable_by == "members")
        host, lent = session.execute(for_members.order_by(Tool.id)).first() or ("", "")
        return _secret(secrets) | {
            "team_id": session.scalars(select(TeamMember.team_id).where(TeamMember.account_id == maker)).first(),
            "visit_id": session.scalars(select(Visit.id).where(Visit.account_id == maker)).first(),
            "visits.ask:space": host,
            "visits.ask:tool": lent,
            "space": space,
            "tool": tool,
            **dict.fromkeys(("arrivals.scan:code", "labels.drawing:code"), session.scalars(code).first()),
            "booking_id": session.scalars(confirmed).first(),
            "rescues.show:booking_id": session.scalars(confirmed.order_by(Booking.starts_at)).first(),
            "series_id": session.scalars(select(Series.id).where(Series.account_id == maker)).first(),
            "plan_id": session.scalars(select(Plan.id).where(Plan.account_id == maker)).first(),
            "supply_id": session.scalars(supplies).first(),
            "outages.edit:outage_id": outage_id,
            "outages.edit:tool": broken_tool,
            "certificate_id": session.scalars(certificates).first(),
            **dict.fromkeys(("kinds.show:kind", "timetables.of_kind:kind"), "laser_cutter"),
            **dict.fromkeys(("imports.upload:kind", "imports.report:kind", "imports.table:kind"), "tools"),
            **dict.fromkeys(("imports.report:name", "imports.table:name"), _report(demo, session)),
        }


def _report(demo: Demo, session: Session) -> str:
    """What became of an import of the demo network's manager."""
    manager = session.scalars(select(Account.id).where(Account.email == "manager@example.org")).one()
    verdicts = (Verdict(2, "Etna", Outcome.CREATED, remarks=(Problem("units", "units_assumed"),)),)
    folder = load_settings(demo.installation.variables).instance / REPORTS
    return uploads.keep(folder, manager, packed(Report("tools", False, verdicts)), clock.now())


def _secret(secrets: Mapping[str, str]) -> dict[str, Any]:
    """The parts of addresses that only mails tell."""
    return {
        "teams.accept:token": secrets["teams/join"],
        "answers.show:token": secrets["answers"],
        "waitlist.offer:secret": OFFERED,
        "handovers.show:secret": OFFERED,
        "proposals.show:secret": OFFERED,
        "admin.letter:name": secrets["letter"],
        "accounts.confirm:secret": secrets["confirm"],
        "accounts.reset:secret": secrets["reset"],
        "joining.accept:token": secrets["invitations"],
    }


def offer_in_time(demo: Demo) -> None:
    """An offer that nobody answered, of one who waits in the demo network, a booking that is handed over,
    and another time for a request."""
    now = clock.now()
    with engine_on(demo.installation.database_url) as engine, writing(engine) as session:
        entry_id, tool_id = session.execute(
            select(WaitlistEntry.id, WaitlistEntry.tool_id).where(WaitlistEntry.tool_id.is_not(None))
        ).all()[0]
        times = {"starts_at": now, "ends_at": now + timedelta(hours=1), "created_at": now, "expires_at": now}
        session.add(Offer(entry_id=entry_id, tool_id=tool_id, token_hash=digest(OFFERED), state="lapsed", **times))
        booking = session.scalars(select(Booking).where(Booking.starts_at > now, Booking.state == "confirmed")).first()
        if booking is not None:
            whose = {"booking_id": booking.id, "account_id": booking.account_id, "email": "guest@example.org"}
            session.add(Handover(token_hash=digest(OFFERED), state="open", created_at=now, **whose))
        asked = session.scalars(select(Booking).where(Booking.starts_at > now, Booking.state == "pending")).first()
        if asked is not None:
            times |= {"starts_at": asked.starts_at, "ends_at": asked.ends_at, "expires_at": asked.starts_at}
            what = {"booking_id": asked.id, "tool_id": asked.tool_id, "proposed_by": asked.account_id}
            session.add(Proposal(token_hash=digest(OFFERED), note="A class needs it", **times, **what))


def mailed_links(demo: Demo, space: str) -> dict[str, str]:
    """The secrets of links that come by mail, after asking for each of them; and the name of one mail."""
    with entered(demo, "manager") as manager:
        manager.go(f"/spaces/{space}/members/invite").send(email="guest@example.org", role="member")
    with entered(demo, "maker") as maker:
        maker.go("/teams/1/").send("/invite", email="mate@example.org")
        # Far from the times at which the journeys book.
        maker.go(f"{demo.asking}book?date={date.today() + timedelta(days=20)}").send("/book")  # noqa: DTZ011
    with entered(demo, "") as guest:
        guest.go("/register").send(name="New", email="new@example.org", password=PASSWORD, language="en")
        guest.go("/reset").send(email="trainer@example.org")
    texts = [str(mail.get_body(("plain",))) for mail in demo.installation.mails()]
    found = {"letter": next(demo.installation.folder.joinpath("mail").glob("*.eml")).name}
    for kind in LINKS:
        links = re.findall(rf"/{kind}/([\w-]+)", "\n".join(texts))
        found[kind] = next((link for link in links if _is_alive(demo, f"/{kind}/{link}")), "")
        if not found[kind]:
            raise LookupError(f"no mail has a link to /{kind}/ that still leads somewhere")
    return found


def _is_alive(demo: Demo, address: str) -> bool:
    """Whether a mailed link still works: journeys before this one have followed some to their end."""
    with entered(demo, "") as guest:
        return guest.client.get(address).status_code != HTTPStatus.GONE


def entered(demo: Demo, who: str) -> Visitor:
    """Somebody without scripts, signed in unless it is nobody."""
    visitor = Visitor(demo.address)
    if who:
        visitor.go("/sign-in").send(email=f"{who}@example.org", password=PASSWORD)
    return visitor


def _others(demo: Demo) -> Iterator[Sight]:
    """Further states: finds and none, a refusal, what managers see of places, pages that say no."""
    past = f"{demo.instant}book?date=2020-01-06&start=10:00&end=11:00"
    yield Sight("", "/?kind=laser_cutter&place=")
    yield Sight("", "/?day=next&part=evening&map=yes&place=")
    yield Sight("", "/?day=nonsense", 422)
    yield Sight("", f"/{quote('there is no such page')}", 404)
    yield Sight("maker", "/admin/", 403)
    yield Sight("maker", past)
    yield Sight("maker", demo.instant)
    yield Sight("maker", "/bookings/?view=past")
    yield Sight("manager", "/?km=100")
    yield Sight("manager", "/".join(demo.asking.split("/")[:3]) + "/timetable?view=day")
    yield Sight("manager", demo.asking)
    yield Sight("manager", "/".join(demo.asking.split("/")[:3]) + "/")
    yield Sight("admin", "/spaces/")
