"""Short stories in which a fault shows that chance takes long to come upon; each pauses where it is to be checked."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from tests.acting import HOUR
from tests.story.opening import DAILY, DAY
from tests.story.telling import Story

AT_TEN = timedelta()
Tale = Callable[[Story], Iterator[None]]


def begun(story: Story, which: str) -> int:
    """The booking with which a story on this bench begins."""
    story.begin(which)
    return min(story.ledger.kept)


def moved_after_the_yes(story: Story) -> Iterator[None]:
    """Somebody moves several times together after a manager has said yes to one of them."""
    story.plans_ahead("cy", "Beam", "Lumi", 2 * HOUR, HOUR)
    story.answer(yes=True)
    story.moves_together(0, DAY)
    yield


def stayed_too_long(story: Story) -> Iterator[None]:
    """Somebody stays longer than she may have a tool a day."""
    story.day_comes(begun(story, "Lumi"), False, DAILY, "stays")
    yield


def freed_for_one(story: Story) -> Iterator[None]:
    """Somebody waits for time that is given up."""
    booking = begun(story, "Lumi")
    story.serves()
    story.cancel(booking)
    story.serves()
    yield


def taken_while_broken(story: Story) -> Iterator[None]:
    """A machine breaks after its time was offered."""
    booking = begun(story, "Lumi")
    story.cancel(booking)
    story.serves()
    yield
    story.breaks(booking)
    story.takes(0)
    yield
