"""Writes docs/rules.md from the rules' own words: python -m scripts.rules > docs/rules.md"""

import inspect
import re
import sys

from booking.rules import policy, refusals
from booking.rules.refusals import CONFLICTS

HEADING = """# Why something is refused

Every code that stands in `refusals`, made from the code by `python -m scripts.rules > docs/rules.md`; a test keeps it
up to date. Pages, the API and mails ask the same rules, so they cannot disagree.

## About a time on a tool

In the order in which people hear them; all that apply are given at once. "Overridden by" is the least role at the
tool's space that may set the refusal aside, which is recorded.

| code | when | data | lifts | overridden by |
|---|---|---|---|---|
"""
MORE = """
Instants in the data are ISO 8601 in UTC. A refusal for a time more than ten years away stands alone and cannot be
overridden.

## About anything else

| code | when | data |
|---|---|---|
"""
# Refusals that no rule of the policy makes: when, and their data. A new code of an action gets its line here.
OTHERS = {
    "by_invitation": ("Only invitations lead into the space.", ""),
    "changed_meanwhile": ("Somebody else has changed the same thing since it was read.", ""),
    "email_taken": ("Another account has this mail address.", ""),
    "extension_needs_approval": ("More time on a tool that needs a yes; a manager may give it all the same.", ""),
    "inviter_may_not": ("Whoever sent the invitation doesn't manage the space any more.", ""),
    "last_admin": ("Nobody would be left who runs the network.", ""),
    "last_lead": ("The team would have nobody left who leads it.", ""),
    "last_manager": ("The space would have no manager left.", ""),
    "no_visit_needed": ("The tool can be booked without asking the space for a visit.", ""),
    "no_such_time": ("The clocks of the zone jump over that wall time, or the calendar has no such day.", "wall, zone"),
    "not_confirmed": ("The mail address has to be confirmed before signing in.", ""),
    "not_your_decision": ("Somebody else decided about the request, so it is hers to undo.", ""),
    "not_your_space": ("Somebody else's booking would move to a space that the mover doesn't manage.", ""),
    "handover_over": ("The booking was taken, moved on, taken back or has begun.", ""),
    "no_account": ("Whoever was asked to take a booking over has no confirmed account yet.", ""),
    "proposal_over": ("The other time was answered, taken back or is too old.", ""),
    "offer_over": ("The offer was passed, taken or is too old.", ""),
    "too_many_feeds": ("An account has as many calendar addresses as it may.", "most"),
    "too_many_teams": ("A person is in as many teams as anybody may be.", "most"),
    "too_many_tokens": ("An account holds as many tokens as it may.", "most"),
    "too_many_tries": ("Too many tries failed; `lifts_at` says when the next one is heard.", ""),
    "too_many_waits": ("A person waits for as much as anybody may.", "most"),
    "wrong_state": ("The booking's state does not allow this act.", "state, act"),
}
ENDING = f"""
{", ".join(f"`{code}`" for code in sorted(CONFLICTS))} answer 409 when nothing else is wrong, every other refusal 422.
"""


def page() -> str:
    """The whole page, as it stands in docs/rules.md."""
    rules = "".join(_row(rule) for rule in policy.RULES)
    others = "".join(f"| `{code}` | {when} | {_names(data)} |\n" for code, (when, data) in sorted(OTHERS.items()))
    return HEADING + rules + MORE + others + ENDING


def data_names(rule: policy.Rule) -> list[str]:
    """The names of the data that a rule's refusal carries, as its docstring says."""
    return [name for name in _parts(rule)["data"].split(", ") if name != "none"]


def _row(rule: policy.Rule) -> str:
    parts, code = _parts(rule), rule.__name__
    role = refusals.OVERRIDABLE.get(code)
    who = role.value if role else "nobody"
    return f"| `{code}` | {parts['when']} | {_names(', '.join(data_names(rule)))} | {parts['lifts']} | {who} |\n"


def _parts(rule: policy.Rule) -> dict[str, str]:
    """When it refuses, its data and when that lifts, from the docstring's two paragraphs."""
    found = re.fullmatch(
        r"(?P<when>.+)\n\nData: (?P<data>.+)\. Lifts: (?P<lifts>.+)\.", inspect.getdoc(rule) or "", re.S
    )
    if found is None:
        raise SystemExit(f"The docstring of {rule.__name__} does not say when, Data and Lifts.")
    return {name: " ".join(text.split()) for name, text in found.groupdict().items()}


def _names(data: str) -> str:
    return ", ".join(f"`{name}`" for name in data.split(", ")) if data else ""


if __name__ == "__main__":
    sys.stdout.write(page())
