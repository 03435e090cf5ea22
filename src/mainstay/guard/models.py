"""What all web processes must agree on: how a newsroom's card pages are doing, and which puzzles were used.

Neither knows anybody: no address, no hash of one, no form, no card.
"""

from django.db import models

from mainstay.newsrooms.models import Newsroom


class Pressure(models.Model):
    """Tries and declines of the present ten minutes at one newsroom, and the level of attack mode (0: none)."""

    newsroom = models.OneToOneField(
        Newsroom, on_delete=models.CASCADE, primary_key=True, related_name="pressure"
    )
    level = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField(help_text="When the present ten minutes began.")
    tried = models.PositiveIntegerField(default=0)
    declined = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"level {self.level}"


class SpentPuzzle(models.Model):
    """A puzzle whose solution was used. Its row goes at the whole hour after the puzzle is too old anyway."""

    nonce = models.CharField(primary_key=True, max_length=32)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"until {self.until:%H:%M}"
