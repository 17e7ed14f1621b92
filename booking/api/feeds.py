"""One's own feeds: private calendar addresses, shown once."""

from dataclasses import dataclass

from flask import Response

from booking import edge
from booking.actions import feeds as actions
from booking.actions.call import Call
from booking.api import pages, writing
from booking.api.calls import Answer, call
from booking.api.fields import Field, Given, Kind, number_of
from booking.api.shapes import FLAG, ID, INSTANT, TEXT, Part, Shape, nullable, one_of, told, told_or_none
from booking.models import feeds, kinds, spaces
from booking.models.feeds import FeedCard
from booking.rules.events import View
from booking.rules.refusals import Problem, Unacceptable

WISH = (
    Field("view", Kind.CHOICE, "What the calendar shows.", required=True, choices=tuple(View)),
    Field("id", Kind.TEXT, "Id of the tool or team, slug of the kind, id or slug of the space.", longest=64),
    Field("name", Kind.TEXT, "What you call it.", longest=actions.LONGEST_NAME),
    Field("busy_only", Kind.FLAG, "Show taken times and nothing else."),
)


@dataclass(frozen=True, slots=True)
class Told:
    """A feed, with its address where it was just made."""

    card: FeedCard
    address: str | None = None


FEED: Shape[Told] = Shape(
    "Feed",
    "A private calendar address. It is shown once and kept as a hash.",
    (
        Part("id", ID, lambda feed: str(feed.card.id)),
        Part("view", one_of(*View), lambda feed: feed.card.view),
        Part("name", TEXT, lambda feed: feed.card.name),
        Part("busy_only", FLAG, lambda feed: feed.card.busy_only),
        Part("space", nullable(TEXT), lambda feed: feed.card.space_slug or None, "The slug of the space."),
        Part("tool", nullable(ID), lambda feed: str(feed.card.tool_id) if feed.card.tool_id else None),
        Part("team", nullable(ID), lambda feed: str(feed.card.team_id) if feed.card.team_id else None),
        Part("kind", nullable(TEXT), lambda feed: feed.card.kind_slug or None, "The slug of the kind."),
        Part("created", INSTANT, lambda feed: told(feed.card.created_at)),
        Part("last_read", nullable(INSTANT), lambda feed: told_or_none(feed.card.seen_at)),
        Part("client", TEXT, lambda feed: feed.card.client, "The program that read it last."),
        Part(
            "address",
            nullable(TEXT),
            lambda feed: feed.address,
            "Only in the answer to the call that made it; a repeat by Idempotency-Key finds null.",
        ),
    ),
)


@call("GET", "/me/feeds", "Your feeds, the newest first.", query=pages.FIELDS, answer=FEED, listed=True)
def listing(given: Given) -> Answer:
    """The feeds that work; a person has a hundred at most."""
    page = pages.asked(given, int)
    found = [Told(card) for card in feeds.mine(edge.session(), edge.asker().account_id)]
    return pages.part(found, page, lambda feed: (-feed.card.id,)).document(FEED)


@call("POST", "/me/feeds", "Make a feed. Its address is shown this once.", body=WISH, answer=FEED, status=201)
def create(given: Given) -> Answer:
    """A fresh feed; its address is never kept, not even for a repeat of this call."""
    view = View(given["view"])
    if "id" in given and view in (View.MINE, View.APPROVALS):
        raise Unacceptable(Problem("id", "unknown_field"))
    about = _about(view, given["id"]) if "id" in given else {}
    made: dict[str, str] = {}

    def work(call_: Call) -> tuple[int, dict[str, object]]:
        card, made["address"] = actions.create(
            call_,
            view,
            **about,
            name=given.get("name", ""),
            busy_only=given.get("busy_only", False),
        )
        return 201, FEED.document(Told(card))

    return writing.with_secret(writing.write(work), made)


@call("DELETE", "/me/feeds/{feed}", "Let a feed answer no more, at once and for ever.", status=204)
def revoke(given: Given, feed: str) -> Answer:
    """204; 404 for a feed that isn't yours or works no more."""
    edge.perform(actions.revoke, number_of(feed))
    return Response(status=204)


def _about(view: View, text: str) -> dict[str, int]:
    """The id of what a feed is to be about; raises Absent for a slug that no space has."""
    if view in (View.TOOL, View.TEAM):
        return {f"{view.value}_id": number_of(text)}
    if view is View.KIND:
        return {"kind_id": kinds.kind_card(edge.session(), text).id}
    return {"space_id": number_of(text) or spaces.space_card(edge.session(), text).id}
