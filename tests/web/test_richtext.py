"""Descriptions written in Markdown can format text and do nothing else."""

import pytest

from booking.web.richtext import rendered


def test_markdown_becomes_html_with_headings_below_those_of_the_page() -> None:
    assert rendered("# Laser\n\nUp to **3 mm** steel.") == (
        "<h3>Laser</h3>\n<p>Up to <strong>3 mm</strong> steel.</p>\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "![picture](https://elsewhere.example/pixel.png)",
        '<a href="https://x.example" onclick="alert(1)">x</a>',
    ],
)
def test_nothing_in_a_description_can_act(text: str) -> None:
    html = rendered(text)
    assert not any(tag in html for tag in ("<script", "<img", "<a "))


def test_links_do_not_vouch_for_where_they_lead() -> None:
    assert 'rel="nofollow ugc noopener noreferrer"' in rendered("[manual](https://maker.example/manual)")
