"""The real server process: one line when it listens, and a connection that is really cut."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from mainstay_sandbox.conftest import SHOP
from mainstay_sandbox.controls import Controls
from tools.ports import free_port

SOURCE = Path(__file__).parent.parent
ACCOUNT = f"{SHOP.name}:{SHOP.secret_key}:{SHOP.restricted_key}:{SHOP.publishable_key}"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "mainstay_sandbox",
            "--port",
            str(port),
            "--fast",
            "--database",
            "sandbox.sqlite3",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(SOURCE), "SANDBOX_ACCOUNTS": ACCOUNT},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        assert line == f"listening on http://127.0.0.1:{port}\n"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=20)
    assert rest == ""


def call(address: str, path: str, body: dict, key: str = SHOP.secret_key) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": path}
    return httpx.post(address + path, json=body, headers=headers, timeout=30)


def test_a_payment_and_a_cut_connection(served: str):
    card = {"number": "4000000000008880", "exp_month": 12, "exp_year": 2099, "cvc": "123"}
    token = call(served, "/v1/tokens", card, SHOP.publishable_key).json()["id"]
    body = {"amount_minor": 500, "currency": "USD", "reference": "r"}
    intent = call(served, "/v1/intents", body).json()["id"]
    with pytest.raises(httpx.RemoteProtocolError):
        call(served, f"/v1/intents/{intent}/confirm", {"token": token})
    headers = {"Authorization": f"Bearer {SHOP.secret_key}"}
    assert httpx.get(f"{served}/v1/intents/{intent}", headers=headers).json()["status"] == "processing"


def test_faults_and_webhooks_of_the_real_server(served: str):
    received = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            received.set()

        def log_message(self, format: str, *args: object) -> None:
            pass

    shop = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=shop.serve_forever, daemon=True).start()
    controls = Controls(served, SHOP.secret_key)
    controls.change_settings(webhook_url=f"http://127.0.0.1:{shop.server_port}/", webhook_secrets=["s"])
    body = {"amount_minor": 500, "currency": "USD", "reference": "r"}
    controls.fault("prepare", "slow_drip", hold_seconds=0.4)
    intent = call(served, "/v1/intents", body).json()["id"]
    controls.fault("cancel", "timeout_after", hold_seconds=0.2)
    with pytest.raises(httpx.RemoteProtocolError):
        call(served, f"/v1/intents/{intent}/cancel", {})
    assert received.wait(10)
    shop.shutdown()
    shop.server_close()


def test_a_file_of_another_version_is_explained(tmp_path: Path):
    old = sqlite3.connect(tmp_path / "s")
    old.execute("CREATE TABLE accounts (id TEXT)")
    old.close()
    command = [sys.executable, "-m", "mainstay_sandbox", "--database", str(tmp_path / "s")]
    result = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(SOURCE)}, capture_output=True, text=True, timeout=20
    )
    assert result.returncode == 2
    assert "another version of the practice company" in result.stderr


def test_an_account_written_wrong_is_explained(tmp_path: Path):
    command = [
        sys.executable,
        "-m",
        "mainstay_sandbox",
        "--database",
        str(tmp_path / "s"),
        "--account",
        "a:b",
    ]
    result = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(SOURCE)}, capture_output=True, text=True, timeout=20
    )
    assert result.returncode == 2
    assert "NAME:SECRET_KEY:RESTRICTED_KEY:PUBLISHABLE_KEY" in result.stderr
