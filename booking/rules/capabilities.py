"""Typed capabilities of kinds of tools, and the kinds that every installation starts with; names live in wording."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from booking.rules.refusals import Problem, Unacceptable

TYPES = ("number", "choice", "flag")
LARGEST_NUMBER = 1_000_000
PREFIX = "capability."


@dataclass(frozen=True, slots=True)
class CapabilitySpec:
    """A property that tools of a kind may state: a number in a unit, one of some choices, or yes or no."""

    slug: str
    type: str = "number"
    unit: str = ""
    choices: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """What somebody asks of a capability: a number between two ends, one of some choices, or that it is there."""

    slug: str
    low: float | None = None
    high: float | None = None
    among: frozenset[str] = frozenset()

    def met_by(self, stated: Mapping[str, object]) -> bool:
        """Whether a tool that states this meets it; what a tool doesn't state it doesn't meet."""
        value = stated.get(self.slug)
        if self.among:
            return value in self.among
        if self.low is None and self.high is None:
            return value is True
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and (self.low or 0) <= value <= (LARGEST_NUMBER if self.high is None else self.high)  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class KindSpec:
    """A kind that comes with the product; its slug is also its picture's name."""

    slug: str
    capabilities: tuple[CapabilitySpec, ...] = field(default=())


def checked(specs: Iterable[CapabilitySpec], values: Mapping[str, object]) -> dict[str, float | str | bool]:
    """The stated capabilities in their types, without the empty ones.

    Raises Unacceptable with every problem: `unknown_capability`, `out_of_range` (low, high) or `not_a_choice`.
    """
    known = {spec.slug: spec for spec in specs}
    found: dict[str, float | str | bool] = {}
    problems: list[Problem] = []
    for slug, value in values.items():
        if value is None or value == "":
            continue
        spec = known.get(slug)
        problem = _problem(spec, value) if spec else Problem(PREFIX + slug, "unknown_capability", {"name": slug})
        if problem:
            problems.append(problem)
        else:
            found[slug] = value  # type: ignore[assignment]
    if problems:
        raise Unacceptable(*problems)
    return found


def _problem(spec: CapabilitySpec, value: object) -> Problem | None:
    if spec.type == "number":
        fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LARGEST_NUMBER
        if not fits:
            return Problem(PREFIX + spec.slug, "out_of_range", {"low": 0, "high": LARGEST_NUMBER})
    elif spec.type == "choice" and value not in spec.choices:
        return Problem(PREFIX + spec.slug, "not_a_choice", {"choices": spec.choices})
    elif spec.type == "flag" and not isinstance(value, bool):
        return Problem(PREFIX + spec.slug, "not_a_choice", {"choices": ("yes", "no")})
    return None


def _millimetres(*slugs: str) -> tuple[CapabilitySpec, ...]:
    return tuple(CapabilitySpec(f"{slug}_mm", unit="mm") for slug in slugs)


_WATTS = CapabilitySpec("power_w", unit="W")
_BED = _millimetres("bed_width", "bed_depth")
_BUILD = _millimetres("build_width", "build_depth", "build_height")
_LATHE = _millimetres("swing", "between_centres")

BUILT_IN = (
    KindSpec(
        "3d_printer",
        (
            *_BUILD,
            CapabilitySpec("technology", "choice", choices=("fdm", "resin", "sls")),
            *_millimetres("nozzle"),
            CapabilitySpec("enclosed", "flag"),
        ),
    ),
    KindSpec(
        "laser_cutter",
        (
            *_BED,
            _WATTS,
            CapabilitySpec("technology", "choice", choices=("co2", "diode", "fibre")),
            *_millimetres("material_thickness"),
            CapabilitySpec("rotary", "flag"),
            CapabilitySpec("cuts_metal", "flag"),
        ),
    ),
    KindSpec("cnc_router", (*_BED, *_millimetres("travel_height"), _WATTS, CapabilitySpec("cuts_metal", "flag"))),
    KindSpec("vinyl_cutter", _millimetres("cutting_width")),
    KindSpec("sewing_machine", (CapabilitySpec("overlock", "flag"), CapabilitySpec("industrial", "flag"))),
    KindSpec("embroidery_machine", (*_millimetres("hoop_width", "hoop_height"), CapabilitySpec("needles"))),
    KindSpec("electronics_bench", (CapabilitySpec("microscope", "flag"), CapabilitySpec("hot_air", "flag"))),
    KindSpec("test_instrument", (CapabilitySpec("bandwidth_mhz", unit="MHz"), CapabilitySpec("channels"))),
    KindSpec("bandsaw", (*_millimetres("cutting_height", "throat"), CapabilitySpec("cuts_metal", "flag"))),
    KindSpec("table_saw", (*_millimetres("cutting_height", "blade"), CapabilitySpec("sliding_table", "flag"))),
    KindSpec("scroll_saw", _millimetres("throat")),
    KindSpec("saw", (CapabilitySpec("cuts_metal", "flag"),)),
    KindSpec("wood_lathe", _LATHE),
    KindSpec("metal_lathe", _LATHE),
    KindSpec("milling_machine", (*_millimetres("travel_x", "travel_y", "travel_z"), CapabilitySpec("cnc", "flag"))),
    KindSpec("drill_press", _millimetres("drill_diameter", "throat")),
    KindSpec("sander", (*_millimetres("belt_width"), CapabilitySpec("dust_extraction", "flag"))),
    KindSpec("thicknesser", _millimetres("planing_width", "planing_height")),
    KindSpec("grinder", _millimetres("disc")),
    KindSpec(
        "welder",
        (
            CapabilitySpec("process", "choice", choices=("mig", "tig", "arc", "spot")),
            CapabilitySpec("current_a", unit="A"),
            CapabilitySpec("aluminium", "flag"),
        ),
    ),
    KindSpec("3d_scanner", (CapabilitySpec("accuracy_mm", unit="mm"), CapabilitySpec("handheld", "flag"))),
    KindSpec("kiln", (CapabilitySpec("temperature_c", unit="°C"), CapabilitySpec("volume_l", unit="l"))),
    KindSpec("screen_press", (CapabilitySpec("colours"), *_millimetres("frame_width", "frame_height"))),
    KindSpec("pcb_etching", _millimetres("board_width", "board_height")),
    KindSpec("large_format_printer", (*_millimetres("print_width"), CapabilitySpec("colours"))),
    KindSpec("heat_press", _millimetres("plate_width", "plate_depth")),
    KindSpec("vacuum_former", (*_BED, *_millimetres("material_thickness"))),
    KindSpec("other"),
)
