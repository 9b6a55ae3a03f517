"""Where alerts go, read from the environment: never from Dagster's configuration, which the UI shows.

A secret is the value of its variable, or lies in a private file that the variable of the same name with `_FILE` names.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args

from warehouse.errors import SettingsError

Security = Literal["starttls", "tls", "none"]
PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class MailSettings:
    """The server that takes e-mail, and between whom; a password is only ever sent encrypted."""

    to: tuple[str, ...]
    sender: str
    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class WebhookSettings:
    """The address that takes alerts as JSON, which may itself be a secret, and the bearer token it wants."""

    url: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True)
class AlertSettings:
    """The channels that alerts take; None for one that is not set up."""

    mail: MailSettings | None = None
    webhook: WebhookSettings | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "AlertSettings":
        """Read `PADRON_ALERT_MAIL_TO`, `PADRON_ALERT_WEBHOOK` and those beside them; raise `SettingsError`."""
        return cls(_mail(environment), _webhook(environment))

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the channels that are set up."""
        return tuple(name for name in ("mail", "webhook") if getattr(self, name))


def _mail(environment: Mapping[str, str]) -> MailSettings | None:
    to = tuple(address.strip() for address in environment.get("PADRON_ALERT_MAIL_TO", "").split(",") if address.strip())
    if not to:
        return None
    sender = environment.get("PADRON_ALERT_MAIL_FROM", "")
    if any("@" not in address or any(sign.isspace() for sign in address) for address in (sender, *to)):
        raise SettingsError("PADRON_ALERT_MAIL_TO and PADRON_ALERT_MAIL_FROM must hold e-mail addresses, such as a@b.")
    security = environment.get("PADRON_SMTP_SECURITY", "starttls")
    if security not in get_args(Security):
        raise SettingsError(f"PADRON_SMTP_SECURITY must be one of {', '.join(get_args(Security))}.")
    host, user = environment.get("PADRON_SMTP_HOST", "localhost"), environment.get("PADRON_SMTP_USER", "")
    if user and security == "none" and host not in LOOPBACK:
        raise SettingsError("PADRON_SMTP_SECURITY is none, which bares the password. Set it to starttls or tls.")
    port = environment.get("PADRON_SMTP_PORT", str(PORTS[cast(Security, security)]))
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise SettingsError("PADRON_SMTP_PORT must be the number of a port.")
    password = _secret("PADRON_SMTP_PASSWORD", environment)
    return MailSettings(to, sender, host, int(port), cast(Security, security), user, password)


def _webhook(environment: Mapping[str, str]) -> WebhookSettings | None:
    url = _secret("PADRON_ALERT_WEBHOOK", environment)
    if url and not url.startswith(("https://", "http://")):
        raise SettingsError("PADRON_ALERT_WEBHOOK must be an address that begins with https:// or http://.")
    return WebhookSettings(url, _secret("PADRON_ALERT_WEBHOOK_TOKEN", environment)) if url else None


def _secret(name: str, environment: Mapping[str, str]) -> str:
    value, place = environment.get(name, ""), environment.get(f"{name}_FILE", "")
    if value and place:
        raise SettingsError(f"{name} and {name}_FILE are both set. Keep one of them.")
    if not place:
        return value
    file = Path(place)
    try:
        if file.stat().st_mode & 0o077:
            raise SettingsError(f"{file}: others may read it. Take that right away: chmod 600 {file}")
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{name}_FILE: {file} cannot be read ({error.strerror}).") from None
