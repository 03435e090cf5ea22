"""The thin bar above every page of the demonstration, on both of its origins.

Mainstay's side of the demonstration shows the same bar: it may call `render_bar`, or fill the two places of
`templates/bar.html` by its own means, and it serves `BAR_STYLESHEET` from its own address.
"""

from mainstay_demo.newssite.filling import FOLDER, fill, text

BAR_TEMPLATE = FOLDER / "templates" / "bar.html"
BAR_STYLESHEET = FOLDER / "static" / "bar.css"


def render_bar(mainstay: str, site: str) -> str:
    """Return the bar's markup.

    `mainstay` and `site` are addresses without a slash at the end; either may be empty on pages of its own.
    """
    return fill("templates/bar.html", {"mainstay": text(mainstay), "site": text(site)})
