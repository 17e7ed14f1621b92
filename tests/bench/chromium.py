"""What a real Chromium says of pages: when they show, how long they block, what they weigh."""

from collections.abc import Mapping
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from tests import parts

HEADINGS = ("page", "largest paint", "blocked", "requests", "KiB", "slowed")
VIEWPORT = {"width": 1280, "height": 900}
ROUNDS, SLOWER = 3, 4
# Paints, long tasks, and what was transferred, as the page itself counts them.
_COUNTED = """() => new Promise((tell) => {
  let paint = 0, blocked = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((one) => { paint = one.startTime; }))
    .observe({type: 'largest-contentful-paint', buffered: true});
  new PerformanceObserver((list) => list.getEntries().forEach((one) => { blocked += Math.max(0, one.duration - 50); }))
    .observe({type: 'longtask', buffered: true});
  setTimeout(() => {
    const files = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    const bytes = files.reduce((sum, one) => sum + one.transferSize, 0);
    tell([paint, blocked, files.length, bytes / 1024, performance.getEntriesByType('navigation')[0].loadEventEnd]);
  }, 300);
})"""


def measured(address: str, paths: Mapping[str, str]) -> list[tuple[str, ...]]:
    """A row for each page, from the medians of some visits with an empty cache."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=parts.find("chromium"), args=["--no-sandbox"])
        try:
            return [_row(browser, name, address + path) for name, path in paths.items()]
        finally:
            browser.close()


def _row(browser: Browser, name: str, address: str) -> tuple[str, ...]:
    visits = [_visit(browser, address, 1) for _ in range(ROUNDS)]
    paint, blocked, requests, kib, _ = (median(column) for column in zip(*visits, strict=True))
    slowed = median(_visit(browser, address, SLOWER)[4] for _ in range(ROUNDS))
    return name, f"{paint:.0f} ms", f"{blocked:.0f} ms", f"{requests:.0f}", f"{kib:.0f}", f"{slowed / 1000:.2f} s"


def _visit(browser: Browser, address: str, slower: int) -> list[float]:
    context = browser.new_context(viewport=VIEWPORT)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        page.goto(address, wait_until="load")
        found: list[float] = page.evaluate(_COUNTED)
        return found
    finally:
        context.close()
