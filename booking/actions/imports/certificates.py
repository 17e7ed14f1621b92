"""Lines of a table of trainings: who took part gets the space's certificate, as if a trainer had granted it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from booking.actions import certificates as granting
from booking.actions.call import Call
from booking.actions.imports.cells import Cells
from booking.actions.imports.report import Judged, Outcome, Verdict
from booking.actions.imports.scope import Scope, space_named, spaces_by_slug
from booking.models import certificates, grants, members
from booking.models.certificates import CertificateCard
from booking.models.spaces import SpaceCard
from booking.rules import hours, text
from booking.rules.certificates import Held
from booking.rules.csv_rows import Line, Table
from booking.rules.refusals import Problem, Unacceptable

_HALF_DAY = timedelta(hours=12)


def columns(_call: Call) -> tuple[str, ...]:
    """The columns that such a table may have; a name is for those who read it."""
    return ("space", "certificate", "email", "name", "granted_on")


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a line asks for."""

    line: int
    space: SpaceCard
    certificate: CertificateCard
    email: str
    granted_at: datetime


def judge(call: Call, scope: Scope, _table: Table) -> Callable[[Line], Judged]:
    """What judges one line after another."""
    present = spaces_by_slug(call, scope)
    known: dict[int, tuple[CertificateCard, ...]] = {}
    seen: dict[tuple[int, str], int] = {}

    def take(line: Line) -> Judged:
        cells = Cells(line)
        space = space_named(cells, present)
        if space.id not in known:
            known[space.id] = certificates.of_space(call.session, space.id, call.now)
        certificate = _certificate(cells, known[space.id])
        email, granted_at = _email(cells), _granted_at(call, cells, space)
        if (certificate.id, email) in seen:
            cells.problem("email", "same_as_line", line=seen[certificate.id, email])
        seen.setdefault((certificate.id, email), line.number)
        cells.finish()
        wish = _Wish(line.number, space, certificate, email, granted_at)
        verdict, _account_id, new = _verdict(call, wish)
        return Judged(verdict, (lambda writing: _write(writing, wish)) if new else None)

    return take


def _certificate(cells: Cells, known: tuple[CertificateCard, ...]) -> CertificateCard:
    """The certificate that a line names, in any case; raises Unacceptable when the space has none such."""
    said = cells.given("certificate")
    found = next((card for card in known if card.name.casefold() == said.casefold()), None)
    if found is None:
        cells.problem("certificate", "unknown_certificate" if said else "required", certificate=said[:80])
        raise Unacceptable(*cells.problems)
    return found


def _email(cells: Cells) -> str:
    try:
        return text.email_address(cells.given("email"))
    except Unacceptable as refused:
        cells.problems.extend(refused.problems)
        return ""


def _granted_at(call: Call, cells: Cells, space: SpaceCard) -> datetime:
    """Noon of the day of the training at the space, or now where none is named or it was today."""
    said, today = cells.given("granted_on"), hours.to_wall(space.time_zone, call.now).date()
    try:
        day = date.fromisoformat(said) if said else today
    except ValueError:
        cells.problem("granted_on", "not_a_day")
        return call.now
    if day > today or today - day > timedelta(days=3653):
        cells.problem("granted_on", "not_a_day_before")
        return call.now
    return call.now if day == today else hours.day_span(space.time_zone, day).start + _HALF_DAY


def _verdict(call: Call, wish: _Wish) -> tuple[Verdict, int, Held | None]:
    """What becomes of the line as things are, whose it is, and what would be granted anew; reads only."""
    account_id = next(iter(members.trainees(call.session, wish.space.id, emails=[wish.email])), None)
    if account_id is None:
        raise Unacceptable(Problem("email", "not_members", {"emails": wish.email}))
    before = grants.granted_at(call.session, wish.certificate.id, account_id)
    if before is not None and wish.granted_at < before:
        remark = Problem("granted_on", "granted_later")
        return Verdict(wish.line, wish.email, Outcome.UNCHANGED, remarks=(remark,)), account_id, None
    new = granting.granted(call, wish.space, wish.certificate, wish.granted_at)
    ends = grants.ends(call.session, wish.certificate.id, [account_id]) if before is not None else {}
    if before is not None and ends[account_id] == new.ends_at:
        return Verdict(wish.line, wish.email, Outcome.UNCHANGED), account_id, None
    return Verdict(wish.line, wish.email, Outcome.UPDATED if before else Outcome.CREATED), account_id, new


def _write(call: Call, wish: _Wish) -> Verdict:
    verdict, account_id, new = _verdict(call, wish)
    if new is not None:
        granting.give(call, wish.certificate, account_id, new)
    return verdict
