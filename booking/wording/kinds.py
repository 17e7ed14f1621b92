"""Names of the built-in kinds of tools, their capabilities and choices; what people added keeps its own name."""

from collections.abc import Mapping
from functools import cache

from flask_babel import force_locale, gettext, lazy_gettext

from booking.rules.capabilities import CapabilitySpec
from config import LANGUAGES

KINDS = {
    "3d_printer": lazy_gettext("3D printer"),
    "laser_cutter": lazy_gettext("Laser cutter"),
    "cnc_router": lazy_gettext("CNC router"),
    "vinyl_cutter": lazy_gettext("Vinyl cutter"),
    "sewing_machine": lazy_gettext("Sewing machine"),
    "embroidery_machine": lazy_gettext("Embroidery machine"),
    "electronics_bench": lazy_gettext("Electronics bench"),
    "test_instrument": lazy_gettext("Test instrument"),
    "bandsaw": lazy_gettext("Bandsaw"),
    "table_saw": lazy_gettext("Table saw"),
    "scroll_saw": lazy_gettext("Scroll saw"),
    "saw": lazy_gettext("Saw"),
    "wood_lathe": lazy_gettext("Wood lathe"),
    "metal_lathe": lazy_gettext("Metal lathe"),
    "milling_machine": lazy_gettext("Milling machine"),
    "drill_press": lazy_gettext("Drill press"),
    "sander": lazy_gettext("Sander"),
    "thicknesser": lazy_gettext("Thicknesser"),
    "grinder": lazy_gettext("Grinder"),
    "welder": lazy_gettext("Welder"),
    "3d_scanner": lazy_gettext("3D scanner"),
    "kiln": lazy_gettext("Kiln"),
    "screen_press": lazy_gettext("Screen press"),
    "pcb_etching": lazy_gettext("PCB etching"),
    "large_format_printer": lazy_gettext("Large-format printer"),
    "heat_press": lazy_gettext("Heat press"),
    "vacuum_former": lazy_gettext("Vacuum former"),
    "other": lazy_gettext("Something else"),
}

CAPABILITIES = {
    "accuracy_mm": lazy_gettext("Accuracy"),
    "aluminium": lazy_gettext("Welds aluminium"),
    "bandwidth_mhz": lazy_gettext("Bandwidth"),
    "bed_depth_mm": lazy_gettext("Bed depth"),
    "bed_width_mm": lazy_gettext("Bed width"),
    "belt_width_mm": lazy_gettext("Belt width"),
    "between_centres_mm": lazy_gettext("Length between centres"),
    "blade_mm": lazy_gettext("Blade diameter"),
    "board_height_mm": lazy_gettext("Board height"),
    "board_width_mm": lazy_gettext("Board width"),
    "build_depth_mm": lazy_gettext("Build depth"),
    "build_height_mm": lazy_gettext("Build height"),
    "build_width_mm": lazy_gettext("Build width"),
    "channels": lazy_gettext("Channels"),
    "cnc": lazy_gettext("Computer-controlled"),
    "colours": lazy_gettext("Colours"),
    "current_a": lazy_gettext("Current"),
    "cuts_metal": lazy_gettext("Cuts metal"),
    "cutting_height_mm": lazy_gettext("Cutting height"),
    "cutting_width_mm": lazy_gettext("Cutting width"),
    "disc_mm": lazy_gettext("Disc diameter"),
    "drill_diameter_mm": lazy_gettext("Largest drill"),
    "dust_extraction": lazy_gettext("Dust extraction"),
    "enclosed": lazy_gettext("Enclosed"),
    "frame_height_mm": lazy_gettext("Frame height"),
    "frame_width_mm": lazy_gettext("Frame width"),
    "handheld": lazy_gettext("Hand-held"),
    "hoop_height_mm": lazy_gettext("Hoop height"),
    "hoop_width_mm": lazy_gettext("Hoop width"),
    "hot_air": lazy_gettext("Hot-air station"),
    "industrial": lazy_gettext("Industrial"),
    "material_thickness_mm": lazy_gettext("Thickest material"),
    "microscope": lazy_gettext("Microscope"),
    "needles": lazy_gettext("Needles"),
    "nozzle_mm": lazy_gettext("Nozzle"),
    "overlock": lazy_gettext("Overlock"),
    "planing_height_mm": lazy_gettext("Planing height"),
    "planing_width_mm": lazy_gettext("Planing width"),
    "plate_depth_mm": lazy_gettext("Plate depth"),
    "plate_width_mm": lazy_gettext("Plate width"),
    "power_w": lazy_gettext("Power"),
    "print_width_mm": lazy_gettext("Print width"),
    "process": lazy_gettext("Process"),
    "rotary": lazy_gettext("Rotary axis"),
    "sliding_table": lazy_gettext("Sliding table"),
    "swing_mm": lazy_gettext("Swing"),
    "technology": lazy_gettext("Technology"),
    "temperature_c": lazy_gettext("Highest temperature"),
    "throat_mm": lazy_gettext("Throat"),
    "travel_height_mm": lazy_gettext("Travel in height"),
    "travel_x_mm": lazy_gettext("Travel in X"),
    "travel_y_mm": lazy_gettext("Travel in Y"),
    "travel_z_mm": lazy_gettext("Travel in Z"),
    "volume_l": lazy_gettext("Volume"),
}

CHOICES = {
    "fdm": lazy_gettext("Filament (FDM)"),
    "resin": lazy_gettext("Resin"),
    "sls": lazy_gettext("Powder (SLS)"),
    "co2": lazy_gettext("CO₂"),
    "diode": lazy_gettext("Diode"),
    "fibre": lazy_gettext("Fibre"),
    "mig": lazy_gettext("MIG/MAG"),
    "tig": lazy_gettext("TIG"),
    "arc": lazy_gettext("Arc"),
    "spot": lazy_gettext("Spot"),
}


def kind_name(slug: str, name: str = "") -> str:
    """What a kind is called in the reader's language; a kind that people added keeps its own name."""
    return str(KINDS.get(slug) or name or slug)


def kind_name_in(language: str, slug: str, name: str) -> str:
    """What a kind is called in a language."""
    with force_locale(language):
        return kind_name(slug, name)


def capability_name(spec: CapabilitySpec) -> str:
    """What a capability is called in the reader's language."""
    return str(CAPABILITIES.get(spec.slug) or spec.name or spec.slug)


def choice_name(choice: str) -> str:
    """What one choice of a capability is called in the reader's language."""
    return str(CHOICES.get(choice) or choice)


@cache
def every_name(slug: str, name: str) -> tuple[str, ...]:
    """What a kind is called in each language of the product."""
    found = []
    for language in LANGUAGES:
        with force_locale(language):
            found.append(kind_name(slug, name))
    return tuple(dict.fromkeys(found))


@cache
def built_in_names() -> Mapping[str, str]:
    """Slugs of the built-in kinds by their names in every language of the product, case folded."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with force_locale(language):
            found.update({str(name).casefold(): slug for slug, name in KINDS.items()})
    return found


def english_names() -> Mapping[str, str]:
    """English names of the built-in kinds by slug: what the table of kinds keeps."""
    with force_locale("en"):
        return {slug: str(name) for slug, name in KINDS.items()}


def training_names(slug: str, name: str, language: str) -> tuple[str, ...]:
    """What the certificate of a kind's training may be called; the first is in the given language."""
    found = []
    for each in (language, *LANGUAGES):
        with force_locale(each):
            found.append(str(gettext("%(kind)s training", kind=kind_name(slug, name))))
    return tuple(dict.fromkeys(found))
