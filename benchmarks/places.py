"""What a measured process of Mainstay is told by its environment."""

import secrets
from pathlib import Path

from .processes import HOST

SECRET_KEY, RESTRICTED_KEY, PUBLIC_KEY = "sk_bench", "rk_bench", "pk_bench"
WEBHOOK_SECRET = "whsec_bench"
NEWSROOM = "far-shore"


def environment(folder: Path, database_url: str, port: int = 8000) -> dict[str, str]:
    """The settings of a real installation, in a folder that vanishes."""
    return {
        "DJANGO_SETTINGS_MODULE": "mainstay.settings.live",
        "DATABASE_URL": database_url,
        "MAINSTAY_STATE": str(folder),
        "MAINSTAY_SECRET_KEY": secrets.token_urlsafe(48),
        "MAINSTAY_SECRETS_FILE": str(folder / "secrets.toml"),
        "MAINSTAY_KEYS": str(folder / "keys"),
        "MAINSTAY_URL": f"http://{HOST}:{port}",
    }


def company_environment() -> dict[str, str]:
    """What the practice payment company is told: one account."""
    return {"SANDBOX_ACCOUNTS": f"bench:{SECRET_KEY}:{RESTRICTED_KEY}:{PUBLIC_KEY}"}
