"""Settings from the environment: each read is checked, and a wrong value stops the start."""

import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ

from supportcoord.mail_url import PROVIDERS, mail_settings

# `make run` is for this one machine, whichever database it is pointed at.
MAKES_KEYS = sys.argv[1:2] == ["dev"]
YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}
POSTGRES = {"postgres", "postgresql", "pgsql"}
SHORTEST_SECRET = 24


class CannotStart(SystemExit):
    """One sentence on standard error, exit code 1, no traceback."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"supportcoord cannot start: {sentence}")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a process listens: a port of a host, or a socket in the file system."""

    host: str = ""
    port: int | None = None
    socket: Path | None = None


class Environment:
    """Reads names from the process, then `.env`, then what `make run` left for other shells.

    `NAME_FILE` may stand for any `NAME`: the value is what that file holds. An empty value is
    as good as none. Every name asked for is remembered in `names`, which a test holds against
    `.env.example`.
    """

    def __init__(self, base_dir: Path, process: Mapping[str, str] | None = None) -> None:
        self.base_dir = base_dir
        self.names: list[str] = []
        self.sources: list[Mapping[str, str]] = [os.environ if process is None else process]
        own_file = self.sources[0].get("ENV_FILE", ".env")
        self.names.append("ENV_FILE")
        if own_file:
            self.sources.append(_assignments(base_dir / own_file))
        var = self._value("SUPPORTCOORD_VAR") or "var"
        self.sources.append(_assignments(base_dir / var / "stack.env"))

    def text(self, name: str, *, default: str | None = None) -> str:
        """Read any text; required when there is no default."""
        value = self._asked(name)
        if value:
            return value
        if default is None:
            raise CannotStart(f"{name} is not set; .env.example says what it is.")
        return default

    def secret(self, name: str, *, default: str | None = None, kept: Path | None = None) -> str:
        """Read a text never shown; with `kept`, one without DATABASE_URL makes its own, once."""
        value = self._asked(name)
        if value or kept is None:
            return value or self.text(name, default=default)
        with suppress(OSError):
            if not kept.exists() and (MAKES_KEYS or not self._value("DATABASE_URL")):
                _keep(kept, secrets.token_urlsafe(48))
            return kept.read_text().strip()
        raise CannotStart(f"{name} is not set; any long random text will do, always the same one.")

    def secrets(self, name: str, *, kept: Path) -> list[str]:
        """Read secrets between commas, newest first; each long enough not to be guessed."""
        found = [word.strip() for word in self.secret(name, kept=kept).split(",") if word.strip()]
        if not found or min(map(len, found)) < SHORTEST_SECRET:
            raise CannotStart(f"{name} needs at least {SHORTEST_SECRET} characters for each key.")
        return found

    def flag(self, name: str, *, default: bool) -> bool:
        """Read a yes or no."""
        value = self._asked(name).lower()
        if value and value not in YES | NO:
            raise CannotStart(f'{name} is "{value}"; write 1 or 0.')
        return value in YES if value else default

    def words(self, name: str, *, default: str) -> list[str]:
        """Read words between commas."""
        return [
            word.strip() for word in self.text(name, default=default).split(",") if word.strip()
        ]

    def endings(self, name: str, *, default: str) -> frozenset[str]:
        """Read endings of file names between commas; `none` stands for no ending at all."""
        found = {word.lower().lstrip(".") for word in self.words(name, default=default)}
        if any(not word.isalnum() for word in found):
            raise CannotStart(f"{name} takes endings such as exe,js between commas, or none.")
        return frozenset(found - {"none"})

    def pairs(
        self, name: str, *, among: Sequence[str], shortest: int, wanted: Sequence[str] = ()
    ) -> dict[str, str]:
        """Read `word=secret` between commas; each word needs a secret that is long enough."""
        found = {}
        for pair in self.secret(name, default="").split(","):
            word, _, secret = (piece.strip() for piece in pair.partition("="))
            if word and word not in among:
                raise CannotStart(f'{name} names "{word}"; write some of {", ".join(among)}.')
            if word and len(secret) < shortest:
                raise CannotStart(
                    f"{name} names {word} without a secret; write {word}=secret, "
                    f"with at least {shortest} characters."
                )
            if word:
                found[word] = secret
        if lacking := [word for word in wanted if word not in found]:
            raise CannotStart(f"{name} lacks {lacking[0]}; write {lacking[0]}=key.")
        return found

    def number(self, name: str, *, default: int, least: int = 0, most: int | None = None) -> int:
        """Read a whole number between two bounds."""
        value = self.text(name, default=str(default))
        bounds = f"from {least}" + (f" to {most}" if most is not None else "")
        if not value.isdecimal() or int(value) < least or (most is not None and int(value) > most):
            raise CannotStart(f'{name} is "{value}"; write a whole number {bounds}.')
        return int(value)

    def choice(self, name: str, *, default: str, among: Sequence[str]) -> str:
        """Read one word out of a few."""
        value = self.text(name, default=default)
        if value not in among:
            raise CannotStart(f'{name} is "{value}"; write one of {", ".join(among)}.')
        return value

    def zone(self, name: str, *, default: str) -> str:
        """Read the name of a time zone."""
        value = self.text(name, default=default)
        try:
            return ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise CannotStart(
                f'{name} is "{value}"; write a name such as Europe/Berlin.'
            ) from None

    def path(self, name: str, *, default: Path) -> Path:
        """Read a file or folder; a relative one starts at the project root."""
        return self.base_dir / Path(self.text(name, default=str(default))).expanduser()

    def place(self, name: str) -> Place | None:
        """Read where to listen, `host:port` or the path of a socket; None when nowhere."""
        value = self._asked(name)
        if value.startswith("/"):
            return Place(socket=Path(value))
        with suppress(ValueError):
            parts = urlsplit(f"//{value}")
            if parts.hostname and parts.port and parts.netloc == value and not parts.username:
                return Place(host=parts.hostname, port=parts.port)
        if value:
            raise CannotStart(f"{name} is no place such as 127.0.0.1:2424 or /run/desk/lmtp.")
        return None

    def url(
        self, name: str, *, default: str | None = None, schemes: Sequence[str] = ("http", "https")
    ) -> str:
        """Read an address with a host; no sentence repeats it, for it may hold a password."""
        value = self.text(name, default=default).rstrip("/")
        if value and not _is_address(value, schemes):
            raise CannotStart(f"{name} is not an address such as {schemes[0]}://host:port.")
        return value

    def daemon(self, name: str) -> str:
        """Read where a daemon listens: `tcp://host:port` or `unix:///path`; none when empty."""
        value = self._asked(name)
        by_path = value.startswith("unix:///") and len(value) > len("unix:///")
        if value and not by_path and not (_is_address(value, ["tcp"]) and urlsplit(value).port):
            raise CannotStart(
                f"{name} is not an address such as tcp://host:3310 or unix:///path/to/socket."
            )
        return value

    def database(self, name: str, *, default: str) -> dict[str, Any]:
        """Read where PostgreSQL is, as Django wants it told."""
        value = self.text(name, default=default)
        example = "postgresql://user:password@host:5432/name"
        try:
            config: dict[str, Any] = environ.Env.db_url_config(value)
        except ValueError:
            raise CannotStart(f"{name} is not an address such as {example}.") from None
        if urlsplit(value).scheme not in POSTGRES or not config.get("NAME"):
            raise CannotStart(f"{name} must name a PostgreSQL database, such as {example}.")
        return config | {"HOST": unquote(config["HOST"])}

    def email_url(self, name: str, *, outbox: Path) -> dict[str, Any]:
        """Read how mail leaves; no sentence repeats it, for it holds a password or a key."""
        value = self._asked(name)
        found = mail_settings(value, outbox=outbox)
        if found is None and value.startswith("anymail+"):
            known = ", ".join(sorted(PROVIDERS))
            raise CannotStart(
                f"{name} is not an address such as anymail+postmark://key@ (known: {known})."
            )
        if found is None:
            raise CannotStart(
                f"{name} is not an address such as smtp+tls://user:password@host:587."
            )
        return found

    def given(self, name: str) -> bool:
        """Whether somebody set this name on purpose, in the process or in `.env`."""
        *on_purpose, _left_by_make_run = self.sources
        return any(source.get(name) or source.get(f"{name}_FILE") for source in on_purpose)

    def _asked(self, name: str) -> str:
        if name not in self.names:
            self.names.append(name)
        return self._value(name)

    def _value(self, name: str) -> str:
        for source in self.sources:
            if source.get(name):
                return source[name].strip()
            if source.get(f"{name}_FILE"):
                return _contents(name, source[f"{name}_FILE"])
        return ""


def _contents(name: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise CannotStart(f"{name}_FILE names {path}, which cannot be read.") from None


def _assignments(path: Path) -> dict[str, str]:
    """Lines `NAME=value`; quotes around a value and ` # remarks` behind it are taken off."""
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        raise CannotStart(f"{path} cannot be read.") from None
    found = {}
    for number, line in enumerate(map(str.strip, lines), start=1):
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.removeprefix("export ").partition("=")
        if not equals or not name.strip().isidentifier():
            raise CannotStart(f"line {number} of {path} is not NAME=value.")
        found[name.strip()] = _unquoted(value.strip())
    return found


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return "" if value.startswith("#") else value.split(" #")[0].rstrip()


def _is_address(value: str, schemes: Sequence[str]) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _keep(path: Path, text: str) -> None:
    """Write once, for this user's eyes only; whoever comes second reads what the first wrote."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
