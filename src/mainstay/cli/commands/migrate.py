"""`mainstay migrate`: brings the database and the static files up to this version."""

import argparse

HELP = "Bring the database and the static files up to this version."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(arguments: argparse.Namespace) -> int:
    """Migrates and collects the static files; running it twice changes nothing."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=1)
    call_command("collectstatic", interactive=False, verbosity=0)
    return 0
