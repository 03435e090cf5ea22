"""Addresses under /my/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
