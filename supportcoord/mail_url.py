"""How mail leaves, read from one address: a mail server, a provider over HTTP, or a folder."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import environ

SERVERS = {"smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "memorymail", "dummymail"}
PROVIDERS = {
    "brevo": "API_KEY",
    "mailgun": "API_KEY",
    "postmark": "SERVER_TOKEN",
    "resend": "API_KEY",
    "sendgrid": "API_KEY",
    "sparkpost": "API_KEY",
}
"""Mail providers that are spoken to over HTTP, and what each calls its key."""

PROVIDER_SECONDS = 30
OUTBOX = "apps.channels.adapters.outbox.OutboxBackend"


def mail_settings(value: str, *, outbox: Path) -> dict[str, Any] | None:
    """Django's settings for this address; None for one that says nothing of the kind."""
    if not value:
        return {"EMAIL_BACKEND": OUTBOX, "EMAIL_FILE_PATH": outbox}
    try:
        scheme = urlsplit(value).scheme
        if scheme.startswith("anymail+"):
            return provider_settings(value)
        config: dict[str, Any] = environ.Env.email_url_config(value) if scheme in SERVERS else {}
    except ValueError:
        return None
    if not config or ("smtp" in scheme and not config["EMAIL_HOST"]):
        return None
    return {key: setting for key, setting in config.items() if setting is not None}


def provider_settings(value: str) -> dict[str, Any] | None:
    """``anymail+provider://key@[sending-domain]/[?api_url=…]``; the domain is Mailgun's alone."""
    parts = urlsplit(value)
    provider = parts.scheme.partition("+")[2]
    asked = parse_qs(parts.query)
    if provider not in PROVIDERS or not parts.username or asked.keys() - {"api_url"}:
        return None
    config: dict[str, Any] = {
        f"{provider.upper()}_{PROVIDERS[provider]}": unquote(parts.username),
        "REQUESTS_TIMEOUT": PROVIDER_SECONDS,
    }
    if parts.hostname and provider == "mailgun":
        config["MAILGUN_SENDER_DOMAIN"] = parts.hostname
    if api_url := asked.get("api_url"):
        if urlsplit(api_url[0]).scheme not in ("http", "https"):
            return None
        config[f"{provider.upper()}_API_URL"] = api_url[0]
    return {"EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend", "ANYMAIL": config}
