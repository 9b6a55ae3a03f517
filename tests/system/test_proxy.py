"""The proxy of docs/deployment/nginx.conf, before two local servers: nobody comes through it without a login."""

import base64
import datetime
import hashlib
import http.client
import ipaddress
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from installed import free_port
from websockets.exceptions import InvalidStatus
from websockets.http11 import Request, Response
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve

pytestmark = pytest.mark.system  # CI installs nginx

CONFIGURATION = Path(__file__).resolve().parents[2] / "docs" / "deployment" / "nginx.conf"
HOST = "registry.example"
LOGIN = {"Authorization": f"Basic {base64.b64encode(b'ana:only in tests').decode()}"}
WRONG = {"Authorization": f"Basic {base64.b64encode(b'ana:guessed').decode()}"}
AROUND = """
pid {folder}/nginx.pid;
error_log stderr;
daemon off;
master_process off; # one process, with the rights of this test
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/documented.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """A running proxy: its address, what trusts its certificate, and whom the servers behind it were asked for."""

    port: int
    trust: ssl.SSLContext
    asked: list[str]

    def get(self, path: str, login: dict[str, str]) -> tuple[int, str]:
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=self.trust)
        connection.request("GET", path, headers={"Host": HOST, **login})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def websocket(self, login: dict[str, str]) -> str:
        """What comes back of a word that is sent to the UI."""
        with connect(
            f"wss://127.0.0.1:{self.port}/graphql",
            ssl=self.trust,
            additional_headers=login,
            subprotocols=["graphql-ws"],  # type: ignore[list-item]
        ) as channel:
            assert channel.subprotocol == "graphql-ws"
            channel.send("runs")
            return str(channel.recv(timeout=30))


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not nginx:
        leave_out = pytest.fail if os.environ.get("CI") else pytest.skip
        leave_out("nginx is not here; install it (on Debian: apt-get install nginx-light)")
    folder, port, asked = tmp_path_factory.mktemp("proxy"), free_port(), []
    with server("ui", asked) as ui, server("reports", asked) as reports:
        (folder / "documented.conf").write_text(moved(folder, {443: port, 3000: ui, 9464: reports}))
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
        (folder / "htpasswd").write_text(f"ana:{hashed(b'only in tests')}\n")
        trust = certify(folder)
        with started([str(nginx), "-c", str(folder / "nginx.conf"), "-p", str(folder)], port, folder / "log"):
            yield Proxy(port, trust, asked)


def moved(folder: Path, ports: dict[int, int]) -> str:
    """The documented configuration, every word of it but its ports and the places of its three files."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    elsewhere = {
        "listen 443 ssl;": f"listen 127.0.0.1:{ports[443]} ssl;",
        "http://127.0.0.1:3000;": f"http://127.0.0.1:{ports[3000]};",
        "http://127.0.0.1:9464;": f"http://127.0.0.1:{ports[9464]};",
        "/etc/ssl/registry.example.pem;": f"{folder}/certificate.pem;",
        "/etc/ssl/private/registry.example.key;": f"{folder}/key.pem;",
        "/etc/nginx/padron.htpasswd;": f"{folder}/htpasswd;",
    }
    for documented, here in elsewhere.items():
        assert text.count(documented) == 1, documented
        text = text.replace(documented, here)
    return text


def hashed(password: bytes) -> str:
    """The password as `htpasswd` may keep it: salted SHA-1, the one way that needs no system's crypt()."""
    salt = b"8 bytes."
    return "{SSHA}" + base64.b64encode(hashlib.sha1(password + salt).digest() + salt).decode()


def certify(folder: Path) -> ssl.SSLContext:
    """Write a certificate of the proxy's own; return what trusts that one alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    return ssl.create_default_context(cafile=str(folder / "certificate.pem"))


@contextmanager
def server(name: str, asked: list[str]) -> Iterator[int]:
    """A server of pages and of one websocket, which notes in `asked` what it is asked; yields its port."""

    def page(connection: ServerConnection, request: Request) -> Response | None:
        asked.append(f"{name} {request.path} for {request.headers['Host']}")
        return None if request.headers.get("Upgrade") == "websocket" else connection.respond(200, name)

    def talk(channel: ServerConnection) -> None:
        for word in channel:
            channel.send(f"{name} heard {word!s}")

    with serve(talk, "127.0.0.1", 0, process_request=page, subprotocols=["graphql-ws"]) as listening:  # type: ignore[list-item]
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield int(listening.socket.getsockname()[1])


@contextmanager
def started(command: list[str], port: int, log: Path) -> Iterator[None]:
    """A process that answers at `port`, ended by its pid."""
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            until = time.monotonic() + 60
            while not answers(port):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.wait(30)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("path", ["/", "/graphql", "/reports/release.html"])
@pytest.mark.parametrize("login", [{}, WRONG], ids=["no login", "a wrong password"])
def test_without_a_login_nothing_is_seen(proxy: Proxy, path: str, login: dict[str, str]) -> None:
    before = len(proxy.asked)
    status, body = proxy.get(path, login)
    assert status == 401
    assert "ui" not in body.split()
    assert len(proxy.asked) == before, "nobody behind the proxy was asked"


@pytest.mark.parametrize(("path", "name"), [("/runs?limit=1", "ui"), ("/reports/a.html", "reports")])
def test_with_a_login_the_ui_and_the_reports_are_seen(proxy: Proxy, path: str, name: str) -> None:
    assert proxy.get(path, LOGIN) == (200, name)
    assert proxy.asked[-1] == f"{name} {path} for {HOST}"


def test_the_ui_follows_runs_over_a_websocket(proxy: Proxy) -> None:
    assert proxy.websocket(LOGIN) == "ui heard runs"
    with pytest.raises(InvalidStatus) as refused:
        proxy.websocket({})
    assert refused.value.response.status_code == 401


def test_nobody_is_answered_without_encryption(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
    connection.request("GET", "/", headers=LOGIN)
    assert connection.getresponse().status == 400
