"""The files for a server keep what the threat model says of them: nothing is logged, no memory reaches the disk."""

import pytest

from tests.tidy.house import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
OF_EVERY_UNIT = (
    "CapabilityBoundingSet=",
    "LimitCORE=0",
    "NoNewPrivileges=yes",
    "PrivateTmp=yes",
    "ProtectHome=yes",
    "ProtectProc=invisible",
    "ProtectSystem=strict",
    "RestrictSUIDSGID=yes",
    "SystemCallFilter=@system-service",
)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_every_unit_is_closed_in(unit):
    lines = unit.read_text().splitlines()
    assert [option for option in OF_EVERY_UNIT if option not in lines] == []


def test_the_web_can_not_reach_private_keys():
    unit = (DEPLOY / "mainstay-web.service").read_text()
    closed = next(line for line in unit.splitlines() if line.startswith("InaccessiblePaths="))
    assert "-/var/lib/mainstay-keys" in closed
    assert "-/etc/mainstay/worker-secrets.toml" in closed


@pytest.mark.parametrize("name", ["mainstay-worker.service", "mainstay-backup.service"])
def test_no_secret_memory_is_swapped_out(name):
    assert "MemorySwapMax=0" in (DEPLOY / name).read_text().splitlines()


def test_the_proxies_log_no_requests():
    nginx = (DEPLOY / "nginx.conf").read_text()
    assert nginx.count("access_log off;") == nginx.count("\nserver {")
    assert nginx.count("error_log /dev/null emerg;") == nginx.count("\nserver {")
    assert "exclude http.log.access http.log.error" in (DEPLOY / "Caddyfile").read_text()


def test_the_proxies_pack_no_pages():
    """A page with a secret and something that a stranger chose would tell of the secret by its length (BREACH)."""
    nginx = (DEPLOY / "nginx.conf").read_text()
    assert nginx.count("gzip off;") == nginx.count("proxy_pass http://127.0.0.1:8000;") == 2
    assert "encode" not in (DEPLOY / "Caddyfile").read_text()


def test_the_onion_goes_through_the_proxy():
    """Tor's callers come from this machine: the web process would believe what they say of their address."""
    nginx, caddy = (DEPLOY / "nginx.conf").read_text(), (DEPLOY / "Caddyfile").read_text()
    onion = nginx[nginx.index("listen 127.0.0.1:8001") :]
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in onion
    assert "proxy_set_header Host your-address.onion;" in onion
    assert "header_up Host your-address.onion" in caddy
    told = (ROOT / "docs/how-to/publish-your-addresses.md").read_text(encoding="utf-8")
    assert "HiddenServicePort 80 127.0.0.1:8001" in told


def test_the_database_logs_no_values():
    lines = (DEPLOY / "postgresql.conf").read_text().splitlines()
    for line in (
        "log_statement = 'none'",
        "log_min_error_statement = 'panic'",
        "log_parameter_max_length_on_error = 0",
        "log_error_verbosity = 'terse'",
        "archive_mode = off",
        "synchronous_commit = on",
    ):
        assert line in lines
