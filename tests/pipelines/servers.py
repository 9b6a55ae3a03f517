"""Real servers on this machine's loopback address that take what alerts send: one of e-mail, one of HTTP."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Post:
    """What a mail server received; `busy` is how many messages it first turns away with a transient code."""

    def __init__(self) -> None:
        self.busy = 0
        self.refuses = ""
        self.attempts = 0
        self.received: list[EmailMessage] = []
        self.encrypted: list[bool] = []

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.attempts += 1
        if self.attempts <= self.busy:
            return "451 try again later, quoth SECRET"
        if self.refuses:
            return self.refuses
        assert isinstance(envelope.content, bytes)
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.encrypted.append(session.ssl is not None)
        return "250 taken"


@contextmanager
def mail_server(post: Post, port: int, certificate: Path | None = None, password: str = "") -> Iterator[None]:
    """A mail server on `port`; with a certificate it wants STARTTLS, with a password a login as well."""

    def authenticate(*arguments: Any) -> AuthResult:
        return AuthResult(success=arguments[4].password == password.encode(), handled=False)

    options: dict[str, Any] = {}
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        options = {"tls_context": context, "require_starttls": True}
    if password:
        options |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": certificate is not None}
    controller = Controller(post, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


class Hook:
    """What a web server was posted; `answers` are the status codes it gives, the last one from then on."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers) or [200]
        self.received: list[dict[str, Any]] = []
        self.tokens: list[str | None] = []


@contextmanager
def web_server(hook: Hook) -> Iterator[str]:
    """A web server that takes JSON; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            hook.tokens.append(self.headers["Authorization"])
            self.send_response(hook.answers.pop(0) if len(hook.answers) > 1 else hook.answers[0])
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook/SECRET"
    finally:
        server.shutdown()
        server.server_close()


def write_certificate(path: Path) -> Path:
    """A certificate for localhost, signed by itself, with its key, at `path`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
