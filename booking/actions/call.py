"""What every action is told: the transaction, who acts, and what time it is."""

from dataclasses import dataclass
from datetime import datetime

from booking.models import audit, jobs
from booking.models.database import Session
from booking.rules.access import Actor, Role
from booking.rules.refusals import Denied
from config import Settings


@dataclass(frozen=True, slots=True)
class Call:
    """One run of an action. `actor` is None for the clock and for people who aren't signed in."""

    session: Session
    actor: Actor | None
    now: datetime
    settings: Settings

    @property
    def person(self) -> Actor:
        """Who acts; raises Denied when nobody is signed in or the token may only read."""
        if self.actor is None or self.actor.scope != "write":
            raise Denied
        return self.actor

    def require(self, role: Role, space_id: int) -> Actor:
        """Who acts, with at least this role at the space; raises Denied otherwise."""
        if not self.person.has(role, space_id):
            raise Denied
        return self.person

    def note(
        self, act: str, subject: str, subject_id: int | None, space_id: int | None = None, **details: object
    ) -> None:
        """Add a row to the audit: who does what to which thing."""
        account_id = self.actor.account_id if self.actor else None
        audit.add(self.session, self.now, account_id, act, subject, subject_id, space_id, details)

    def later(
        self, kind: str, payload: dict[str, object], run_at: datetime | None = None, once: str | None = None
    ) -> None:
        """Leave a job to the worker, in this transaction; `once` names it so that it can't be left twice."""
        jobs.add(self.session, kind, payload, self.now, run_at or self.now, once)
