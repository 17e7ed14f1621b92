"""Tools: which there are, and everything about one of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter

from booking import edge
from booking.api import pages
from booking.api.calls import Answer, call
from booking.api.fields import Field, Given, Kind
from booking.api.shapes import FLAG, ID, OBJECT, TEXT, WHOLE, Part, Shape, one_of, ref, several
from booking.api.spaces import refuse_unpublished
from booking.models import kinds, quotas, spaces, tool_lists, tools
from booking.models.kinds import KindCard
from booking.models.tool_lists import Details, Wanted
from booking.models.tools import ToolCard
from booking.rules import capabilities
from booking.rules.facts import Approval, Counted, Limits, Measure, Quota, ToolState
from booking.rules.quotas import scope
from booking.rules.refusals import Problem, Unacceptable

LARGEST = capabilities.LARGEST_NUMBER
KIND = Field("kind", Kind.TEXT, "The slug of a kind, as in `laser_cutter`.", longest=64)
FIELDS = (
    KIND,
    Field("space", Kind.TEXT, "The slug of a space.", longest=64),
    Field("q", Kind.TEXT, "Words that all stand in the name, the make or the model.", longest=80),
    Field("min.*", Kind.NUMBER, "A numeric capability, as in `min.bed_width_mm=600`: at least this.", high=LARGEST),
    Field("max.*", Kind.NUMBER, "A numeric capability, as in `max.power_w=100`: at most this.", high=LARGEST),
)


@dataclass(frozen=True, slots=True)
class Told:
    """A tool with its details, as it is answered."""

    card: ToolCard
    details: Details
    quotas: tuple[Quota, ...]


def _limit(name: str) -> Callable[[tuple[Limits, tuple[Quota, ...]]], int]:
    """How one of the limits is taken from them and their quotas."""
    return lambda pair: attrgetter(name)(pair[0])


QUOTA: Shape[Quota] = Shape(
    "Quota",
    "How much may be booked of this tool, or of what it belongs to.",
    (
        Part("counted", one_of(*Counted), lambda quota: quota.counted, "Whose bookings are added up."),
        Part("measure", one_of(*Measure), lambda quota: quota.measure, "What is added up; weeks begin on Monday."),
        Part("amount", WHOLE, lambda quota: quota.amount, "The most: bookings, minutes, or percent of open hours."),
        Part("scope", TEXT, scope, "Where it counts: tool, kind_at_space, kind, space or network."),
    ),
)
LIMITS: Shape[tuple[Limits, tuple[Quota, ...]]] = Shape(
    "Limits",
    "The rules of one tool, in minutes or days.",
    (
        *(
            Part(name, WHOLE, _limit(name))
            for name in (
                *("notice_minutes", "window_days", "shortest_minutes", "longest_minutes", "grain_minutes"),
                *("setup_minutes", "cleanup_minutes"),
            )
        ),
        Part("unattended", FLAG, lambda pair: pair[0].unattended, "May run while the space is closed."),
        Part("quotas", several(ref(QUOTA)), lambda pair: [QUOTA.document(quota) for quota in pair[1]]),
    ),
)
CERTIFICATE: Shape[tuple[int, str]] = Shape(
    "Certificate",
    "Training that a tool asks for.",
    (Part("id", ID, lambda pair: str(pair[0])), Part("name", TEXT, lambda pair: pair[1])),
)
TOOL: Shape[Told] = Shape(
    "Tool",
    "A tool that can be booked.",
    (
        Part("id", ID, lambda told: str(told.card.id)),
        Part("slug", TEXT, lambda told: told.card.slug, "Its name in addresses, within its space."),
        Part("name", TEXT, lambda told: told.card.name),
        Part("make_and_model", TEXT, lambda told: told.card.make_and_model),
        Part("description", TEXT, lambda told: told.details.description, "Markdown."),
        Part("space", TEXT, lambda told: told.card.space_slug, "The slug of its space."),
        Part("space_name", TEXT, lambda told: told.card.space_name),
        Part("city", TEXT, lambda told: told.card.city),
        Part("country", TEXT, lambda told: told.card.country),
        Part("time_zone", TEXT, lambda told: told.card.time_zone, "IANA name of its space's zone."),
        Part("kind", TEXT, lambda told: told.card.kind_slug, "The slug of its kind."),
        Part("kind_name", TEXT, lambda told: told.card.kind_name),
        Part("capabilities", OBJECT, lambda told: dict(told.card.capabilities)),
        Part("units", WHOLE, lambda told: told.card.units, "How many there are of it in service."),
        Part("state", one_of(*ToolState), lambda told: told.card.state),
        Part("state_note", TEXT, lambda told: told.card.state_note),
        Part("place", TEXT, lambda told: told.card.place, "Where it stands in the space."),
        Part("step_free", FLAG, lambda told: told.card.step_free),
        Part("fee_note", TEXT, lambda told: told.details.fee_note),
        Part("manual_url", TEXT, lambda told: told.details.manual_url),
        Part("needs_approval", FLAG, lambda told: _needs_approval(told.card), "Whether a manager may have to say yes."),
        Part("approval", one_of(*Approval), lambda told: told.card.needs_approval, "For whom a manager has to."),
        Part(
            "certificates",
            several(ref(CERTIFICATE)),
            lambda told: [CERTIFICATE.document(pair) for pair in told.details.certificates],
        ),
        Part("limits", ref(LIMITS), lambda told: LIMITS.document((told.details.limits, told.quotas))),
        Part("url", TEXT, lambda told: _address(told.card)),
    ),
)


@call(
    "GET",
    "/tools",
    "The tools in service, by name. Without a token: those of spaces that publish.",
    access=edge.Access.PUBLIC,
    query=(*FIELDS, *pages.FIELDS),
    answer=TOOL,
    listed=True,
)
def listing(given: Given) -> Answer:
    """The tools that match, in a fixed number of questions."""
    page = pages.asked(given, str, int)
    after = (str(page.after[0]), int(page.after[1])) if page.after else None
    found = tool_lists.matching(edge.session(), _wanted(given), after=after, limit=page.one_more)
    shown = pages.cut(found, page, lambda pair: pair)
    told = _told(tools.tool_cards(edge.session(), tool_ids=[tool_id for _, tool_id in shown.rows]))
    return pages.Page(told, shown.next).document(TOOL)


@call("GET", "/spaces/{space}/tools/{tool}", "One tool by the slugs.", access=edge.Access.PUBLIC, answer=TOOL)
def show(given: Given, space: str, tool: str) -> Answer:
    """One tool, retired ones too; 401 without a token where its space doesn't publish."""
    card = tools.tool_card(edge.session(), space, tool)
    refuse_unpublished(card.publishes)
    return TOOL.document(_told((card,))[0])


def kind_named(slug: str) -> KindCard:
    """The kind that a parameter names; raises Unacceptable when there is none."""
    found = next((kind for kind in kinds.kind_cards(edge.session()) if kind.slug == slug), None)
    if found is None:
        raise Unacceptable(Problem("kind", "unknown_kind"))
    return found


def _told(cards: Iterable[ToolCard]) -> list[Told]:
    cards = tuple(cards)
    details = tool_lists.details(edge.session(), [card.id for card in cards])
    limits = quotas.of_cards(edge.session(), [(card.id, card.kind_id, card.space_id) for card in cards])
    return [Told(card, details[card.id], limits[card.id]) for card in cards if card.id in details]


def _wanted(given: Given) -> Wanted:
    session = edge.session()
    return Wanted(
        kind_id=kind_named(given["kind"]).id if "kind" in given else None,
        space_id=spaces.space_card(session, given["space"]).id if "space" in given else None,
        published_only=edge.actor() is None,
        words=given.get("q", ""),
        least=_bounds(given, "min"),
        most=_bounds(given, "max"),
    )


def _bounds(given: Given, side: str) -> dict[str, float]:
    """The bounds of capabilities on one side; raises Unacceptable for names that no kind has."""
    asked = {name.partition(".")[2]: value for name, value in given.items() if name.startswith(f"{side}.")}
    if asked:
        known = {
            spec.slug
            for kind in kinds.kind_cards(edge.session())
            for spec in kind.capabilities
            if spec.type == "number"
        }
        unknown = [Problem(f"{side}.{slug}"[:64], "unknown_capability") for slug in asked if slug not in known]
        if unknown:
            raise Unacceptable(*unknown)
    return asked


def _needs_approval(card: ToolCard) -> bool:
    """Whether a manager has to say yes to the one who asks, or may have to."""
    if card.needs_approval is Approval.VISITORS:
        who = edge.actor()
        return who is None or who.role_at(card.space_id) is None
    return card.needs_approval is not Approval.NEVER


def _address(card: ToolCard) -> str:
    return f"{edge.settings().base_url}/spaces/{card.space_slug}/tools/{card.slug}/"
