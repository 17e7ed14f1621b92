"""The units of a tool, on the page that says how it is: adding one, renaming, retiring and restoring them."""

from flask.typing import ResponseReturnValue

from booking import edge
from booking.actions import tools as actions
from booking.web.forms import Fields
from booking.web.outages import answered
from booking.web.outages import blueprint as blueprint


@blueprint.post("/units")
@edge.access(edge.Access.SIGNED_IN)
def add_unit(space: str, tool: str) -> ResponseReturnValue:
    """Add one more identical machine."""

    def act(fields: Fields) -> None:
        name = fields.line("name", actions.LONGEST_UNIT_NAME, required=False)
        fields.finish()
        edge.perform(actions.add_unit, space, tool, name)

    return answered(space, tool, "units", act)


@blueprint.post("/units/<bounded:unit_id>")
@edge.access(edge.Access.SIGNED_IN)
def change_unit(space: str, tool: str, unit_id: int) -> ResponseReturnValue:
    """Rename a machine, retire it or bring it back."""

    def act(fields: Fields) -> None:
        wanted = fields.choice("act", ("rename", "retire", "restore"))
        name = fields.line("name", actions.LONGEST_UNIT_NAME) if wanted == "rename" else ""
        fields.finish()
        if wanted == "rename":
            edge.perform(actions.rename_unit, space, tool, unit_id, name)
        else:
            change = actions.retire_unit if wanted == "retire" else actions.restore_unit
            edge.perform(change, space, tool, unit_id)

    return answered(space, tool, "units", act)
