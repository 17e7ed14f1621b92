"""axe-core looking at a page, in both themes and both sizes."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.conftest import SIZES

RUN = "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
# Colours may glide from one theme to the other; what is half-way is nobody's choice.
SETTLED = """() => new Promise(requestAnimationFrame).then(
    () => Promise.allSettled(document.getAnimations().map(one => one.finished)))"""


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands, in light and dark, on a desk and on a phone: rule and place."""
    page.evaluate(AXE_SCRIPT)
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.evaluate(SETTLED)
        for name, size in SIZES.items():
            page.set_viewport_size(size)
            for violation in page.evaluate(RUN):
                places = ", ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:3])
                found.append(f"{page.url} ({theme}, {name}): {violation['id']} at {places}")
    return found
