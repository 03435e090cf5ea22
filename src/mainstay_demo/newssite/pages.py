"""Makes every page of the site, once, as text; nothing on them depends on who asks."""

from dataclasses import dataclass

from mainstay_demo.newssite.bar import render_bar
from mainstay_demo.newssite.filling import fill, text
from mainstay_demo.newssite.stories import STORIES, Story
from mainstay_demo.newssite.words import (
    ABOUT_PARAGRAPH,
    ABOUT_TITLE,
    ASK_WORDS,
    FRONT_TITLE,
    MISSING_TITLE,
    PAGE_WORDS,
    RIGHT_TO_LEFT,
)


@dataclass(frozen=True)
class Place:
    """Where Mainstay is (an origin without a slash at the end) and what the newsroom is called there."""

    mainstay: str
    newsroom: str


def render_pages(place: Place) -> dict[str, str]:
    """Return each page's HTML by its path."""
    pages = {"/": _front_page(place), "/about": _about_page(place)}
    return pages | {story.path: _story_page(story, place) for story in STORIES}


def render_missing_page(place: Place) -> str:
    """Return the page for an address that leads nowhere."""
    content = fill("templates/plain.html", {"title": MISSING_TITLE, "text": fill("stories/missing.html", {})})
    return _page(place, "en", title=MISSING_TITLE, content=content)


def _page(
    place: Place,
    language: str,
    *,
    title: str,
    content: str,
    description: str = ABOUT_PARAGRAPH,
    path: str = "",
) -> str:
    values = _texts(PAGE_WORDS[language]) | {
        "lang": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "title": text(title if title.endswith("The Far Shore") else f"{title} · The Far Shore"),
        "description": text(description),
        "bar": render_bar(place.mainstay, site=""),
        "front_current": ' aria-current="page"' if path == "/" else "",
        "about_current": ' aria-current="page"' if path == "/about" else "",
        "mainstay": text(place.mainstay),
        "newsroom": text(place.newsroom),
        "content": content,
    }
    return fill("templates/layout.html", values) + "\n"


def _front_page(place: Place) -> str:
    items = [_front_item(story, leads=story is STORIES[0]) for story in STORIES]
    values = {"title": text(FRONT_TITLE), "items": "\n".join(items), "about": text(ABOUT_PARAGRAPH)}
    content = fill("templates/front.html", values)
    return _page(place, "en", title="The Far Shore", content=content, path="/")


def _front_item(story: Story, *, leads: bool) -> str:
    values = _story_values(story) | {"lead": " front-lead" if leads else ""}
    return fill("templates/front_item.html", values)


def _about_page(place: Place) -> str:
    body = fill("stories/about.html", {"mainstay": text(place.mainstay), "newsroom": text(place.newsroom)})
    content = fill("templates/plain.html", {"title": text(ABOUT_TITLE), "text": body})
    return _page(place, "en", title=ABOUT_TITLE, content=content, path="/about")


def _story_page(story: Story, place: Place) -> str:
    others = [other for other in STORIES if other is not story]
    values = _story_values(story) | {
        "shape": "story-brief" if story.brief else "story-long",
        "figure": "" if story.brief else fill("templates/figure.html", _story_values(story)),
        "text": fill(f"stories/{story.name}.html", {}),
        "ask": _ask(story, place),
        "more": text(PAGE_WORDS[story.language]["more"]),
        "more_items": "\n".join(_more_item(other, beside=story) for other in others),
    }
    content = fill("templates/article.html", values)
    return _page(place, story.language, title=story.title, content=content, description=story.standfirst)


def _ask(story: Story, place: Place) -> str:
    values = _texts(ASK_WORDS[story.language]) | {
        "mainstay": text(place.mainstay),
        "newsroom": text(place.newsroom),
        "lang": story.language,
        "section": story.section,
        "reserved": " reserved" if story.brief else "",
    }
    return fill("templates/ask.html", values)


def _more_item(story: Story, *, beside: Story) -> str:
    return fill("templates/more_item.html", _story_values(story, around=beside.language))


def _story_values(story: Story, *, around: str = "en") -> dict[str, str]:
    """Return what the templates show of a story, on a page whose own language is `around`."""
    names = ("section_name", "title", "standfirst", "date", "date_words", "picture", "picture_alt", "path")
    values = {name: text(getattr(story, name)) for name in names}
    return values | {
        "picture_caption": text(story.picture_caption),
        "byline": text(PAGE_WORDS[story.language]["byline"]),
        "lang_attribute": "" if story.language == around else _lang_attribute(story.language),
    }


def _lang_attribute(language: str) -> str:
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    return f' lang="{language}" dir="{direction}"'


def _texts(words: dict[str, str]) -> dict[str, str]:
    return {name: text(value) for name, value in words.items()}
