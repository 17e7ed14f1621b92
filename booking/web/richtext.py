"""Markdown of spaces and makers, made safe: no HTML, no pictures, headings below those of the page."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

ALLOWED_TAGS = set("a blockquote br code em h3 h4 h5 h6 hr li ol p pre strong ul".split())
ALLOWED_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
ALLOWED_SCHEMES = {"http", "https", "mailto"}
HEADINGS_ABOVE = 2  # the page's own h1 and h2

READER = MarkdownIt("commonmark", {"html": False})


@lru_cache(512)
def rendered(text: str) -> Markup:
    """Markdown as HTML that can do no harm."""
    tokens = READER.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + HEADINGS_ABOVE)}"
    html = READER.renderer.render(tokens, READER.options, {})
    clean = nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes=ALLOWED_SCHEMES,
        link_rel="nofollow ugc noopener noreferrer",
    )
    return Markup(clean)  # noqa: S704  (cleaned on the line above)
