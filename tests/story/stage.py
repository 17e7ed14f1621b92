"""The service as the story sees it: its actions, and its rows read back without its own questions."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import IntegrityError

from booking.models import guards
from booking.models.database import reading, writing
from booking.models.tables.audit import AuditRow
from booking.models.tables.bookings import Booking, Claim, Rendering
from booking.models.tables.jobs import Job
from booking.models.tables.tools import Outage, Tool
from booking.rules.refusals import Refused
from config import Settings
from tests.acting import Scene
from tests.story.model import Bench, Kept, Ledger, Stretch


class Stage:
    """A workshop of its own in a database that many stories share."""

    def __init__(self, engine: Engine, settings: Settings, benches: list[Bench]) -> None:
        self.scene, self.engine = Scene(engine, settings), engine
        self.tools = {bench.name: self._tool(bench) for bench in benches}
        self.first_job, self.first_audit = self._last(Job), self._last(AuditRow)

    def act(self, who: str, action: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[set[str], Any]:
        """The codes of the refusal and what the action answers: one of them is empty."""
        person = getattr(self.scene, who) if who else None
        try:
            return set(), self.scene.perform(person, action, *args, **kwargs)
        except Refused as refused:
            return {refusal.code for refusal in refused.refusals}, None

    def breaks(self, bench: Bench, stretch: Stretch) -> None:
        """A tool goes out of order."""
        with writing(self.engine) as session:
            session.add(Outage(tool_id=self.tools[bench.name], starts_at=stretch[0], ends_at=stretch[1], reason=""))

    def compare(self, ledger: Ledger) -> None:
        """Everything that the model knows is in the rows, and nothing else is."""
        with reading(self.engine) as session:
            here = Booking.space_id == self.scene.space_id
            rows = {row.id: row for row in session.scalars(select(Booking).where(here))}
            assert rows.keys() == ledger.kept.keys(), "a booking is there that nobody made, or one is lost"
            claims = {row.booking_id: row for row in session.scalars(select(Claim).where(Claim.booking_id.in_(rows)))}
            shown = select(Rendering.booking_id, Rendering.version).where(Rendering.booking_id.in_(rows))
            drawn = {tuple(row) for row in session.execute(shown)}
            for id_, it in ledger.kept.items():
                self._compare_one(it, rows[id_], claims[id_])
                assert (id_, rows[id_].version) in drawn, "calendars still show what was"
            assert self._mails(session, rows.keys()) == sorted(ledger.mails), "a mail without a change, or none for one"
            acts = session.scalar(
                select(func.count()).where(AuditRow.id > self.first_audit, AuditRow.subject == "booking")
            )
            assert acts == ledger.changes, "the audit and what happened differ"
        with self.engine.connect() as connection:
            assert guards.overlaps(connection) == 0, "two claims are on one unit at once"

    def provoke(self) -> None:
        """The database itself refuses a second claim on a held unit; this holds while any booking does."""
        copy = text(
            "INSERT INTO claim (unit_id, space_id, kind_id, blocks_from, blocks_until, blocking)"
            " SELECT unit_id, space_id, kind_id, blocks_from, blocks_until, blocking FROM claim"
            " WHERE blocking AND space_id = :here LIMIT 1"
        )
        try:
            with writing(self.engine) as session:
                written = session.connection().execute(copy, {"here": self.scene.space_id}).rowcount
                session.rollback()
        except IntegrityError:
            return
        assert not written, "the database would take two claims at once"

    def _compare_one(self, it: Kept, row: Booking, claim: Claim) -> None:
        shown: tuple[str, datetime, datetime, int] = (row.state, row.starts_at, row.ends_at, row.sequence)
        assert shown == (it.state, it.start, it.end, it.sequence), "the service remembers another story"
        assert row.tool_id == self.tools[it.bench.name]
        holds = it.state in {"pending", "confirmed"}
        assert claim.blocking is holds, "time is held that nobody has, or the other way round"
        if holds:
            assert (claim.blocks_from, claim.blocks_until) == it.held, "another time is held than was booked"

    def _mails(self, session: Any, booking_ids: Any) -> list[tuple[str, int, int]]:
        rows = session.scalars(select(Job).where(Job.id > self.first_job, Job.kind == "mail"))
        names = [str(row.dedupe_key).split(":") for row in rows if row.payload.get("booking_id") in booking_ids]
        return sorted((event, int(id_), int(sequence)) for event, id_, sequence in names)

    def _tool(self, bench: Bench) -> int:
        minutes = int(bench.buffer.total_seconds()) // 60
        tool_id = self.scene.tool(
            name=bench.name,
            approval="always" if bench.needs_yes else "never",
            setup_minutes=minutes,
            cleanup_minutes=minutes,
        )
        with reading(self.engine) as session:
            assert session.get_one(Tool, tool_id).space_id == self.scene.space_id
        return tool_id

    def _last(self, table: Any) -> int:
        with reading(self.engine) as session:
            return int(session.scalar(select(func.coalesce(func.max(table.id), 0))) or 0)
