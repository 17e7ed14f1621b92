"""Erasing an account: nobody can tell any more whose it was. One transaction, and nothing undoes it."""

from booking.actions import bookings as single
from booking.actions import waitlist as waits
from booking.actions.call import Call
from booking.models import accounts, bookings, erasing, members, reports, waitlist
from booking.models.facts import lock_tools
from booking.rules.erasing import NOWHERE, Traces
from booking.rules.refusals import Absent, Denied, Refusal, Refused
from booking.rules.states import Act, State, next_state
from booking.wording.calendars import former_maker


def erase_own(call: Call, stored: str) -> None:
    """Erase one's own account; `stored` is the hash that the password was verified with.

    Raises Denied when the password was changed in the meantime, Refused as `erase`.
    """
    account_id = call.person.account_id
    if accounts.password_hash(call.session, account_id) != stored:
        raise Denied
    _erase(call, account_id)


def erase(call: Call, account_id: int) -> None:
    """Erase somebody's account at her request, as a network admin; again it changes nothing.

    Raises Denied, Absent, Refused with `last_manager`, `last_lead` or `last_admin` while others depend on her.
    """
    if call.person.account_id == account_id or call.person.account_id not in accounts.admins(call.session):
        raise Denied
    _erase(call, account_id)


def objections(call: Call, account_id: int) -> tuple[Refusal, ...]:
    """What has to be handed over before an account can be erased."""
    managed = erasing.managed(call.session, account_id)
    found = []
    if not all(members.is_managed_without(call.session, space_id, account_id) for space_id in managed):
        found.append(Refusal("last_manager"))
    if erasing.leads(call.session, account_id):
        found.append(Refusal("last_lead"))
    if accounts.admins(call.session) == {account_id}:
        found.append(Refusal("last_admin"))
    return tuple(found)


def _erase(call: Call, account_id: int) -> None:
    accounts.lock(call.session, account_id)
    card = accounts.card(call.session, account_id)
    if card is None:
        raise Absent
    if erasing.is_erased(call.session, account_id):
        return
    for space_id in erasing.managed(call.session, account_id):
        members.lock(call.session, space_id)
    refusals = objections(call, account_id)
    if refusals:
        raise Refused(refusals)
    traces = Traces(card.name, card.email, erasing.words(call.session, account_id))
    _free_time(call, account_id)
    erasing.end_open(call.session, account_id, card.email, call.now)
    erasing.blank_reasons(call.session, account_id)
    erasing.forget_jobs(call.session, account_id, traces)
    erasing.forget_answers(call.session, traces)
    erasing.forget_marks(call.session, account_id)
    photos = reports.photos_of(call.session, account_id)
    if photos:
        call.later("discard", {"files": photos})
    erasing.blank(call.session, account_id, card.email)
    name = former_maker(call.settings.default_language)
    erasing.close(call.session, account_id, name, f"{account_id}@{NOWHERE}", call.now)
    call.note("account_erased", "account", account_id)
    # What calendars hold of her bookings is written anew, with stamps that make them take it.
    call.later("render", {"account_id": account_id})


def _free_time(call: Call, account_id: int) -> None:
    """Give back all time that she holds or waits for, to those who wait for it."""
    coming = erasing.open_bookings(call.session, account_id, call.now)
    lock_tools(call.session, sorted({tool_id for _id, tool_id in coming}), account_id=account_id)
    for booking_id, _tool_id in coming:
        card = bookings.card(call.session, booking_id)
        after = State.CANCELLED if card.state is State.IN_USE else next_state(card.state, Act.CANCEL)
        single.end(call, card, after, "cancel", "")
    for entry in waitlist.mine(call.session, account_id):
        waits.give_up(call, entry)
