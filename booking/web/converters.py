"""What may stand in an address where an id is expected."""

from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**63 - 1


class BoundedInteger(IntegerConverter):
    """An id that both databases can hold, written in one way only; everything else is an unknown address (404)."""

    regex = "[1-9][0-9]{0,18}"

    def __init__(self, map: Map) -> None:
        super().__init__(map, min=1, max=LARGEST_ID)
