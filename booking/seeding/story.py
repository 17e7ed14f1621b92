"""What is told by name: the fixed maker's bookings, trainings and feeds, outages, and who waits at the door."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from booking.outside.secrets import digest, new_secret
from booking.rules import hours
from booking.rules.access import Role
from booking.rules.facts import Outage
from booking.rules.refusals import Refused
from booking.rules.spans import Span
from booking.rules.states import State
from booking.seeding import log_ins
from booking.seeding.accounts import Town
from booking.seeding.catalogue import DATA
from booking.seeding.diary import Diary
from booking.seeding.places import PlacedSpace, PlacedTool
from booking.seeding.rows import Rows

_DAYS_TRIED = 7
# A pool of two in which nobody else books so far ahead, or hardly anybody.
_SCATTERED, _SCATTERED_IN = "siglent-sds2104x-plus", 20
_KNOCKING = {
    "silu": ("下学期想做毕业设计，希望加入。", "I move to Xi'an next month and would love to join.", ""),
    "werkhof-spree": ("Ich möchte mein Lastenrad fertig bauen.", "Cześć, przeprowadzam się do Berlina."),
    "zablocie": ("Chcę nauczyć się lasera.",),
}


class Story:
    """Adds what a visitor of the invented network should meet whatever chance does."""

    def __init__(
        self, rows: Rows, spaces: Sequence[PlacedSpace], town: Town, diary: Diary, now: datetime, chance: Random
    ) -> None:
        self._spaces = {space.plan.slug: space for space in spaces}
        self._rows, self._town, self._diary, self._now, self._chance = rows, town, diary, now, chance

    def tell(self) -> None:
        """Everything, before chance takes the time."""
        home = self._spaces["silu"]
        maker = self._town.by_email[log_ins.MAKER]
        for training in ("laser", "wood"):
            self._town.grant(home, home.certificates[training], maker)
        self._add_outages()
        for entry in tomllib.loads((DATA / "story.toml").read_text(encoding="utf-8"))["booking"]:
            self._book(entry)
        self._scatter(home)
        self._add_feeds(home)
        self._knock()

    def _tool(self, space: str, slug: str) -> PlacedTool:
        return next(tool for tool in self._spaces[space].tools if tool.slug == slug)

    def _add_outages(self) -> None:
        """One unit of a pool until next week, and a laser for a day this week."""
        printer = self._tool("silu", "bambu-lab-x1-carbon")
        since = self._now - timedelta(hours=20)
        until = self._now + timedelta(days=5)
        self._add_outage("silu", printer, since, until, "喷嘴堵塞，等待配件", printer.facts.unit_ids[-1])
        laser = self._tool("zablocie", "universal-laser-systems-vls6-60")
        day = hours.to_wall("Europe/Warsaw", self._now).date() + timedelta(days=3)
        service = hours.day_span("Europe/Warsaw", day)
        self._add_outage("zablocie", laser, service.start, service.end, "Wymiana tuby lasera")

    def _add_outage(
        self, space: str, tool: PlacedTool, start: datetime, end: datetime, reason: str, unit_id: int | None = None
    ) -> None:
        self._rows.add(
            "outage",
            tool_id=tool.facts.id,
            unit_id=unit_id,
            starts_at=start,
            ends_at=end,
            reason=reason,
            declared_by=self._town.staff(self._spaces[space], Role.MANAGER).id,
        )
        self._diary.outages.setdefault(tool.facts.id, []).append(Outage(start, end, unit_id, reason))

    def _book(self, entry: Mapping[str, Any]) -> None:
        space, tool = self._spaces[entry["space"]], self._tool(entry["space"], entry["tool"])
        maker = self._town.by_email[log_ins.MAKER]
        today = hours.to_wall(space.plan.zone, self._now).date()
        direction = 1 if entry["in"] > 0 else -1
        for more in range(_DAYS_TRIED):
            day = today + timedelta(days=entry["in"] + direction * more)
            wall = datetime.combine(day, time.fromisoformat(entry["at"]))
            try:
                start = hours.to_utc(space.plan.zone, wall)
            except Refused:  # The clocks jump over that time.
                continue
            span = Span(start, start + timedelta(minutes=entry["minutes"]))
            made_at = min(start, self._now) - timedelta(hours=26, minutes=self._chance.randrange(60))
            state = State(entry.get("state", "confirmed"))
            if self._diary.book(space, tool, maker, span, entry["purpose"], made_at, state):
                return

    def _scatter(self, home: PlacedSpace) -> None:
        """Two bookings in turn on two units: whoever books across finds room only when one of them changes its unit."""
        tool = self._tool("silu", _SCATTERED)
        day = hours.to_wall(home.plan.zone, self._now).date() + timedelta(days=_SCATTERED_IN)
        people = (log_ins.MAKER, log_ins.TRAINER)
        for unit_id, who, at in zip(tool.facts.unit_ids, people, (14, 16), strict=True):
            start = hours.to_utc(home.plan.zone, datetime.combine(day, time(at)))
            span, made_at = Span(start, start + timedelta(hours=2)), self._now - timedelta(hours=at)
            maker, purpose = self._town.by_email[who], "Signal of the motor driver"
            self._diary.book(home, tool, maker, span, purpose, made_at, State.CONFIRMED, unit_id)

    def _add_feeds(self, home: PlacedSpace) -> None:
        """Their addresses are known to nobody: each is shown once, when it is made on the page."""
        laser = self._tool("silu", "trotec-speedy-300")
        views = (
            (log_ins.MAKER, "mine", "Phone", None, None, False),
            (log_ins.MAKER, "mine", "Family, busy only", None, None, True),
            (log_ins.MAKER, "tool", "Laser", None, laser.facts.id, False),
            (log_ins.MANAGER, "approvals", "Requests", None, None, False),
            (log_ins.MANAGER, "space", "Workshop screen", home.id, None, False),
        )
        for number, (email, view, name, space_id, tool_id, busy_only) in enumerate(views):
            self._rows.add(
                "feed",
                account_id=self._town.by_email[email].id,
                token_hash=digest(new_secret()),
                name=name,
                view=view,
                space_id=space_id,
                tool_id=tool_id,
                busy_only=busy_only,
                created_at=self._now - timedelta(days=40 - number),
            )

    def _knock(self) -> None:
        """People who ask to join, and wait."""
        for slug, notes in _KNOCKING.items():
            space = self._spaces[slug]
            for number, note in enumerate(notes):
                stranger = self._town.add_stranger(space.plan.country, space.plan.zone)
                self._rows.add(
                    "join_request",
                    account_id=stranger.id,
                    space_id=space.id,
                    note=note,
                    asked_at=self._now - timedelta(hours=5 + 19 * number),
                )
