"""Limits on tries, kept in the database so that several workers and a restart change nothing.

A try is counted before it is made, so that a burst of them can't slip through together; a success gives its
place back.
"""

import ipaddress
from collections.abc import Sequence

from booking.actions.call import Call
from booking.models import throttle
from booking.outside.secrets import digest
from booking.rules.refusals import Refusal, Refused
from booking.rules.throttle import Bucket, level_at, takes_again_at


def sign_in_buckets(email: str, address: str) -> tuple[Bucket, ...]:
    """What a wrong password fills: per account (known or not), per network address, and for everybody."""
    return (
        Bucket(f"account:{digest(email)[:40]}", capacity=10, seconds=60),
        Bucket(f"address:{_network(address)}", capacity=30, seconds=20),
        Bucket("everybody", capacity=2000, seconds=0.2),
    )


def mail_buckets(email: str, address: str) -> tuple[Bucket, ...]:
    """What a request for a mail fills, so that nobody's mailbox is flooded from here."""
    return (
        Bucket(f"mail:{digest(email)[:40]}", capacity=4, seconds=600),
        Bucket(f"mail-address:{_network(address)}", capacity=40, seconds=30),
        Bucket("mail-everybody", capacity=2000, seconds=0.5),
    )


def stranger_buckets(account_id: int) -> tuple[Bucket, ...]:
    """What somebody fills who has us write to whatever address she names: ten at once, ten a day."""
    return (Bucket(f"strangers:{account_id}", capacity=10, seconds=8640),)


def hashing_buckets(address: str) -> tuple[Bucket, ...]:
    """What a new password of a stranger fills: hashing is slow on purpose, and everybody waits for the same places."""
    return (Bucket(f"hash-address:{_network(address)}", capacity=30, seconds=10),)


def take(call: Call, buckets: Sequence[Bucket]) -> None:
    """Count one try; raises Refused `too_many_tries`, with when to try again, where a bucket is full."""
    known = throttle.levels(call.session, [bucket.name for bucket in buckets], call.now)
    levels = {bucket.name: level_at(*known[bucket.name], call.now, bucket) for bucket in buckets}
    waits = [takes_again_at(levels[bucket.name], call.now, bucket) for bucket in buckets]
    full = [wait for wait in waits if wait is not None]
    if full:
        raise Refused((Refusal("too_many_tries", lifts_at=max(full)),))
    for bucket in buckets:
        throttle.put(call.session, bucket.name, levels[bucket.name] + 1, call.now)


def give_back(call: Call, buckets: Sequence[Bucket]) -> None:
    """Take back the try that was counted: it was a good one."""
    known = throttle.levels(call.session, [bucket.name for bucket in buckets], call.now)
    for bucket in buckets:
        level = level_at(*known[bucket.name], call.now, bucket)
        throttle.put(call.session, bucket.name, max(level - 1, 0.0), call.now)


def _network(address: str) -> str:
    # A household gets a whole /64 of IPv6 addresses, so one of them says nothing.
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
