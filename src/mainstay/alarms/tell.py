"""Telling of an alarm by mail and webhook: once when it stands, once when it is over."""

import smtplib
import uuid
from datetime import datetime, timedelta

import httpx
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext, override

from mainstay.jobs.claims import claim
from mainstay.newsrooms.models import Newsroom

from .models import Alarm
from .words import sentence

TRY_AGAIN_MINUTES = 5
WEBHOOK_SECONDS = 10
HEADERS = {"Auto-Submitted": "auto-generated"}
"""RFC 3834: nobody's out-of-office note answers an alarm."""


def tell(alarm_id: uuid.UUID, now: datetime) -> None:
    """Tells of one alarm as it is now. One that was over before anybody heard of it is dropped without a word."""
    token = claim(Alarm, alarm_id, now)
    row = Alarm.objects.select_related("newsroom").filter(pk=alarm_id, claim_token=token).first()
    if token is None or row is None:
        return
    unheard = row.state == Alarm.State.OVER and not (row.mail_told or row.webhook_told)
    done = unheard or all([_by_mail(row), _by_webhook(row)])
    ours = Alarm.objects.filter(pk=row.pk, claim_token=token)
    # It may have turned meanwhile; then it is due again, and what was told now is not what it is.
    unturned = ours.filter(state=row.state)
    if done and row.state == Alarm.State.OVER:
        unturned.delete()
    again = None if done else now + timedelta(minutes=TRY_AGAIN_MINUTES)
    unturned.update(next_action_at=again)
    ours.update(claim_token="", claim_until=None, mail_told=row.mail_told, webhook_told=row.webhook_told)


def _by_mail(row: Alarm) -> bool:
    """Whether the mail server has it, or nobody wants mail, or it was told before."""
    if row.mail_told == row.state:
        return True
    newsroom = row.newsroom or Newsroom.objects.order_by("slug").first()
    if settings.MAINSTAY_ALARM_MAIL and newsroom:
        subject, words = _words(row)
        to = settings.MAINSTAY_ALARM_MAIL
        try:
            EmailMessage(subject, words, newsroom.mail_from, to, headers=HEADERS).send()
        except (smtplib.SMTPException, OSError):
            return False
    row.mail_told = row.state
    return True


def _by_webhook(row: Alarm) -> bool:
    """Whether the webhook answered that it has it, or there is none, or it was told before."""
    if row.webhook_told == row.state:
        return True
    if settings.MAINSTAY_ALARM_WEBHOOK:
        subject, words = _words(row)
        told = {"alarm": row.kind, "state": row.state, "number": row.number, "text": f"{subject}\n{words}"}
        try:
            answer = httpx.post(settings.MAINSTAY_ALARM_WEBHOOK, json=told, timeout=WEBHOOK_SECONDS)
        except httpx.HTTPError:
            return False
        if not answer.is_success:
            return False
    row.webhook_told = row.state
    return True


def _words(row: Alarm) -> tuple[str, str]:
    """Subject and text."""
    with override(settings.LANGUAGE_CODE):
        place = row.newsroom.name if row.newsroom else gettext("the whole installation")
        over = row.state == Alarm.State.OVER
        subject = gettext("Over: %(place)s") if over else gettext("Alarm: %(place)s")
        return subject % {"place": place}, sentence(row.kind, row.number)
