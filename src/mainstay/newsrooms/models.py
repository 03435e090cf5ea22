"""The newsroom and what it decides: its calendar, its keys' public halves, countries, processor accounts, staff."""

import uuid
from datetime import date, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from mainstay.core.ids import new_id
from mainstay.core.search import Search, given_id, given_text
from mainstay.sealing.boxes import SealingKey

from .policy import Rule, State


class Newsroom(models.Model):
    """The organisation asking. One installation can serve several; every row belongs to one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    legal_name = models.CharField(max_length=120, help_text="The publisher's name on receipts.")
    statement_name = models.CharField(max_length=22, help_text="What appears on a bank statement.")
    time_zone = models.CharField(max_length=60, default="UTC")
    language = models.CharField(max_length=10, default="en")
    languages = models.JSONField(default=list)
    currency = models.CharField(max_length=3, default="USD")
    currencies = models.JSONField(default=list)
    site_url = models.URLField(help_text="The newsroom's own site.")
    mail_from = models.CharField(max_length=120, help_text="The address that letters come from.")
    discreet_letters = models.BooleanField(
        default=False, help_text="Letters that don't tell what they are about."
    )
    discreet_from = models.CharField(
        max_length=120, blank=True, default="", help_text="The neutral sender of discreet letters."
    )
    sandbox = models.BooleanField(default=False, help_text="No money moves, and the calendar can be moved.")
    clock_offset_seconds = models.BigIntegerField(default=0)
    live_on = models.DateField(
        null=True, blank=True, help_text="When it was found ready to take money. See `newsrooms.live`."
    )
    message_off = models.BooleanField(default=False)
    gifts_stopped_reason = models.CharField(max_length=200, blank=True)
    renewals_stopped_reason = models.CharField(max_length=200, blank=True)
    strict_countries = models.BooleanField(default=False, help_text="Refuse a card whose country is unknown.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sandbox=True) | Q(clock_offset_seconds=0), name="newsroom_live_calendar_stands"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that says what a day is."""
        return ZoneInfo(self.time_zone)

    @property
    def letters_from(self) -> str:
        """The sender of letters: a neutral one while they are discreet."""
        return self.discreet_from if self.discreet_letters else self.mail_from

    def calendar(self, now: datetime) -> datetime:
        """The calendar's moment in the newsroom's own zone, when the machine clock says `now`."""
        return (now + timedelta(seconds=self.clock_offset_seconds)).astimezone(self.zone)

    def today(self, now: datetime) -> date:
        """The newsroom's day, when the machine clock says `now`."""
        return self.calendar(now).date()

    def machine_moment(self, local: datetime) -> datetime:
        """The machine clock's moment at which the newsroom's calendar will show `local`."""
        return local - timedelta(seconds=self.clock_offset_seconds)


class PublicKey(models.Model):
    """The public half of a key: whoever has it can seal, nobody can open with it."""

    class Kind(models.TextChoices):
        """People (names, addresses), collection (processors' tokens), month (reminders of one month)."""

        PEOPLE = "people"
        COLLECTION = "collection"
        MONTH = "month"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.CASCADE, related_name="public_keys")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    month = models.CharField(max_length=7, blank=True, default="")
    public = models.BinaryField(max_length=32)
    expires_on = models.DateField(
        null=True, blank=True, help_text="From then on staff are told to replace it."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["newsroom", "kind", "month"], name="public_key_one_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.month}".strip()

    @property
    def sealing_key(self) -> SealingKey:
        """The key as `sealing` wants it."""
        return SealingKey(newsroom_id=self.newsroom_id, public=bytes(self.public))


class MirrorList(models.Model):
    """A signed list of the newsroom's true addresses, as it was published. See `newsrooms.mirrors`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.CASCADE, related_name="mirror_lists")
    version = models.PositiveIntegerField()
    content = models.TextField()
    signature = models.TextField()
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["newsroom", "version"], name="mirror_list_one_each")]

    def __str__(self) -> str:
        return f"version {self.version}"


class CountryRule(models.Model):
    """What the newsroom does with a card of one country. A country without a rule is allowed.

    The only writer is `newsrooms.countries`: tightening works at once, loosening needs two people.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.CASCADE, related_name="country_rules")
    country = models.CharField(max_length=2)
    state = models.CharField(max_length=8, choices=[(state.value, state.value) for state in State])
    recurring = models.BooleanField(default=True)
    mail = models.BooleanField(default=True)
    share = models.BooleanField(default=False)
    unnamed = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True, default="")
    decided_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["newsroom", "country"], name="country_rule_one_each")]

    def __str__(self) -> str:
        return f"{self.country}: {self.state}"

    @property
    def rule(self) -> Rule:
        """The rule as the policy wants it."""
        return Rule(State(self.state), self.recurring, self.mail, self.share, self.unnamed)


class Proposal(models.Model):
    """An act that one person proposed and another one must approve. See `newsrooms.approvals`."""

    class State(models.TextChoices):
        """Waiting for the second person, approved, carried out, or taken back."""

        WAITING = "waiting"
        APPROVED = "approved"
        USED = "used"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    proposed_by = models.CharField(max_length=40)
    day = models.DateField()
    decided_by = models.CharField(max_length=40, blank=True, default="")
    not_before = models.DateTimeField(
        null=True, help_text="When a single admin may approve alone, by the machine clock."
    )

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"


class ProcessorAccount(models.Model):
    """One login at one processor. Its secrets are not here: see `newsrooms.secrets`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.CASCADE, related_name="processor_accounts")
    processor = models.CharField(max_length=20)
    label = models.CharField(max_length=60)
    currencies = models.JSONField(default=list)
    settings = models.JSONField(default=dict)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.label


class StaffManager(BaseUserManager["Staff"]):
    """Makes staff."""

    def create_staff(self, pseudonym: str, password: str | None, language: str = "en") -> "Staff":
        """A new member of staff, who has no role yet; without a password they can't sign in with one."""
        staff = self.model(pseudonym=pseudonym, language=language)
        staff.set_password(password)
        staff.save(using=self._db)
        return staff


class Staff(AbstractBaseUser):
    """Somebody who works at the desk, known by a pseudonym everywhere."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pseudonym = models.CharField(max_length=40, unique=True)
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    last_login = None

    USERNAME_FIELD = "pseudonym"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[StaffManager] = StaffManager()

    def __str__(self) -> str:
        return self.pseudonym


class Role(models.Model):
    """What a member of staff may do in one newsroom."""

    class Kind(models.TextChoices):
        """Editor: the message and figures. Finance: money. Admin: both, and settings."""

        EDITOR = "editor"
        FINANCE = "finance"
        ADMIN = "admin"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="roles")
    newsroom = models.ForeignKey(Newsroom, on_delete=models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    voice_from = models.DateTimeField(
        null=True, help_text="From then on their word counts where two are needed; empty: it does."
    )
    voice_by = models.CharField(
        max_length=40, blank=True, default="", help_text="Who made their word rest, and can't end it."
    )
    admin_until = models.DateTimeField(
        null=True, help_text="When somebody who was an admin ceased to be one."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "newsroom"], name="role_one_each")]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.kind}"


class Passkey(models.Model):
    """The public half of a key that never leaves a person's device. See `newsrooms.passkeys`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="passkeys")
    label = models.CharField(max_length=40)
    credential_id = models.BinaryField(max_length=1_023, unique=True)
    public_key = models.BinaryField()
    sign_count = models.PositiveBigIntegerField(default=0)
    added_on = models.DateField()

    def __str__(self) -> str:
        return self.label


class EntryCode(models.Model):
    """A way back in, once, for somebody who lost their passkeys or password. Only a hash of the code is kept."""

    staff = models.OneToOneField(Staff, on_delete=models.CASCADE, primary_key=True, related_name="entry_code")
    code_hash = models.CharField(max_length=64)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"until {self.until}"


def newsroom_by_slug(slug: str) -> Newsroom:
    """The newsroom with that short name. Raises `Newsroom.DoesNotExist`."""
    return Newsroom.objects.get(slug=slug)


def sealing_key(newsroom_id: uuid.UUID, kind: PublicKey.Kind, month: str = "") -> SealingKey:
    """The public key to seal to. Raises `PublicKey.DoesNotExist` when the newsroom has none of that kind."""
    return _public_key.one(newsroom=newsroom_id, kind=kind, month=month).sealing_key


@Search
def _public_key() -> models.QuerySet[PublicKey]:
    return PublicKey.objects.filter(
        newsroom=given_id("newsroom"), kind=given_text("kind"), month=given_text("month")
    )


def role_in(staff: Staff, newsroom: Newsroom) -> Role.Kind | None:
    """The role of a member of staff in a newsroom, or `None`."""
    found = Role.objects.filter(staff=staff, newsroom=newsroom).first()
    return Role.Kind(found.kind) if found else None
