"""Addresses of the demonstration: the story, its mailbox and clock, and then all of Mainstay's own."""

from django.urls import URLPattern, URLResolver, include, path

from . import views
from .places import NEWSROOM

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.story, name="demo-story"),
    path(f"support/{NEWSROOM}/demo-story/", views.story_now, name="demo-story-now"),
    path("demo/story/again/", views.story_again, name="demo-story-again"),
    path("demo/story/plug/", views.plug, name="demo-plug"),
    path("demo/story/seize/", views.seize, name="demo-seize"),
    path("demo/faults/", views.faults, name="demo-faults"),
    path("demo/faults/order/", views.faults_order, name="demo-faults-order"),
    path("demo/mailbox/", views.letters, name="demo-mailbox"),
    path("demo/mailbox/<int:number>/", views.letter, name="demo-letter"),
    path("demo/clock/", views.clock_page, name="demo-clock"),
    path("demo/clock/now/", views.clock_now, name="demo-clock-now"),
    path("demo/clock/move/", views.clock_move, name="demo-clock-move"),
    path("", include("mainstay.site.urls")),
]
handler404 = "mainstay.site.errors.not_found"
handler500 = "mainstay.site.errors.failed"
