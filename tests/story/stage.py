"""The service as the story sees it: its actions, and its rows read back without its own questions."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, and_, func, or_, select, text
from sqlalchemy.exc import IntegrityError

from booking.actions import offers, supplies
from booking.actions.outages import What
from booking.models import guards
from booking.models.database import reading, writing
from booking.models.tables.accounts import Account
from booking.models.tables.audit import AuditRow
from booking.models.tables.bookings import Booking, Claim, Handover, Proposal, Rendering
from booking.models.tables.jobs import Job
from booking.models.tables.limits import Strike, Suspension
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Outage, Tool
from booking.models.tables.waitlist import Offer, WaitlistEntry
from booking.rules.refusals import Refused, Unacceptable
from booking.rules.spans import Span
from config import Settings
from tests.acting import Scene
from tests.factories import make_quota
from tests.story.line import Line
from tests.story.model import HOLDING, MINUTE, Bench, Kept, Ledger, Stretch

# Mails about more than one booking, and those about what somebody is offered.
LETTERS = frozenset(
    {"several", "several_wanted", "offer_made", "handover_asked", "handover_taken", "handover_declined"}
    | {"time_proposed", "proposal_answered", "suspended", "suspension_lifted"}
)
Work = tuple[Bench, Stretch, list[tuple[int, int, Stretch]]]


class Stage:
    """A workshop of its own in a database that many stories share."""

    def __init__(self, engine: Engine, settings: Settings, benches: list[Bench], ledger: Ledger) -> None:
        self.scene, self.engine = Scene(engine, settings), engine
        self.benches = {self._tool(bench): bench for bench in benches}
        self.tools = {bench.name: tool_id for tool_id, bench in self.benches.items()}
        self.people = {getattr(self.scene, name).account_id: name for name in ("ada", "cy")}
        with writing(engine) as session:
            self.addresses = {name: session.get_one(Account, id_).email for id_, name in self.people.items()}
            here = {"space_id": self.scene.space_id, "amount": ledger.daily // MINUTE}
            make_quota(session, "person", "minutes_day", **here)
            self.space = session.get_one(Space, self.scene.space_id).slug
            self.slugs = {name: session.get_one(Tool, id_).slug for name, id_ in self.tools.items()}
        air = self.scene.perform(self.scene.bo, supplies.add, self.space, "Compressor", tuple(self.benches))
        self.air = What(self.space, supply_id=air)
        self.first_job, self.first_audit = self._last(Job), self._last(AuditRow)

    def act(self, who: str, action: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[set[str], Any]:
        """The codes of the refusal and what the action answers: one of them is empty."""
        person = getattr(self.scene, who) if who else None
        try:
            return set(), self.scene.perform(person, action, *args, **kwargs)
        except Refused as refused:
            return {refusal.code for refusal in refused.refusals}, None
        except Unacceptable as unacceptable:
            return {problem.code for problem in unacceptable.problems}, None

    @staticmethod
    def about(action: Callable[..., Any], card: Callable[..., Any], id_: int) -> Callable[..., Any]:
        """The action on what is read by this id, as whoever follows a mailed link does it."""
        return lambda call: action(call, card(call.session, id_))

    def breaks(self, bench: Bench, stretch: Stretch) -> None:
        """A tool goes out of order."""
        with writing(self.engine) as session:
            session.add(Outage(tool_id=self.tools[bench.name], starts_at=stretch[0], ends_at=stretch[1], reason=""))

    def parts(self, **column: int) -> list[int]:
        """The ids of the bookings of a plan or a series, in the order in which they were asked for."""
        [(name, number)] = column.items()
        with reading(self.engine) as session:
            return list(
                session.scalars(select(Booking.id).where(getattr(Booking, name) == number).order_by(Booking.id))
            )

    def freed(self) -> Iterable[Work]:
        """What the worker is told of freed time and what it offers then, one piece of news after the other."""
        while job := self._next():
            span = Span(*(datetime.fromisoformat(job[name]) for name in ("from", "until")))
            before = self._last(Offer)
            self.act("", offers.offer_freed, job["tool_id"], span, job.get("holder_id"), job.get("holder_team_id"))
            with reading(self.engine) as session:
                new = session.scalars(select(Offer).where(Offer.id > before).order_by(Offer.id))
                made = [(row.id, row.entry_id, (row.starts_at, row.ends_at)) for row in new]
            yield self.benches[job["tool_id"]], (span.start, span.end), made

    def handovers(self) -> dict[int, tuple[int, str]]:
        """Which bookings are to go to somebody else, and how that stands."""
        here = select(Handover).join(Booking, Booking.id == Handover.booking_id)
        with reading(self.engine) as session:
            rows = session.scalars(here.where(Booking.space_id == self.scene.space_id))
            return {row.id: (row.booking_id, row.state) for row in rows}

    def proposals(self) -> tuple[dict[int, Any], dict[int, list[Stretch]]]:
        """Which other times were offered to whom and how that stands; and what each of them holds."""
        here = Booking.space_id == self.scene.space_id
        holds = and_(Claim.blocking, or_(Claim.id == Proposal.claim_id, Claim.id == Proposal.second_claim_id))
        asked = select(Proposal, Claim.blocks_from, Claim.blocks_until).outerjoin(Claim, holds).where(here)
        stands: dict[int, Any] = {}
        held: dict[int, list[Stretch]] = {}
        with reading(self.engine) as session:
            for row, start, end in session.execute(asked.join(Booking, Booking.id == Proposal.booking_id)):
                time = (row.starts_at, row.ends_at)
                stands[row.id] = (row.booking_id, time, row.answered_at is not None, row.accepted)
                held[row.id] = sorted([*held.get(row.id, []), *([(start, end)] if start else [])])
        return stands, held

    def strikes(self) -> dict[int, tuple[str, int, bool]]:
        """Who missed which booking, and whether that is forgiven."""
        with reading(self.engine) as session:
            rows = session.scalars(select(Strike).where(Strike.space_id == self.scene.space_id).order_by(Strike.id))
            return {it.id: (self.people[it.account_id], it.booking_id, it.forgiven_at is not None) for it in rows}

    def suspensions(self) -> dict[int, tuple[str, datetime, datetime, bool]]:
        """Who may not book from when until when, and whether the manager has thought again."""
        here = select(Suspension).where(Suspension.space_id == self.scene.space_id)
        with reading(self.engine) as session:
            rows = session.scalars(here.order_by(Suspension.id))
            return {
                it.id: (self.people[it.account_id], it.starts_at, it.ends_at, it.lifted_at is not None) for it in rows
            }

    def hears_later(self) -> bool:
        """Whether there is news of freed time that may be taken back still."""
        with reading(self.engine) as session:
            later = select(func.count(Job.id)).where(Job.kind == "freed", Job.done_at.is_(None))
            return bool(session.scalar(later.where(Job.id > self.first_job)))

    def compare(self, ledger: Ledger, line: Line) -> None:
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
            self._compare_line(session, ledger, line)
            self._compare_mails(session, ledger, rows)
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
        assert (row.tool_id, self.people[row.account_id]) == (self.tools[it.bench.name], it.maker)
        assert (row.plan_id, row.series_id) == (it.plan, it.series), "a booking belongs to others than it did"
        holds = it.state in HOLDING
        assert claim.blocking is holds, "time is held that nobody has, or the other way round"
        if holds:
            assert (claim.blocks_from, claim.blocks_until) == it.held, "another time is held than was booked"

    def _compare_line(self, session: Any, ledger: Ledger, line: Line) -> None:
        entries = select(WaitlistEntry.id, WaitlistEntry.state).where(WaitlistEntry.tool_id.in_(self.benches))
        stands = {id_: state for id_, state in session.execute(entries)}
        assert stands == {id_: it.state for id_, it in line.entries.items()}, "somebody stands elsewhere in the line"
        asked = select(Offer, Claim.blocking, Claim.blocks_from, Claim.blocks_until, Claim.booking_id)
        rows = session.execute(asked.join(Claim, Claim.id == Offer.claim_id).where(Offer.tool_id.in_(self.benches)))
        found = {row[0].id: row for row in rows}
        assert found.keys() == ledger.promises.keys(), "an offer is there that nobody made, or one is lost"
        for id_, it in ledger.promises.items():
            row, *claim = found[id_]
            assert (row.state, row.booking_id, row.expires_at) == (it.state, it.booking, it.until)
            if it.state != "accepted":
                assert claim == [it.state == "open", *it.bench.around(it.time), None], "an offer holds something else"

    def _compare_mails(self, session: Any, ledger: Ledger, booking_ids: Any) -> None:
        rows = list(session.scalars(select(Job).where(Job.id > self.first_job, Job.kind == "mail")))
        alone = [row for row in rows if row.payload["event"] not in LETTERS]
        names = [str(row.dedupe_key).split(":") for row in alone if row.payload.get("booking_id") in booking_ids]
        mails = sorted((event, int(id_), int(sequence)) for event, id_, sequence in names)
        assert mails == sorted(ledger.mails), "a mail without a change, or none for one"
        letters = Counter(row.payload["event"] for row in rows if row.payload["event"] in LETTERS)
        assert letters == +ledger.letters, "a mail about several bookings too many, or too few"

    def _next(self) -> dict[str, Any] | None:
        due = select(Job).where(Job.kind == "freed", Job.done_at.is_(None), Job.run_at <= self.scene.now)
        with writing(self.engine) as session:
            job = session.scalars(due.where(Job.id > self.first_job).order_by(Job.id).limit(1)).first()
            if job is None:
                return None
            job.done_at = self.scene.now
            return dict(job.payload)

    def _tool(self, bench: Bench) -> int:
        minutes = bench.buffer // MINUTE
        tool_id = self.scene.tool(
            name=bench.name,
            approval="always" if bench.needs_yes else "never",
            setup_minutes=minutes,
            cleanup_minutes=minutes,
            check_in_minutes=bench.grace // MINUTE if bench.grace else None,
        )
        with reading(self.engine) as session:
            assert session.get_one(Tool, tool_id).space_id == self.scene.space_id
        return tool_id

    def _last(self, table: Any) -> int:
        with reading(self.engine) as session:
            return int(session.scalar(select(func.coalesce(func.max(table.id), 0))) or 0)
