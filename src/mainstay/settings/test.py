"""Settings of the test run: quick password hashing, static files as they are, the database from DATABASE_URL."""

from .base import *  # noqa: F403

SECRET_KEY = "test-only-" + "x" * 50
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
ALLOWED_HOSTS = ["*"]
# Django's test client solves no puzzles; the tests of `guard` and of its doors switch them on.
MAINSTAY_PUZZLES = False
