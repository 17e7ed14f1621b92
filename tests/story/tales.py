"""Short stories in which a fault shows that chance takes long to come upon; each pauses where it is to be checked."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from tests.acting import HOUR, TEN
from tests.story.line import QUARTER
from tests.story.opening import DAILY, DAY
from tests.story.telling import Story

Tale = Callable[[Story], Iterator[None]]


def side_by_side(story: Story) -> Iterator[None]:
    """One booking begins when another ends."""
    story.begin("Lumi")
    story.place("Lumi", "cy", TEN + HOUR, HOUR)
    yield


def approved_while_broken(story: Story) -> Iterator[None]:
    """A machine breaks before anybody has said yes."""
    story.breaks(story.begin("Beam"))
    story.answer(yes=True)
    yield


def regretted_late(story: Story) -> Iterator[None]:
    """A manager thinks again when it is too late for that."""
    story.begin("Beam")
    story.answer(yes=True)
    story.wait(timedelta(seconds=11))
    story.regret()
    yield


def booked_afterwards(story: Story) -> Iterator[None]:
    """Somebody books what is over."""
    story.wait(25 * HOUR + QUARTER)
    story.place("Lumi", "ada", TEN, HOUR)
    yield


def left_early(story: Story) -> Iterator[None]:
    """Somebody comes and gives half of her time back."""
    story.day_comes(story.begin("Lumi"), False, HOUR, "leaves")
    yield


def stayed_too_long(story: Story) -> Iterator[None]:
    """Somebody stays longer than she may have a tool a day."""
    story.day_comes(story.begin("Lumi"), False, DAILY, "stays")
    yield


def a_quarter_more(story: Story) -> Iterator[None]:
    """Somebody books as long as she may, and then a quarter of an hour longer."""
    story.place("Lumi", "ada", TEN, DAILY)
    yield
    story.place("Lumi", "cy", TEN + DAILY, DAILY + QUARTER)
    yield


def too_much_together(story: Story) -> Iterator[None]:
    """Of two parts each is little enough for a day, and both are too much."""
    story.plans_ahead("ada", "Lumi", "Lumi", TEN, 2 * HOUR)
    yield


def freed_for_one(story: Story) -> Iterator[None]:
    """Somebody waits for time that is given up."""
    booking = story.begin("Lumi")
    story.serves()
    story.cancel(booking)
    story.serves()
    yield


def freed_for_two(story: Story) -> Iterator[None]:
    """Two wait for time that is given up."""
    booking = story.begin("Lumi")
    story.stands_in_line("ada", "Lumi", TEN, QUARTER, HOUR)
    story.cancel(booking)
    story.serves()
    yield


def taken_while_broken(story: Story) -> Iterator[None]:
    """A machine breaks after its time was offered."""
    booking = story.begin("Lumi")
    story.cancel(booking)
    story.serves()
    yield
    story.breaks(booking)
    story.takes(0)
    yield


def passed_on(story: Story) -> Iterator[None]:
    """Somebody doesn't want what she is offered."""
    story.cancel(story.begin("Lumi"))
    story.serves()
    story.passes(0)
    yield
    story.serves()
    yield


def broken_in_use(story: Story) -> Iterator[None]:
    """The air fails while somebody works."""
    story.day_comes(story.begin("Lumi"), False, HOUR, "works on")
    story.air_fails(TEN, DAY)
    yield


def mended(story: Story) -> Iterator[None]:
    """Somebody waits for a machine that is out of order."""
    story.air_fails(TEN, 2 * HOUR)
    story.stands_in_line("cy", "Lumi", TEN, QUARTER, HOUR)
    story.serves()
    yield
    story.air_is_back(0)
    story.serves()
    yield
