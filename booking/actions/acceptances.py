"""Taking the certificates of other spaces: a manager says which of them count as one of the space's own."""

from booking.actions.call import Call
from booking.actions.spaces import managed
from booking.models import acceptances, certificates, tool_rows
from booking.rules.refusals import Absent, Problem, Unacceptable


def add(call: Call, slug: str, certificate_id: int, foreign_id: int, briefing_id: int | None) -> int:
    """Let a certificate of another space count as this one, as the space's manager; its id.

    With `briefing_id`, another certificate of the space, only for those who hold that as well. Raises Unacceptable
    about `foreign` or `briefing` for what is no such certificate or counts already.
    """
    space = managed(call, slug)
    certificates.card(call.session, space.id, certificate_id, call.now)
    if not acceptances.foreign(call.session, space.id, certificate_id=foreign_id):
        raise Unacceptable(Problem("foreign", "not_a_choice"))
    if briefing_id is not None:
        own = tool_rows.certificates_of(call.session, space.id)
        if briefing_id == certificate_id or briefing_id not in own:
            raise Unacceptable(Problem("briefing", "not_a_choice"))
    acceptance_id = acceptances.add(call.session, certificate_id, foreign_id, briefing_id)
    if acceptance_id is None:
        raise Unacceptable(Problem("foreign", "already_taken_in"))
    details = {"foreign": foreign_id, "briefing": briefing_id}
    call.note("acceptance_added", "certificate", certificate_id, space.id, **details)
    return acceptance_id


def remove(call: Call, slug: str, certificate_id: int, acceptance_id: int) -> None:
    """Let a foreign certificate count no more, as the space's manager; raises Absent when it doesn't."""
    space = managed(call, slug)
    certificates.card(call.session, space.id, certificate_id, call.now)
    foreign_id = acceptances.remove(call.session, certificate_id, acceptance_id)
    if foreign_id is None:
        raise Absent
    call.note("acceptance_removed", "certificate", certificate_id, space.id, foreign=foreign_id)
