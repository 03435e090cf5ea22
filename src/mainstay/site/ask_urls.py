"""Addresses under /ask/."""

from django.urls import URLPattern, path, re_path

from . import ask

app_name = "ask"
urlpatterns: list[URLPattern] = [
    path("v1.js", ask.script, name="script"),
    path("puzzle.js", ask.puzzle, name="puzzle"),
    re_path(r"^(?P<slug>[a-z0-9-]+)\.json$", ask.manifest, name="manifest"),
    re_path(r"^(?P<slug>[a-z0-9-]+)\.(?P<language>[a-z]{2,3})\.json$", ask.manifest, name="manifest_in"),
    path("<slug:slug>/remind", ask.remind, name="remind"),
]
