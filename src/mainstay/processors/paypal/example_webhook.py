"""Webhooks signed as PayPal signs them, for tests, under a certificate of our own."""

from base64 import b64encode
from datetime import UTC, datetime
from zlib import crc32

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

SINCE, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)


class Signer:
    """A key and its certificate, which the local PayPal has to serve at `/certs/one.pem`."""

    def __init__(self) -> None:
        self._key = generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name(
            [x509.NameAttribute(x509.NameOID.COMMON_NAME, "messageverificationcerts.paypal.com")]
        )
        made = x509.CertificateBuilder(name, name, self._key.public_key(), x509.random_serial_number())
        lasting = made.not_valid_before(SINCE).not_valid_after(UNTIL)
        self.certificate = lasting.sign(self._key, SHA256()).public_bytes(Encoding.PEM)

    def headers(self, body: bytes, at: datetime, webhook_id: str, address: str) -> dict[str, str]:
        """What PayPal at that address would send beside the body."""
        moment = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        signed = f"T-1|{moment}|{webhook_id}|{crc32(body)}".encode()
        return {
            "paypal-auth-algo": "SHA256withRSA",
            "paypal-cert-url": f"{address}/certs/one.pem",
            "paypal-transmission-id": "T-1",
            "paypal-transmission-sig": b64encode(self._key.sign(signed, PKCS1v15(), SHA256())).decode(),
            "paypal-transmission-time": moment,
        }
