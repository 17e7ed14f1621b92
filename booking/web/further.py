"""Where a sent booking dialog leads when more than one booking is wanted: to all dates, or to a basket of tools."""

from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from booking.models.tools import ToolCard
from booking.web import baskets, patterns
from booking.web.wall_times import Typed


def address(tool: ToolCard, sent: MultiDict[str, str]) -> str | None:
    """The page on which it goes on; None for a plain booking, as one for a member always is."""
    if sent.get("maker", "").strip():
        return None
    if sent.get("plan"):
        typed = Typed(*(sent.get(name, "").strip() for name in ("date", "start", "end", "end_date")))
        known: dict[str, Any] = baskets.part_fields(1, tool.id, typed)
        known |= {name: sent[name].strip() for name in ("purpose", "team", "visibility") if sent.get(name, "").strip()}
        return url_for("plans.create", **known)
    return patterns.leads_on(tool.space_slug, tool.slug, sent)
