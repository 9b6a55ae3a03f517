"""The two ways an alert takes: an e-mail, and a request to a webhook. Each is tried again where that may help."""

import hashlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

import requests
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from pipelines.alerts.alert import Alert, AlertError
from pipelines.alerts.settings import AlertSettings, MailSettings, WebhookSettings

SECONDS = 15
"""How long a server may keep silent."""
ATTEMPTS = 3
BUSY = {408, 425, 429, 500, 502, 503, 504}
"""What a web server answers that may take the same request a moment later."""


class BusyError(AlertError):
    """The server cannot be reached or takes nothing just now: another attempt may help."""


def deliver(alert: Alert, channel: str, settings: AlertSettings) -> None:
    """Send `alert` by the channel of that name; raise `AlertError`, whose message holds no secret."""
    for attempt in Retrying(
        retry=retry_if_exception_type(BusyError),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential(multiplier=0.25, max=4),
        reraise=True,
    ):
        with attempt:
            if channel == "mail" and settings.mail:
                send_mail(alert, settings.mail)
            elif channel == "webhook" and settings.webhook:
                call_webhook(alert, settings.webhook)


def send_mail(alert: Alert, settings: MailSettings) -> None:
    """Send `alert` as an e-mail to all recipients in one message."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = alert.subject, settings.sender, ", ".join(settings.to)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{_name(alert)}@padron>"  # the same alert sent twice is one message to its reader
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(alert.text)
    with _told_of_mail(settings), _server(settings) as server:
        if settings.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.user:
            server.login(settings.user, settings.password)
        server.send_message(message)


def call_webhook(alert: Alert, settings: WebhookSettings) -> None:
    """Post `alert` as JSON: `text` for chat services, and its parts for programs."""
    document = {
        "text": f"{alert.subject}\n{alert.text}", "subject": alert.subject, "lines": list(alert.lines),
        "key": _name(alert),
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {settings.token}"} if settings.token else {}
    try:
        answer = requests.post(settings.url, json=document, headers=headers, timeout=SECONDS, allow_redirects=False)
    except (requests.ConnectionError, requests.Timeout) as error:
        raise BusyError(f"The webhook cannot be reached ({type(error).__name__}).") from None
    except requests.RequestException as error:
        raise AlertError(f"The webhook's address cannot be used ({type(error).__name__}).") from None
    if answer.status_code in BUSY:
        raise BusyError(f"The webhook answers with status {answer.status_code}.")
    if not 200 <= answer.status_code < 300:
        raise AlertError(f"The webhook answers with status {answer.status_code}. Mend PADRON_ALERT_WEBHOOK.")


def _server(settings: MailSettings) -> smtplib.SMTP:
    if settings.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=SECONDS, context=context)
    return smtplib.SMTP(settings.host, settings.port, timeout=SECONDS)


@contextmanager
def _told_of_mail(settings: MailSettings) -> Iterator[None]:
    """Tell what the server refuses, without its words, which may quote an address or a password."""
    where = f"The mail server {settings.host}:{settings.port}"
    try:
        yield
    except ssl.SSLError as error:
        raise AlertError(f"{where} shows no certificate to be trusted ({type(error).__name__}).") from None
    except smtplib.SMTPAuthenticationError as error:
        raise _refused(f"{where} refuses the account", error.smtp_code, "PADRON_SMTP_USER and its password") from None
    except smtplib.SMTPResponseException as error:
        raise _refused(f"{where} refuses the message", error.smtp_code, "PADRON_ALERT_MAIL_FROM") from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _refused(f"{where} refuses every recipient", min(codes), "PADRON_ALERT_MAIL_TO") from None
    except smtplib.SMTPNotSupportedError:
        raise AlertError(f"{where} offers no encryption or no login. Mend PADRON_SMTP_SECURITY.") from None
    except (smtplib.SMTPException, OSError) as error:
        raise BusyError(f"{where} cannot be reached ({type(error).__name__}).") from None


def _refused(what: str, code: int, setting: str) -> AlertError:
    """Codes from 400 to 499 mean that the server may take it later."""
    if 400 <= code < 500:
        return BusyError(f"{what} for now (code {code}).")
    return AlertError(f"{what} (code {code}). Mend {setting}.")


def _name(alert: Alert) -> str:
    return hashlib.sha256(alert.key.encode()).hexdigest()[:32]
