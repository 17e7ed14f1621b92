"""What one is trained in, where that counts, and how to get what is missing: a page, and a part of each tool's page.

The route belongs to the blueprint of the certificates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue

from booking import edge
from booking.models import acceptances, grants, skills
from booking.models.acceptances import AcceptanceCard
from booking.models.skills import Need
from booking.models.tools import ToolCard
from booking.outside import clock
from booking.rules.certificates import End, briefings_on_top, counting, is_over
from booking.rules.facts import Facts, OnTop
from booking.web.acceptances import blueprint as blueprint
from booking.wording.certificates import briefing_words, end_words

MOST_TRAINERS = 3


@dataclass(frozen=True, slots=True)
class Way:
    """A certificate that somebody lacks or held until lately, and how to get it.

    `also` are foreign ones that count, `on_top` the name of the briefing that is all that is missing.
    """

    need: Need
    ended_at: datetime | None
    briefing: str
    trainers: tuple[str, ...]
    also: tuple[AcceptanceCard, ...] = ()
    on_top: str = ""


@blueprint.get("/certificates/")
@edge.access(edge.Access.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """What one holds and held, where it counts, and what the tools at one's spaces ask for besides."""
    session, asker, now = edge.session(), edge.asker(), clock.now()
    held = grants.mine(session, asker.account_id)
    own = {card.certificate_id: card.expires_at for card in held if not card.revoked_at}
    needs = skills.asked_for(session, space_ids=asker.roles)
    accepted = acceptances.accepted(session, [need.certificate_id for need in needs])
    counts = counting([need.certificate_id for need in needs], own, accepted)
    lacking = [need for need in needs if _is_lacking(need.certificate_id, counts, now)]
    return render_template(
        "certificates/mine.html",
        held=held,
        elsewhere=acceptances.elsewhere(session, own),
        valid={certificate_id for certificate_id in own if not _is_lacking(certificate_id, own, now)},
        ways=_ways(lacking, counts, briefings_on_top(own, accepted), now),
        now=now,
        end_words=end_words,
        briefing_words=briefing_words,
    )


def on_tool(tool: ToolCard, facts: Facts, now: datetime) -> Sequence[Way]:
    """What the reader lacks for a tool, and how to get it; nothing for people who aren't signed in."""
    maker = facts.maker
    lacking = [id_ for id_ in facts.tool.certificate_ids if _is_lacking(id_, maker.certificates, now)]
    if maker.account_id is None or not lacking:
        return ()
    session = edge.session()
    needs = [each for each in skills.asked_for(session, tool_ids=[tool.id]) if each.certificate_id in lacking]
    also = acceptances.of_space(session, tool.space_id)
    return _ways(needs, maker.certificates, maker.on_top, now, also)


def _is_lacking(certificate_id: int, held: Mapping[int, End], now: datetime) -> bool:
    end = held.get(certificate_id, now)
    return end is not None and end <= now


def _ways(
    needs: Sequence[Need],
    held: Mapping[int, End],
    on_top: Mapping[int, OnTop],
    now: datetime,
    also: Mapping[int, tuple[AcceptanceCard, ...]] | None = None,
) -> list[Way]:
    trainers = skills.trainers(edge.session(), {need.space_id for need in needs}, MOST_TRAINERS)
    found = []
    for need in needs:
        shortcut = on_top.get(need.certificate_id)
        if shortcut is not None and is_over(shortcut.ends_at, now):
            shortcut = None
        briefing_at = shortcut.briefing.briefing_at if shortcut else need.next_briefing_at
        found.append(
            Way(
                need,
                ended_at=held.get(need.certificate_id),
                briefing=briefing_words(briefing_at, now, need.time_zone),
                trainers=trainers.get(need.space_id, ()),
                also=(also or {}).get(need.certificate_id, ()),
                on_top=shortcut.briefing.name if shortcut else "",
            )
        )
    return found
