"""Makers report that something is wrong with a tool; its space's staff deals with it."""

from dataclasses import dataclass

from booking.actions.call import Call
from booking.models import report_rows, reports, tools
from booking.models.reports import ReportCard, ReportState
from booking.rules import text
from booking.rules.access import Actor, Role
from booking.rules.refusals import Absent, Problem, Refusal, Refused, Unacceptable

LONGEST_WORDS = 500
LONGEST_REPLY = 500
# What one person may have open of one tool: enough for two faults and a second thought.
MOST_OPEN = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """What a maker tells of a tool; `photo` names a picture that was kept before."""

    words: str
    unit_id: int | None = None
    photo: str | None = None


def report(call: Call, space_slug: str, tool_slug: str, fault: Fault) -> int:
    """Report a fault of a tool to the staff of its space; the report's id.

    Raises Unacceptable with `too_many_reports` for somebody whose earlier ones are still open.
    """
    card = tools.tool_card(call.session, space_slug, tool_slug)
    words = text.many_lines(fault.words, LONGEST_WORDS, "words")
    if not words:
        raise Unacceptable(Problem("words", "required"))
    person = call.person
    if reports.number_open_of(call.session, card.id, person.account_id) >= MOST_OPEN:
        raise Unacceptable(Problem("words", "too_many_reports"))
    report_id = report_rows.add(
        call.session,
        space_id=card.space_id,
        tool_id=card.id,
        unit_id=fault.unit_id,
        account_id=person.account_id,
        words=words,
        photo=fault.photo,
        now=call.now,
    )
    call.note("fault_reported", "tool", card.id, card.space_id, report=report_id)
    payload: dict[str, object] = {"event": "fault_reported", "report_id": report_id, "space_id": card.space_id}
    call.later("mail", payload, once=f"fault_reported:{report_id}")
    return report_id


def close(call: Call, report_id: int, reply: str = "") -> ReportCard:
    """Close a report, as a trainer or manager of the space; its maker gets the reply by mail.

    Raises Refused with `changed_meanwhile` when somebody else has dealt with it.
    """
    reply = text.many_lines(reply, LONGEST_REPLY, "reply")
    card = _open(call, report_id)
    _handle(call, card, ReportState.CLOSED, reply=reply)
    return card


def made_outage(call: Call, report_id: int, space_id: int, outage_id: int) -> None:
    """Note that a report has become an outage of something in its space, and tell its maker; once only."""
    card = visible(call.person, reports.one(call.session, report_id))
    if card.space_id != space_id:
        raise Absent
    if card.state is ReportState.OPEN:
        _handle(call, _open(call, report_id), ReportState.OUTAGE, outage_id=outage_id)


def visible(who: Actor | None, card: ReportCard) -> ReportCard:
    """The report, for the trainers and managers of its space; raises Absent for everybody else."""
    if who is None or not who.has(Role.TRAINER, card.space_id):
        raise Absent
    return card


def _open(call: Call, report_id: int) -> ReportCard:
    visible(call.person, reports.one(call.session, report_id))
    report_rows.lock(call.session, report_id)
    card = reports.one(call.session, report_id)
    if card.state is not ReportState.OPEN:
        raise Refused((Refusal("changed_meanwhile"),))
    return card


def _handle(call: Call, card: ReportCard, state: ReportState, *, reply: str = "", outage_id: int | None = None) -> None:
    by = call.person.account_id
    report_rows.handle(call.session, card.id, state, by=by, now=call.now, reply=reply, outage_id=outage_id)
    call.note("report_handled", "tool", card.tool_id, card.space_id, report=card.id, state=state.value)
    if card.account_id is not None:
        payload: dict[str, object] = {"event": "report_answered", "report_id": card.id, "account_id": card.account_id}
        call.later("mail", payload, once=f"report_answered:{card.id}")
