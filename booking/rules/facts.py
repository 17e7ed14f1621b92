"""The frozen values that the rules look at: an ask, and all that is known around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from booking.rules.access import Role
from booking.rules.spans import Span


class Approval(StrEnum):
    """When a manager has to say yes."""

    NEVER = "never"
    ALWAYS = "always"
    VISITORS = "visitors"
    FIRST = "first"
    UNSTAFFED = "unstaffed"


class ToolState(StrEnum):
    """How a tool is; `limited` can be booked and says so."""

    WORKING = "working"
    LIMITED = "limited"
    DOWN = "down"
    RETIRED = "retired"


class Visibility(StrEnum):
    """What others see of a space's bookings."""

    CLOSED = "closed"
    BUSY = "busy"
    NAME = "name"
    OPEN = "open"


class BookableBy(StrEnum):
    """Whose bookings a space takes: any confirmed maker of the network, or its members."""

    NETWORK = "network"
    MEMBERS = "members"


class Counted(StrEnum):
    """Whose bookings a quota adds up: one person's, one team's, or those of all visitors together."""

    PERSON = "person"
    TEAM = "team"
    VISITORS = "visitors"


class Measure(StrEnum):
    """What a quota adds up: bookings that are still ahead, minutes of a wall day or week, percent of open hours."""

    OPEN_BOOKINGS = "open_bookings"
    MINUTES_DAY = "minutes_day"
    MINUTES_WEEK = "minutes_week"
    PERCENT_WEEK = "percent_week"


@dataclass(frozen=True, slots=True)
class Ask:
    """A wish for time on a tool; `booking_id` is set when an existing booking is to move there.

    `claim_ids` are the claims of an offer that the ask takes over, `unit_id` the very unit that it wants, `maker_id`
    the member for whom a manager asks, `own_level` how much of the booking others may see at most.
    """

    tool_id: int
    span: Span
    purpose: str = ""
    booking_id: int | None = None
    team_id: int | None = None
    claim_ids: frozenset[int | None] = frozenset()
    unit_id: int | None = None
    maker_id: int | None = None
    own_level: Visibility | None = None


@dataclass(frozen=True, slots=True)
class WeeklyOpening:
    """Open on a weekday (0 is Monday) between two minutes of wall time; beyond 1,440 means after midnight.

    Holds for days from `first` to `last`, both included; None: since ever, for ever.
    """

    weekday: int
    opens: int
    closes: int
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Closed from the first day to the last, both included, by the space's wall calendar."""

    first: date
    last: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """Open on one date between two minutes of wall time, whatever the week or a closure says."""

    day: date
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class MakeUpDay:
    """A date that is open like another weekday (0 is Monday), whatever a closure says."""

    day: date
    like_weekday: int


@dataclass(frozen=True, slots=True)
class Hours:
    """All that decides when a space is open, in wall time of its IANA zone. No weekly row at all: never open.

    `staffed` says when somebody of the space is there; without a row that is whenever it is open.
    """

    zone: str
    weekly: tuple[WeeklyOpening, ...] = ()
    closed: tuple[ClosedDays, ...] = ()
    special: tuple[SpecialDay, ...] = ()
    make_up: tuple[MakeUpDay, ...] = ()
    staffed: tuple[WeeklyOpening, ...] = ()
    # What follows from hours is remembered by them: a search asks for it hundreds of times.
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        rows = (self.zone, self.weekly, self.closed, self.special, self.make_up, self.staffed)
        object.__setattr__(self, "_hash", hash(rows))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True)
class Limits:
    """The rules of one tool, in whole minutes or days."""

    notice_minutes: int = 0
    window_days: int = 60
    shortest_minutes: int = 15
    longest_minutes: int = 480
    grain_minutes: int = 15
    setup_minutes: int = 0
    cleanup_minutes: int = 0
    unattended: bool = False
    approval: Approval = Approval.NEVER
    check_in_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class ToolFacts:
    """A tool as the rules see it."""

    id: int
    space_id: int
    kind_id: int
    state: ToolState
    limits: Limits
    unit_ids: tuple[int, ...]
    certificate_ids: tuple[int, ...] = ()
    bookable_by: BookableBy = BookableBy.NETWORK
    state_note: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """Time that a claim holds on a unit, buffers included; `booking_id` lets a move ignore its own.

    `movable` unless it is an offer, in use already, or its maker asked for this very unit.
    """

    unit_id: int
    span: Span
    booking_id: int | None = None
    pending: bool = False
    claim_id: int | None = None
    movable: bool = False


@dataclass(frozen=True, slots=True)
class Outage:
    """A tool or one unit that is out of order; `ends_at` None means until further notice."""

    starts_at: datetime
    ends_at: datetime | None
    unit_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Time that an event of the space takes from a tool, or from all its tools."""

    span: Span
    title: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit on what `counted` may book where every given one of tool, kind and space holds; none: the network."""

    id: int
    counted: Counted
    measure: Measure
    amount: int
    tool_id: int | None = None
    kind_id: int | None = None
    space_id: int | None = None
    team_id: int | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """A booking that quotas count, without buffers; `is_visitor` when its maker has no role at the space."""

    booking_id: int | None
    span: Span
    tool_id: int
    kind_id: int
    space_id: int
    account_id: int
    team_id: int | None = None
    is_visitor: bool = False


@dataclass(frozen=True, slots=True)
class Suspended:
    """Time in which somebody may not book, at the tool's space or anywhere."""

    span: Span
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Visiting:
    """A host's yes to a visitor, for one tool: until the end of a date and between two wall minutes, where given."""

    last_day: date | None = None
    opens: int | None = None
    closes: int | None = None
    supervised: bool = False


@dataclass(frozen=True, slots=True)
class Training:
    """What leads to a certificate: its own name, and its next briefing where the space tells of one."""

    id: int
    name: str
    briefing_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OnTop:
    """The space's briefing with which a foreign certificate that is held counts, and the end of the foreign one."""

    briefing: Training
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MakerFacts:
    """The person who asks, at the tool's space; certificates map their id to the instant at which they end or None.

    Certificates of other spaces that count are in it under the id of the space's own; what leads to one, and what
    briefing on top of a foreign one would do, stand beside it by the same id. `has_used` says whether an earlier
    booking of the tool was approved.
    """

    account_id: int | None
    is_confirmed: bool = True
    role: Role | None = None
    certificates: Mapping[int, datetime | None] = field(default_factory=dict)
    certificate_names: Mapping[int, str] = field(default_factory=dict)
    trainings: Mapping[int, Training] = field(default_factory=dict)
    on_top: Mapping[int, OnTop] = field(default_factory=dict)
    suspended: tuple[Suspended, ...] = ()
    visiting: tuple[Visiting, ...] = ()
    has_used: bool = False
    team_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that decides an ask; read under the lock for a booking, without it for a search."""

    tool: ToolFacts
    hours: Hours
    maker: MakerFacts
    taken: tuple[Taken, ...] = ()
    outages: tuple[Outage, ...] = ()
    blocks: tuple[Block, ...] = ()
    quotas: tuple[Quota, ...] = ()
    used: tuple[Used, ...] = ()
