"""The main job on real input: python -m scripts.real_network FOLDER

FOLDER holds `spaces.csv` and `tools.csv`, inventories as spaces keep them. They are imported into an empty network
of its own (every line gets a verdict), the spaces are opened to the whole network, and then people do at the pages,
over HTTP, what they would do: a maker books at every space, a manager approves and declines, rules refuse. At the end
each space's public calendar is fetched by vdirsyncer and shown by khal, on the clock of the space.
"""

import csv
import io
import re
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from tests.clients.agenda import Reader
from tests.installation import Installation
from tests.visitor import Visitor

PASSWORD = "a quiet workshop 7"  # noqa: S105
ADMIN, MANAGER, MAKER = "dee@example.org", "bo@example.org", "ada@example.org"
OPENS, CLOSES = "09:00", "21:00"
NEEDS_TRAINING = "yes"
# How long ahead people book here, and at what time of the space's day.
DAYS_AHEAD = 7

out = Console(highlight=False, soft_wrap=True, width=110)


class Failed(Exception):
    """Something did not go as it must; the text says what."""


@dataclass(frozen=True)
class Wish:
    """A time that somebody asks for on a tool, on the clock of its space."""

    space: str
    tool: str
    day: date
    start: str
    end: str

    @property
    def page(self) -> str:
        """The address of the form in which it is booked."""
        return f"/spaces/{self.space}/tools/{self.tool}/book"

    def __str__(self) -> str:
        return f"{self.tool} at {self.space}, {self.day} {self.start}-{self.end}"


@dataclass(frozen=True)
class Place:
    """A space of the inventory, with its tools as the network knows them."""

    slug: str
    zone: str
    free: tuple[str, ...]
    trained: tuple[str, ...]


def main(folder: Path) -> None:
    """Do all of it in a temporary folder; raises Failed when something did not go as it must."""
    with tempfile.TemporaryDirectory(prefix="benchtime-real-") as temporary:
        network = Installation(Path(temporary))
        network.command("upgrade")
        admin_link = network.command("admin", ADMIN).split()[-1]
        take_inventories(network, folder)
        people = (Visitor(network.address) for _ in range(3))
        with network.served(), next(people) as admin, next(people) as bo, next(people) as ada:
            admin.go(_path(admin_link)).send(password=PASSWORD)
            sign_in(admin, ADMIN)
            places = open_spaces(admin, folder)
            join(network, bo, MANAGER, "Bo")
            join(network, ada, MAKER, "Ada")
            make_manager(network, places)
            asked = book(places, bo, ada)
            read_calendars(network, places, asked, Path(temporary))
    out.print("\nAll of it went as it must.", style="bold")


# The inventories


def take_inventories(network: Installation, folder: Path) -> None:
    """Import both tables: first dry, then for real; each line of the file has exactly one verdict."""
    for kind in ("spaces", "tools"):
        file = folder / f"{kind}.csv"
        tried = network.command("import", kind, str(file), "--dry-run")
        report = network.command("import", kind, str(file))
        _must(tried == report, f"The dry run of {kind} said something else than the import.")
        lines = [line.split("\t") for line in report.splitlines()]
        _must(len(lines) == len(rows(file)), f"{kind}: {len(lines)} verdicts for {len(rows(file))} lines.")
        _show(f"{file.name}: {len(lines)} lines", ("Line", "Verdict", "What", "Why"), lines)
        again = network.command("import", kind, str(file))
        _must("\tcreated\t" not in again, f"Importing the same {kind} again made some anew.")


def rows(file: Path) -> list[dict[str, str]]:
    """The lines of a table."""
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))


# People and places, at the pages


def sign_in(visitor: Visitor, email: str) -> None:
    """Sign in by the form."""
    visitor.go("/sign-in").send(email=email, password=PASSWORD)
    _must(visitor.page.select_one("form[action='/sign-out']") is not None, f"{email} could not sign in.")


def join(network: Installation, visitor: Visitor, email: str, name: str) -> None:
    """Somebody makes an account, opens the link in the mail, and signs in."""
    typed = {"name": name, "email": email, "password": PASSWORD, "language": "en", "time_zone": "Europe/Berlin"}
    visitor.go("/register").send(**typed)
    [mail] = [mail for mail in network.mails() if email in str(mail["To"])]
    body = mail.get_body(("plain",))
    link = re.search(rf"{network.address}\S+", body.get_content() if body else "")
    _must(link is not None, f"The mail to {email} has no link.")
    visitor.go(_path(link.group() if link else "")).send()
    sign_in(visitor, email)


def open_spaces(admin: Visitor, folder: Path) -> list[Place]:
    """The network's admin opens each space, every day, to the whole network, and publishes its calendar."""
    places = []
    for row in rows(folder / "spaces.csv"):
        slug = row["slug"]
        admin.go(f"/manage/spaces/{slug}/").send(bookable_by="network", publishes="yes")
        week = {f"opens-{day}-0": OPENS for day in range(7)} | {f"closes-{day}-0": CLOSES for day in range(7)}
        admin.go(f"/manage/spaces/{slug}/hours/").send("/hours/week", None, **week)
        _must(admin.status == 200, f"The hours of {slug} were not taken.")
        free, trained = _tools(admin, slug, folder)
        places.append(Place(slug, row["time_zone"], tuple(free), tuple(trained)))
    return places


def make_manager(network: Installation, places: list[Place]) -> None:
    """Bo becomes manager of all spaces, by a table of members."""
    table = network.folder / "members.csv"
    table.write_text("space,email,role\n" + "".join(f"{place.slug},{MANAGER},manager\n" for place in places))
    report = network.command("import", "members", str(table))
    _must(report.count("created") == len(places), f"Bo does not manage all spaces: {report}")


def _tools(admin: Visitor, slug: str, folder: Path) -> tuple[list[str], list[str]]:
    """The slugs of a space's tools: those that anybody may book, and those that need training."""
    admin.go(f"/spaces/{slug}/")
    links = admin.page.select(f".result h3 a[href^='/spaces/{slug}/tools/']")
    listed = [row for row in rows(folder / "tools.csv") if row["space"] == slug]
    _must(len(links) == len(listed), f"{slug} shows {len(links)} of {len(listed)} tools.")
    needed = {row["name"] for row in listed if row["training"] == NEEDS_TRAINING}
    free: list[str] = []
    trained: list[str] = []
    for link in links:
        tool = str(link["href"]).rstrip("/").rsplit("/", 1)[-1]
        (trained if link.get_text(strip=True) in needed else free).append(tool)
    return free, trained


# Bookings


def book(places: list[Place], bo: Visitor, ada: Visitor) -> dict[str, list[Wish]]:
    """What the maker and the manager do: what was asked for, by space; the second time of a space is declined."""
    asked: dict[str, list[Wish]] = {}
    say("Bookings")
    approved_at = places[1 % len(places)]
    for place in places:
        tool, day = place.free[0], _day(place)
        if place is approved_at:
            ask_for_approval(bo, place, tool)
        wish = Wish(place.slug, tool, day, "10:00", "12:00")
        number = take(ada, wish, "Asked for" if place is approved_at else "Booked")
        asked[place.slug] = [wish]
        if place is approved_at:
            answer(bo, number, "approve")
            later = Wish(place.slug, tool, day, "14:00", "15:00")
            answer(bo, take(ada, later, "Asked for"), "decline")
            asked[place.slug].append(later)
    refuse(bo, Wish(places[0].slug, places[0].free[0], _day(places[0]), "11:00", "13:00"), 409)
    for place in places:
        if place.trained:
            refuse(ada, Wish(place.slug, place.trained[0], _day(place), "10:00", "11:00"), 422)
    return asked


def ask_for_approval(bo: Visitor, place: Place, tool: str) -> None:
    """The manager wants to be asked for this tool."""
    bo.go(f"/manage/spaces/{place.slug}/tools/{tool}/").send(approval="always")
    _must(bo.status == 200, f"The policy of {tool} was not taken.")


def take(visitor: Visitor, wish: Wish, expected: str) -> int:
    """Book a time; the number of the booking."""
    visitor.go(wish.page).send("/book", date=wish.day.isoformat(), start=wish.start, end=wish.end)
    told = visitor.text("#toasts")
    _must(expected in told, f"{wish}: {told or visitor.text('#verdict') or visitor.status}")
    out.print(f"  {told}")
    return int(visitor.path.rsplit("/", 1)[-1])


def answer(bo: Visitor, number: int, act: str) -> None:
    """The manager approves or declines a request of the queue."""
    typed = {"reason": "We have visitors that afternoon."} if act == "decline" else {}
    bo.go("/approvals/").send(f"/approvals/{number}/{act}", **typed)
    bo.go(f"/bookings/{number}")
    state = bo.text("main .chip")
    _must(state.lower().startswith({"approve": "confirmed", "decline": "declined"}[act]), f"{act}: {state}")
    out.print(f"  The manager's answer to request {number}: {state}")


def refuse(visitor: Visitor, wish: Wish, status: int) -> None:
    """Ask for a time that must be refused, with a reason."""
    visitor.go(wish.page).send("/book", date=wish.day.isoformat(), start=wish.start, end=wish.end)
    reason = visitor.text("#verdict .verdict") or visitor.text("#verdict")
    _must(visitor.status == status and reason != "", f"{wish} was not refused with {status}: {visitor.status} {reason}")
    out.print(f"  Refused ({status}): {wish}. {reason}")


# Calendars


def read_calendars(network: Installation, places: list[Place], asked: dict[str, list[Wish]], folder: Path) -> None:
    """Each space's public calendar as khal shows it on the clock of the space, beside what was booked."""
    say("Calendars, read by khal on the clock of each space")
    for place in places:
        home = folder / place.slug
        home.mkdir()
        reader = Reader(home, f"{network.address}/spaces/{place.slug}/calendar.ics")
        shown = reader.agenda(_day(place).isoformat(), 1, place.zone)
        for line in shown:
            out.print(f"  {place.zone}: {line}")
        wishes = asked[place.slug]
        expected = [f"{wish.day} {wish.start}|{wish.end}" for wish in wishes]
        _must([line.rpartition("|")[0] for line in shown] == expected, f"{place.slug}: {shown} is not {expected}.")
        # In the space's language: the first is taken, what was declined is said in another word.
        words = {line.rpartition("|")[2].partition(": ")[0] for line in shown}
        _must(len(words) == len(wishes), f"{place.slug}: {shown} does not tell what was declined.")


def _day(place: Place) -> date:
    today = datetime.now(UTC).astimezone(ZoneInfo(place.zone)).date()  # noqa: TID251
    return today + timedelta(days=DAYS_AHEAD)


# Words


def say(heading: str) -> None:
    """A heading of what is printed."""
    out.print(f"\n{heading}", style="bold")


def _show(title: str, headings: tuple[str, ...], lines: list[list[str]]) -> None:
    table = Table(*headings, title=title, title_justify="left")
    for line in lines:
        table.add_row(*line)
    out.print(table, markup=False)


def _path(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def _must(holds: bool, sentence: str) -> None:
    if not holds:
        raise Failed(sentence)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m scripts.real_network FOLDER")
    try:
        main(Path(sys.argv[1]))
    except (Failed, RuntimeError, LookupError, OSError) as problem:
        sys.exit(f"It did not go as it must: {problem}")
