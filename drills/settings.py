"""Settings of the drilled program: those of the tests, with a mail server that is a file."""

from mainstay.settings.test import *  # noqa: F403

EMAIL_BACKEND = "drills.mailbox.FileMailServer"
EMAIL_TIMEOUT = 1
