"""Writing several bookings at once: all of them, or an answer with every clash and its ways out."""

from collections.abc import Callable

from booking import edge
from booking.actions import several
from booking.actions.call import Call
from booking.actions.several import Looked
from booking.api import problems, verdicts, writing
from booking.api.calls import Answer
from booking.rules.several import Clashing


def write(work: writing.Work, look: Callable[[Call], Looked]) -> Answer:
    """Do the work as every write is done; `look` asks the same again without writing, for the ways out of clashes."""
    try:
        return writing.write(work)
    except Clashing as clashing:
        call = edge.read_call()
        looked = look(call)
        ways = several.ways_out(call, looked, edge.asker().account_id)
        zones = {id_: card.time_zone for id_, card in looked.tools.items()}
        usual = next(iter(zones.values()), "UTC")
        clashes = [
            verdicts.Clashing(
                clash, ways.get(clash.key, ()), zones.get(clash.ask.tool_id, usual) if clash.ask else usual
            )
            for clash in clashing.clashes
        ]
        return problems.of_clashes(clashing, clashes)
