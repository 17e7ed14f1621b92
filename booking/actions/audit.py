"""Sealing the audit: each seal is a hash over its row and the seal before, so that no row changes unnoticed."""

import hashlib
import json
from enum import StrEnum

from booking.actions.call import Call
from booking.models import audit
from booking.models.audit import AuditCard

ROWS_AT_ONCE = 500


class Standing(StrEnum):
    """What a row's seal says."""

    WAITING = "waiting"
    SEALED = "sealed"
    BROKEN = "broken"


def seal(call: Call) -> bool:
    """Seal the oldest rows that wait for it, a limited number at once; whether others may still wait."""
    rows = audit.unsealed(call.session, ROWS_AT_ONCE)
    number, before = audit.last_seal(call.session)
    for row in rows:
        number += 1
        before = seal_of(row, number, before)
        audit.put_seal(call.session, row.id, number, before)
    return len(rows) == ROWS_AT_ONCE


def seal_of(row: AuditCard, number: int, before: str) -> str:
    """The seal of this row at this place of the chain: SHA-256 over the seal before and the row's canonical JSON."""
    told = [
        number,
        row.id,
        row.at.isoformat(),
        row.account_id,
        row.act,
        row.subject,
        row.subject_id,
        row.space_id,
        row.details,
    ]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def standing(row: AuditCard) -> Standing:
    """Whether the row is as it was when it was sealed."""
    if row.seal is None or row.seal_number is None:
        return Standing.WAITING
    same = seal_of(row, row.seal_number, row.seal_before or "") == row.seal
    return Standing.SEALED if same else Standing.BROKEN
