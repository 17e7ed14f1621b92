"""After a form people are led to paths of ours only."""

import pytest

from booking.web.destinations import own_path


@pytest.mark.parametrize(
    "wanted",
    [
        None, "", "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example",
        "https:evil.example", "http:/evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x",
        " /profile", "\t//evil.example", "/\t/evil.example", "/\n/evil.example", "/\r\nLocation: x", "/\x00", "/\x7f",
        "/pro file", "evil.example", "profile", "?next=/", "/" + "x" * 2000, "/foo\\bar", "//[", "http://[::1",
    ],
)  # fmt: skip
def test_what_may_lead_elsewhere_is_refused(wanted: str | None) -> None:
    assert own_path(wanted, "/otherwise") == "/otherwise"


@pytest.mark.parametrize("wanted", ["/", "/profile", "/spaces/a/tools/b/?day=2026-03-23&x=a:b", "/a//b", "/%2F%2Fx"])
def test_paths_of_ours_are_kept(wanted: str) -> None:
    assert own_path(wanted, "/otherwise") == wanted
