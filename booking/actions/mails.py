"""What a mail will tell to whom: from a job's payload and the rows of this moment to a letter without words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from booking.actions import answer_links, outage_news, outside_news, several_news
from booking.actions.call import Call
from booking.actions.outage_news import OutageNews
from booking.models import mails, visits
from booking.models.database import Session
from booking.models.mails import BookingNews, Place, Reader
from booking.models.reports import ReportCard
from booking.models.visits import VisitCard
from booking.rules.states import State
from config import Settings

# Their jobs hold all that is told.
ABOUT_AN_ACCOUNT = frozenset({"confirm_address", "reset_password", "already_registered", "team_invitation"})
ABOUT_A_SPACE = frozenset({"invitation", "join_asked", "join_decided", "suspended", "suspension_lifted"})
ABOUT_A_BOOKING = frozenset(
    {
        "booking_confirmed",
        "booking_asked",
        "approval_wanted",
        "approval_reminder",
        "approval_escalated",
        "booking_approved",
        "booking_declined",
        "booking_moved",
        "booking_cancelled",
        "booking_expired",
        "booking_missed",
        "time_proposed",
        "proposal_answered",
        "handover_asked",
        "handover_taken",
        "handover_declined",
        "booking_unit",
    }
)
ABOUT_A_VISIT = frozenset(
    {
        "visit_asked",
        "visit_wanted",
        "visit_vouched",
        "visit_accepted",
        "visit_changed",
        "visit_longer_wanted",
        "visit_declined",
        "visit_ended",
    }
)
ABOUT_AN_OFFER = frozenset({"offer_made"})
ABOUT_A_CERTIFICATE = frozenset({"certificate_granted", "certificate_ending", "certificate_revoked"})
EVENTS = (
    ABOUT_AN_ACCOUNT
    | ABOUT_A_SPACE
    | ABOUT_A_BOOKING
    | outage_news.EVENTS
    | outage_news.REPORT_EVENTS
    | several_news.EVENTS
    | outside_news.EVENTS
    | ABOUT_A_VISIT
    | ABOUT_AN_OFFER
    | ABOUT_A_CERTIFICATE
)
TO_MANAGERS = frozenset(
    {
        "approval_wanted",
        "join_asked",
        "fault_reported",
        "visit_asked",
        "visit_wanted",
        "visit_longer_wanted",
        "several_wanted",
    }
)
# They bring the link that answers the request.
WITH_LINK = frozenset({"approval_wanted", "approval_reminder"})
# For the trainers too.
TO_STAFF = frozenset({"fault_reported", "visit_asked"})
# Sent some seconds after the decision; not at all when it has been undone by then.
UNDOABLE = frozenset({"booking_approved", "booking_declined"})
# Not sent when the request has its answer by then.
TO_ANSWER = frozenset({"approval_wanted", "approval_reminder", "approval_escalated"})


class Unwritable(Exception):
    """The job's payload can't become a mail, now or later."""


@dataclass(frozen=True, slots=True)
class Times:
    """A booking's time before or after a change; instants in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that a mail's template may name; what does not concern its event is None or empty."""

    event: str
    reader: Reader
    link: str
    booking: BookingNews | None = None
    times: Times | None = None
    earlier: Times | None = None
    space: Place | None = None
    certificate: str = ""
    outage: OutageNews | None = None
    report: ReportCard | None = None
    visit: VisitCard | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def is_for_managers(payload: Mapping[str, Any]) -> bool:
    """Whether the job stands for one mail to each manager of a space."""
    return payload.get("event") in TO_MANAGERS | WITH_LINK and "account_id" not in payload and "email" not in payload


def spread(call: Call, job_id: int, payload: Mapping[str, Any]) -> None:
    """Leave one job for each manager of the space; doing it twice leaves no second one. Raises Unwritable."""
    space_id = payload.get("space_id") or _booking(call.session, payload).space.id
    people = mails.staff if payload["event"] in TO_STAFF else mails.managers
    for account_id in people(call.session, space_id):
        own = {**payload, "account_id": account_id}
        if payload["event"] in WITH_LINK:
            own["link"] = answer_links.link(call, payload["booking_id"], account_id)
        call.later("mail", own, once=f"mail:{job_id}:{account_id}")


def letter(call: Call, payload: Mapping[str, Any]) -> Letter | None:
    """What to write; None when there is nobody to write to or nothing to tell any more. Raises Unwritable."""
    session, settings, event = call.session, call.settings, payload.get("event")
    if event not in EVENTS:
        raise Unwritable(f"There is no mail for the event {event!r}.")
    reader = _reader(session, settings, payload)
    if reader is None:
        return None
    for events, tell in _TELLING.items():
        if event in events:
            return tell(call, event, reader, payload)
    certificate, space = "", None
    if event in ABOUT_A_CERTIFICATE:
        certificate, space = _certificate(session, payload)
    elif event in ABOUT_A_SPACE:
        space = _space(session, payload)
    link = payload.get("link") or settings.base_url + _path(event, space)
    return Letter(event, reader, link, space=space, certificate=certificate, details=payload)


def _reader(session: Session, settings: Settings, payload: Mapping[str, Any]) -> Reader | None:
    """Whom to write to: the account, perhaps at another address, or somebody without an account."""
    address = payload.get("email", "")
    if "account_id" in payload:
        reader = mails.reader(session, payload["account_id"])
        return Reader(address, reader.name, reader.language, reader.time_zone) if reader and address else reader
    if not address:
        raise Unwritable("The job names nobody to write to.")
    language = payload.get("language") or settings.default_language
    return Reader(address, payload.get("name", ""), language, "")


def _about_booking(call: Call, event: str, reader: Reader, payload: Mapping[str, Any]) -> Letter | None:
    booking = _booking(call.session, payload)
    if event in UNDOABLE and booking.state == State.PENDING:
        return None
    if event in TO_ANSWER and booking.state != State.PENDING:
        return None
    times = _times(payload, "starts_at", "ends_at") or Times(booking.starts_at, booking.ends_at)
    path = "/approvals/" if event in TO_ANSWER else f"/bookings/{booking.id}"
    return Letter(
        event,
        reader,
        payload.get("link") or call.settings.base_url + path,
        booking=booking,
        times=times,
        earlier=_times(payload, "old_starts_at", "old_ends_at"),
        space=booking.space,
        details={"reason": booking.reason, **payload},
    )


def _about_outside(call: Call, event: str, reader: Reader, payload: Mapping[str, Any]) -> Letter | None:
    found = outside_news.news(call, payload)
    return _about_booking(call, event, reader, {**payload, **found}) if found else None


def _about_outage(call: Call, event: str, reader: Reader, payload: Mapping[str, Any]) -> Letter | None:
    found = outage_news.news(call, payload)
    if found is None:
        return None
    first = (*(told.card for told in found.touched), *found.cut)[0]
    link = found.touched[0].link if found.touched else f"{call.settings.base_url}/bookings/{first.id}"
    space = mails.space(call.session, first.space_id)
    return Letter(event, reader, link, space=space, outage=found, details=payload)


def _about_report(call: Call, event: str, reader: Reader, payload: Mapping[str, Any]) -> Letter | None:
    found = outage_news.report(call, payload)
    if found is None:
        return None
    path = f"/reports/?space={found.space_slug}" if event == "fault_reported" else _tool_path(found)
    space = mails.space(call.session, found.space_id)
    return Letter(event, reader, call.settings.base_url + path, space=space, report=found, details=payload)


def _about_visit(call: Call, event: str, reader: Reader, payload: Mapping[str, Any]) -> Letter | None:
    visit = visits.card(call.session, payload.get("visit_id") or 0)
    if visit is None:
        raise Unwritable("The visit is not there any more.")
    link = f"{call.settings.base_url}/visits/{visit.id}"
    return Letter(event, reader, link, visit=visit, details={"reason": visit.reason, **payload})


def _about_offer(call: Call, event: str, reader: Reader, payload: Mapping[str, Any]) -> Letter | None:
    times = _times(payload, "starts_at", "ends_at")
    link = payload.get("link") or f"{call.settings.base_url}/waitlist/"
    return Letter(event, reader, link, times=times, space=_space(call.session, payload), details=payload)


def _about_several(call: Call, event: str, reader: Reader, payload: Mapping[str, Any]) -> Letter | None:
    found = several_news.news(call, payload)
    return Letter(event, reader, found["link"], details={**payload, **found}) if found else None


def _tool_path(report: ReportCard) -> str:
    return f"/spaces/{report.space_slug}/tools/{report.tool_slug}/"


def _booking(session: Session, payload: Mapping[str, Any]) -> BookingNews:
    found = mails.booking(session, payload.get("booking_id") or 0)
    if found is None:
        raise Unwritable("The booking is not there any more.")
    return found


def _space(session: Session, payload: Mapping[str, Any]) -> Place:
    found = mails.space(session, payload.get("space_id") or 0)
    if found is None:
        raise Unwritable("The space is not there any more.")
    return found


def _certificate(session: Session, payload: Mapping[str, Any]) -> tuple[str, Place]:
    found = mails.certificate(session, payload.get("certificate_id") or 0)
    if found is None:
        raise Unwritable("The certificate is not there any more.")
    return found


def _times(payload: Mapping[str, Any], start: str, end: str) -> Times | None:
    if not payload.get(start) or not payload.get(end):
        return None
    return Times(*(datetime.fromisoformat(payload[name]).astimezone(UTC) for name in (start, end)))


def _path(event: str, space: Place | None) -> str:
    if event == "join_asked" and space:
        return f"/spaces/{space.slug}/members/"
    return f"/spaces/{space.slug}/" if space else "/sign-in"


_TELLING: Mapping[frozenset[str], Callable[[Call, str, Reader, Mapping[str, Any]], Letter | None]] = {
    ABOUT_A_BOOKING: _about_booking,
    outage_news.EVENTS: _about_outage,
    outage_news.REPORT_EVENTS: _about_report,
    several_news.EVENTS: _about_several,
    outside_news.EVENTS: _about_outside,
    ABOUT_A_VISIT: _about_visit,
    ABOUT_AN_OFFER: _about_offer,
}
