"""Addresses of the demonstration: the story, its mailbox and clock, and then all of Mainstay's own."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("mainstay.site.urls")),
]
handler404 = "mainstay.site.errors.not_found"
handler500 = "mainstay.site.errors.failed"
