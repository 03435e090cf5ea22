"""Settings of the demonstration: Mainstay's own, with the story's pages and the bar above every page."""

from pathlib import Path
from typing import Any, cast

from mainstay.settings.base import *  # noqa: F403
from mainstay.settings.base import INSTALLED_APPS, LOCALE_PATHS, STATICFILES_DIRS, TEMPLATES

HERE = Path(__file__).resolve().parent

INSTALLED_APPS = ["mainstay_demo.apps.DemoConfig", *INSTALLED_APPS]
ROOT_URLCONF = "mainstay_demo.urls"
cast(dict[str, Any], TEMPLATES[0]["OPTIONS"])["context_processors"].append("mainstay_demo.context.bar")
LOCALE_PATHS = [HERE / "locale", *LOCALE_PATHS]

# The files are served as they lie in the folders: a demonstration starts at once, and nothing need be collected.
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
_OWN_FILES: list[Any] = [("demo", HERE / "newssite" / "static")]
STATICFILES_DIRS = [*STATICFILES_DIRS, *_OWN_FILES]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0
