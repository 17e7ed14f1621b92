"""Who may see a booking: the choice in the dialog, and on the booking's page."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import showing as actions
from booking.rules.facts import Visibility
from booking.rules.privacy import OWN_LEVELS, choices
from booking.web.forms import Fields

blueprint = Blueprint("showing", __name__)


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"own_levels": pairs}


@blueprint.post("/bookings/<bounded:booking_id>/visibility")
@edge.access(edge.Access.SIGNED_IN)
def change(booking_id: int) -> ResponseReturnValue:
    """Show others less of one's booking, or as much as its space does."""
    fields = Fields(request.form)
    own_level = read(fields)
    fields.finish()
    edge.perform(actions.change, booking_id, own_level)
    return redirect(url_for("bookings.show", booking_id=booking_id), 303)


def pairs(visibility: Visibility, chosen: str = "") -> list[tuple[str, str]]:
    """The levels to choose from at a space of that level, with the one that is chosen already; none where it shows
    the least anyway."""
    words = {
        Visibility.NAME: gettext("Your name, not what for"),
        Visibility.BUSY: gettext("Only that the time is taken"),
        Visibility.CLOSED: gettext("Nothing: the time can't be booked"),
    }
    levels = [level for level in words if level in choices(visibility) or level == chosen]
    return [("", gettext("What the space shows")), *((level.value, words[level]) for level in levels)] if levels else []


def read(fields: Fields) -> Visibility | None:
    """The chosen level; None for the space's."""
    level = fields.choice("visibility", ("", *OWN_LEVELS)) if fields.given("visibility") else ""
    return Visibility(level) if level else None
