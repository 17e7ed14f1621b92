"""The dialog in which a time is booked or moved, as its template shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext

from booking import edge
from booking.actions import bookings as actions
from booking.actions.alternatives import kilometres
from booking.models import tools
from booking.models.facts import facts_for
from booking.models.tools import ToolCard
from booking.outside import clock
from booking.rules import policy, visits
from booking.rules.access import Role
from booking.rules.availability import Alternative, Why
from booking.rules.facts import Approval, Ask, Facts
from booking.rules.refusals import Absent, Refusal
from booking.rules.spans import Span
from booking.web import behalf, patterns, quotas, teams, unit_choice, waiting, wall_times
from booking.web import visits as visit_pages
from booking.web.entries import Entry, Subject, taken_value
from booking.web.forms import day_in
from booking.wording.display import f_distance, f_range, f_short_day, f_time
from booking.wording.limits import ahead_words, approval_reason, approval_words, between_words, length_words
from booking.wording.refusals import overridable_words, refusal_sentences


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of the chosen time: a tone, a heading, sentences; and what could be taken instead.

    `ways` are addresses with their words that lead to what is missing.
    """

    tone: str
    heading: str
    sentences: Sequence[str] = ()
    alternatives: Sequence[Mapping[str, str]] = ()
    may_override: bool = False
    ways: Sequence[tuple[str, str]] = ()

    @property
    def is_blocked(self) -> bool:
        """Whether the time can't be taken as it stands."""
        return self.tone == "red"


def standing(subject: Subject, entry: Entry, facts: Facts, refusals: Sequence[Refusal] | None = None) -> Verdict | None:
    """How the entered time stands; None when none could be read. `refusals`: of a write that was just refused."""
    found = entry.refusals or refusals
    if found is None and entry.ask is not None:
        try:
            found = actions.check(edge.read_call(), entry.ask)
        except Absent:
            return None
    if found:
        return _refused(subject, entry.ask, found)
    if entry.ask is None:
        return None
    if not entry.ask.maker_id and policy.needed_approval(entry.ask, facts):
        is_supervised = visits.is_supervised(entry.ask, facts)
        sentence = approval_reason(Approval.ALWAYS if is_supervised else facts.tool.limits.approval)
        return Verdict("amber", gettext("Free, with approval"), (sentence,))
    told = (
        gettext("You get it at once.") if not entry.ask.maker_id else gettext("It is booked at once, and told by mail.")
    )
    return Verdict("green", gettext("Free"), (told,))


def context(subject: Subject, entry: Entry, facts: Facts, verdict: Verdict | None) -> dict[str, Any]:
    """Everything that the dialog's templates need."""
    day = day_in(entry.typed.date)
    starts, ends = wall_times.offered(facts, day, entry.typed) if day else ([], [])
    return {
        "subject": subject,
        "tool": subject.sheet.card,
        "entry": entry,
        "span": entry.ask.span if entry.ask else None,
        "starts": starts,
        "ends": ends,
        "asks_end_date": wall_times.lasts_days(facts) or bool(entry.typed.end_date),
        "verdict": verdict,
        "verb": _verb(subject, entry, facts, verdict),
        "needs": [*_needs(subject, facts), *([] if subject.booking else visit_pages.agreed(subject.sheet.card))],
        "units": unit_choice.choices(subject.sheet.card),
        "for_members": not subject.booking and behalf.is_possible(subject.sheet.card),
        "teams": [] if subject.booking else teams.choices(),
        "repeats": [] if subject.booking else patterns.dialog_pairs(day),
    }


def _refused(subject: Subject, ask: Ask | None, refusals: Sequence[Refusal]) -> Verdict:
    sentences = refusal_sentences(refusals, subject.zone)
    role = _role(subject)
    remaining = policy.check_override(refusals, role)
    if remaining and not policy.check_override(refusals, Role.MANAGER):
        sentences.append(overridable_words(refusals[0]))
    found = actions.alternatives(edge.read_call(), ask) if ask else ()
    ways = _ways(subject, refusals) + ([] if subject.booking else waiting.ways(subject.sheet.card, ask, refusals))
    return Verdict("red", sentences[0], sentences[1:], _offers(subject, found), may_override=not remaining, ways=ways)


def _ways(subject: Subject, refusals: Sequence[Refusal]) -> list[tuple[str, str]]:
    """Where somebody gets what she lacks."""
    tool, codes = subject.sheet.card, {refusal.code for refusal in refusals}
    ways = []
    if codes & {"not_a_member", "visit_over", "outside_visit_hours"}:
        words = gettext("Ask to visit %(space)s", space=tool.space_name)
        longer = None if "not_a_member" in codes else visit_pages.way_to_longer(tool)
        ways.append(longer or (url_for("visits.ask", space=tool.space_slug, tool=tool.slug), words))
    if "not_a_member" in codes:
        ways.append((url_for("joining.ask", space=tool.space_slug), gettext("Join %(space)s", space=tool.space_name)))
    if codes & {"certificate_missing", "certificate_expired"}:
        page = url_for("tools.show", space=tool.space_slug, tool=tool.slug, _anchor="training")
        ways.append((page, gettext("How to get the training")))
    return ways


def _role(subject: Subject) -> Role | None:
    return edge.asker().role_at(subject.sheet.card.space_id)


def _offers(subject: Subject, found: Sequence[Alternative]) -> list[dict[str, str]]:
    """Alternatives as the dialog offers them, each to be taken by one button."""
    own = subject.sheet.card
    others = {each.tool_id for each in found} - {own.id}
    cards = {card.id: card for card in tools.tool_cards(edge.session(), tool_ids=others)} if others else {}
    return [_offer(own, cards.get(each.tool_id, own), each) for each in found]


def _offer(own: ToolCard, card: ToolCard, found: Alternative) -> dict[str, str]:
    zone, span = card.time_zone, found.span
    time = f_range(span.start, span.end, zone)
    if found.why in (Why.OTHER_DAY, Why.OTHER_TOOL):
        time = f"{f_short_day(span.start, zone)}, {time}"
    where = [card.name, *_distance(own, card), *_approval(card, span)]
    return {
        "take": taken_value(card.id, span, any_unit=found.why is Why.OTHER_UNIT),
        "when": time,
        "where": " · ".join([*where, _difference(found.why)]),
        "why": found.why.value,
    }


def _distance(own: ToolCard, card: ToolCard) -> list[str]:
    if card.space_id == own.space_id:
        return []
    return [card.space_name, f_distance(kilometres(own, card))]


def _approval(card: ToolCard, span: Span) -> list[str]:
    if card.needs_approval is Approval.NEVER:
        return []
    facts = facts_for(edge.session(), card.id, span, edge.asker().account_id)
    return [str(gettext("with approval"))] if policy.needed_approval(Ask(card.id, span), facts) else []


def _difference(why: Why) -> str:
    return str(
        {
            Why.OTHER_TIME: gettext("same day"),
            Why.OTHER_TOOL: gettext("same time"),
            Why.OTHER_DAY: gettext("another day"),
            Why.SHORTER: gettext("shorter"),
            Why.OTHER_UNIT: gettext("another unit"),
        }[why]
    )


def _verb(subject: Subject, entry: Entry, facts: Facts, verdict: Verdict | None) -> str:
    """What the button says: the verb with the time, while the time can be taken."""
    span = entry.ask.span if entry.ask and verdict and not verdict.is_blocked else None
    if span is None:
        return str(gettext("Move") if subject.booking else gettext("Book"))
    return _timed_verb(subject, facts, entry.ask, span)


def _timed_verb(subject: Subject, facts: Facts, ask: Ask | None, span: Span) -> str:
    time = f_time(span.start, subject.zone)
    if ask and not ask.maker_id and policy.needed_approval(ask, facts):
        return str(gettext("Ask for %(time)s", time=time))
    if subject.booking:
        return str(gettext("Move to %(time)s", time=time))
    return str(gettext("Book %(time)s", time=time))


def _needs(subject: Subject, facts: Facts) -> list[tuple[str, str, str]]:
    """The tool's limits and what it asks for: icon, what it is about, text."""
    limits, card = facts.tool.limits, subject.sheet.card
    held = facts.maker.certificates
    rows = [
        ("timer", gettext("Length"), length_words(limits)),
        ("calendar-clock", gettext("When"), ahead_words(limits)),
        ("hourglass", gettext("Approval"), approval_words(limits.approval)),
        ("refresh-cw", gettext("Around it"), between_words(limits)),
        *(("gauge", label, words) for label, words in quotas.on_tool(facts, clock.now())),
        *(
            ("shield-check" if id_ in held else "award", gettext("Training"), _training(name, id_ in held))
            for id_, name in facts.maker.certificate_names.items()
        ),
        ("tag", gettext("Fee"), subject.sheet.wish.fee_note),
        ("triangle-alert", gettext("Mind"), card.state_note if card.state == "limited" else ""),
    ]
    return [row for row in rows if row[2]]


def _training(name: str, is_held: bool) -> str:
    if is_held:
        return str(gettext("%(certificate)s: you hold it", certificate=name))
    return str(gettext("%(certificate)s is needed", certificate=name))
