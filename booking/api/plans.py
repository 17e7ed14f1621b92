"""Plans: several tools in one go, all of it or nothing."""

from collections.abc import Callable

from booking import edge
from booking.actions import plans as actions
from booking.actions.call import Call
from booking.actions.plans import Plan
from booking.actions.several import Looked
from booking.api import several as together
from booking.api import times, writing
from booking.api.booking_shapes import BOOKING, seen
from booking.api.bookings import ASK, PURPOSE, REASON, VISIBILITY, own_level
from booking.api.calls import Answer, call
from booking.api.fields import Field, Given, Kind, number_of
from booking.api.shapes import ID, INSTANT, TEXT, Json, Part, Shape, nullable, one_of, ref, several, told
from booking.rules.facts import Ask
from booking.rules.plans import MOST_PARTS, PlanState
from booking.rules.states import Act, state_in_time

PLANNED = (
    Field(
        "parts",
        Kind.OBJECT,
        "What is booked together, in order.",
        required=True,
        repeated=True,
        most=MOST_PARTS,
        members=ASK[:3],
    ),
    Field("name", Kind.TEXT, "What you call it.", longest=actions.LONGEST_NAME),
    PURPOSE,
    Field("team", Kind.ID, "The id of a team of yours that it is for."),
    VISIBILITY,
)
MOVE = (
    Field(
        "start",
        Kind.INSTANT,
        "When the first part that holds time is to begin, with an offset; the others move along.",
        required=True,
    ),
)
PLAN: Shape[Plan] = Shape(
    "Plan",
    "Several bookings that were made together.",
    (
        Part("id", ID, lambda plan: str(plan.card.id)),
        Part("name", TEXT, lambda plan: plan.card.name),
        Part(
            "state",
            one_of(*PlanState),
            lambda plan: plan.state,
            "Confirmed when every part is; broken while a part was declined and you have not said what becomes of it.",
        ),
        Part("start", nullable(INSTANT), lambda plan: told(plan.holding[0].starts_at) if plan.holding else None),
        Part(
            "bookings",
            several(ref(BOOKING)),
            lambda plan: [BOOKING.document(seen(edge.asker(), part)) for part in plan.parts],
            "Its parts, in order.",
        ),
    ),
)


@call(
    "POST",
    "/plans",
    "Book several tools, at one or several spaces: all of it or nothing.",
    body=PLANNED,
    answer=PLAN,
    status=201,
    refusable=True,
)
def place(given: Given) -> Answer:
    """A fresh plan, or every part that can't be had with its reasons and ways out."""
    shared = {"purpose": given.get("purpose", ""), "team_id": given.get("team"), "own_level": own_level(given)}
    asks = [Ask(each["tool"], times.span_of(each["start"], each["end"]), **shared) for each in given["parts"]]
    return together.write(
        lambda call_: (201, _document(call_, actions.place(call_, asks, given.get("name", "")))),
        lambda call_: actions.preview(call_, asks),
    )


@call("GET", "/plans/{plan}", "One plan of yours.", answer=PLAN)
def show(given: Given, plan: str) -> Answer:
    """One plan; 404 for everybody else."""
    return _document(edge.read_call(), number_of(plan))


@call("PATCH", "/plans/{plan}", "Move all of it by the same stretch.", body=MOVE, answer=PLAN, refusable=True)
def move(given: Given, plan: str) -> Answer:
    """The plan after the move, or every part that stands in the way; 422 once a part has begun."""
    plan_id = number_of(plan)

    def work(call_: Call) -> tuple[int, Json]:
        found = actions.show(call_, plan_id)
        if found.holding:
            actions.move(call_, plan_id, given["start"] - found.holding[0].starts_at)
        elif found.parts:
            # Nothing holds any time: what is over can't move.
            state_in_time(found.parts[0].state, Act.MOVE, found.parts[0].span, call_.now)
        return 200, _document(call_, plan_id)

    def look(call_: Call) -> Looked:
        by = given["start"] - actions.show(call_, plan_id).holding[0].starts_at
        return actions.preview_move(call_, plan_id, by)

    return together.write(work, look)


@call("POST", "/plans/{plan}/cancel", "Call off all parts that are not over.", body=REASON, answer=PLAN, refusable=True)
def cancel(given: Given, plan: str) -> Answer:
    """The plan afterwards; doing it again answers the same."""
    return _act(plan, lambda call_, id_: actions.cancel(call_, id_, given.get("reason", "")))


@call("POST", "/plans/{plan}/keep", "Keep the rest of a broken plan.", body=(), answer=PLAN, refusable=True)
def keep(given: Given, plan: str) -> Answer:
    """The plan afterwards; doing it again answers the same."""
    return _act(plan, actions.keep)


def _act(plan: str, act: Callable[[Call, int], Plan]) -> Answer:
    plan_id = number_of(plan)
    return writing.write(lambda call_: (200, PLAN.document(act(call_, plan_id))))


def _document(call_: Call, plan_id: int) -> Json:
    return PLAN.document(actions.show(call_, plan_id))
