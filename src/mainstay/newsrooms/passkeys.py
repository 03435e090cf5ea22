"""Passkeys of staff: the browser's device holds the key, we hold its public half. https://www.w3.org/TR/webauthn-3/

    challenge = 32 random bytes                                  kept by the caller until the answer, used once
    offer_registration(staff, place, challenge)                  JSON for the browser
    register(newsroom, staff, answer, label, ...)                the first one ends the password
    offer_sign_in(place, challenge); sign_in(answer, ...)        whoever holds a key is named by the key itself

The device asks for a finger, a face or a PIN each time (user verification), so a stolen device alone opens nothing.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

import webauthn
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from mainstay.audit import log
from mainstay.core.errors import MainstayError

from .models import Newsroom, Passkey, Staff

MOST = 10
LONGEST_LABEL = 40
LONGEST_ANSWER = 20_000


class BadPasskey(MainstayError):
    """The device's answer does not fit; to the person it is one sentence, whatever the reason."""

    def __init__(self, sentence: object = "") -> None:
        usual = _("This passkey was not accepted. Please try again, or use another one.")
        super().__init__(str(sentence or usual))


@dataclass(frozen=True, slots=True)
class Place:
    """Where the desk is, as the browser sees it: a passkey works at this host alone, so no imitation gets one."""

    host: str
    origin: str


def offer_registration(staff: Staff, place: Place, challenge: bytes) -> str:
    """What the browser needs to make a passkey, as JSON. The account is named by its pseudonym."""
    known = [PublicKeyCredentialDescriptor(id=bytes(key.credential_id)) for key in staff.passkeys.all()]
    options = webauthn.generate_registration_options(
        rp_id=place.host,
        rp_name="Mainstay",
        user_id=staff.pk.bytes,
        user_name=staff.pseudonym,
        challenge=challenge,
        exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return webauthn.options_to_json(options)


@transaction.atomic
def register(
    newsroom: Newsroom,
    staff: Staff,
    answer: str,
    label: str,
    *,
    place: Place,
    challenge: bytes,
    now: datetime,
) -> Passkey:
    """Keeps a new passkey; from the first one on there is no password. Other sessions end. Raises `BadPasskey`."""
    kept = " ".join(label.split())[:LONGEST_LABEL]
    if not kept:
        raise BadPasskey(_("Please give the passkey a name, such as the device it is on."))
    row = Staff.objects.select_for_update().get(pk=staff.pk)
    if row.passkeys.count() >= MOST:
        raise BadPasskey(_("You have ten passkeys. Remove one first."))
    try:
        verified = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise BadPasskey from error
    if Passkey.objects.filter(credential_id=verified.credential_id).exists():
        raise BadPasskey
    passkey = Passkey.objects.create(
        staff=row,
        label=kept,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        added_on=newsroom.today(now),
    )
    _end_sessions(staff)
    _record(newsroom, staff, "staff.passkey_added", now)
    return passkey


def offer_sign_in(place: Place, challenge: bytes) -> str:
    """What the browser needs to sign in, as JSON. It names nobody: the same for everyone who asks."""
    options = webauthn.generate_authentication_options(
        rp_id=place.host, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return webauthn.options_to_json(options)


@transaction.atomic
def sign_in(answer: str, *, place: Place, challenge: bytes) -> Staff:
    """The member of staff whose passkey answered, if they may sign in. Raises `BadPasskey`.

    A counter that did not grow means that the key was copied: it is refused.
    """
    rows = Passkey.objects.select_for_update(of=("self",)).select_related("staff")
    passkey = rows.filter(credential_id=_credential_id(answer)).first()
    if passkey is None or not passkey.staff.is_active:
        raise BadPasskey
    try:
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise BadPasskey from error
    passkey.sign_count = verified.new_sign_count
    passkey.save(update_fields=["sign_count"])
    return passkey.staff


@transaction.atomic
def remove(newsroom: Newsroom, staff: Staff, passkey_id: uuid.UUID, *, now: datetime) -> None:
    """Removes one of several; other sessions end. Raises `BadPasskey` for the last one, `Passkey.DoesNotExist`."""
    row = Staff.objects.select_for_update().get(pk=staff.pk)
    passkey = row.passkeys.get(pk=passkey_id)
    if row.passkeys.count() == 1:
        raise BadPasskey(_("This is your only passkey. Add another one first."))
    passkey.delete()
    _end_sessions(staff)
    _record(newsroom, staff, "staff.passkey_removed", now)


def _credential_id(answer: str) -> bytes:
    try:
        return webauthn.base64url_to_bytes(json.loads(answer[:LONGEST_ANSWER])["rawId"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadPasskey from error


def _end_sessions(staff: Staff) -> None:
    """Sessions hang on the password's field; a new unusable one ends them all."""
    staff.set_unusable_password()
    staff.save(update_fields=["password"])


def _record(newsroom: Newsroom, staff: Staff, action: str, now: datetime) -> None:
    day = newsroom.today(now)
    log.record(action, actor=staff.pseudonym, day=day, newsroom_id=newsroom.pk, subject=staff.pseudonym)
