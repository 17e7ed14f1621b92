"""What a network admin does to other people's accounts; never to her own, so that one admin always remains."""

from booking.actions import accounts as own
from booking.actions.call import Call
from booking.models import accounts, erasing, sign_ins
from booking.rules.refusals import Absent, Denied


def disable(call: Call, account_id: int) -> None:
    """Let an account sign in no more; raises Denied or Absent."""
    _check(call, account_id)
    own.disable(call, account_id)


def enable(call: Call, account_id: int) -> None:
    """Let a disabled account sign in again; raises Denied or Absent."""
    _change(call, account_id, "account_enabled", disabled_at=None)


def promote(call: Call, account_id: int) -> None:
    """Make somebody a network admin; raises Denied or Absent."""
    _change(call, account_id, "admin_made", is_admin=True)


def demote(call: Call, account_id: int) -> None:
    """Let somebody be a network admin no more; raises Denied or Absent."""
    _change(call, account_id, "admin_ended", is_admin=False)


def sign_out(call: Call, account_id: int) -> None:
    """Sign out all of somebody's browsers; raises Denied or Absent."""
    _check(call, account_id)
    number = sign_ins.end_all(call.session, account_id, call.now)
    call.note("sign_ins_ended", "account", account_id, number=number)


def _change(call: Call, account_id: int, act: str, **columns: object) -> None:
    _check(call, account_id)
    accounts.change(call.session, account_id, **columns)
    call.note(act, "account", account_id)


def _check(call: Call, account_id: int) -> None:
    # Two admins may end one another in the same moment: who comes second is none any more.
    if call.person.account_id == account_id or call.person.account_id not in accounts.admins(call.session):
        raise Denied
    if accounts.card(call.session, account_id) is None or erasing.is_erased(call.session, account_id):
        raise Absent
