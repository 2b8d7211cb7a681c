"""Real IMAP servers, each a process of its own: `with dovecot() as server: server.put(mail())`."""

import imaplib
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.make.servers import closed_port

DOVECOT = shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))
NO_DOVECOT = "dovecot is not installed here: apt-get install dovecot-imapd"
USER, PASSWORD = "help@desk.example", "long-word-17"
SETTINGS = """
base_dir = {run}
state_dir = {run}
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{home}/mail/%u
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
ssl_dh =
mailbox_idle_check_interval = 1 s
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {home}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
TOKENS = """
introspection_mode = post
introspection_url = {url}/introspect
force_introspection = yes
username_attribute = email
active_attribute = active
active_value = true
"""


@dataclass
class ImapServer:
    """A server that runs, and what one does at its other end."""

    port: int
    tls_port: int = 0
    ca: Path = Path()
    user: str = USER
    password: str = PASSWORD

    @contextmanager
    def client(self, folder: str = "") -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, 10) as client:
            client.login(self.user, self.password)
            if folder:
                assert client.select(folder)[0] == "OK"
            yield client

    def put(self, *mails: bytes, folder: str = "INBOX", flags: str = "") -> None:
        """Have these mails arrive."""
        with self.client() as client:
            for raw in mails:
                assert client.append(folder, flags, None, raw)[0] == "OK"  # type: ignore[arg-type]

    def make(self, folder: str) -> None:
        with self.client() as client:
            assert client.create(folder)[0] == "OK"

    def forget(self, folder: str) -> None:
        with self.client() as client:
            client.delete(folder)

    def renew(self, folder: str) -> None:
        """The same name, but another folder: its UIDVALIDITY is a new one."""
        with self.client() as client:
            assert client.delete(folder)[0] == "OK"
            assert client.create(folder)[0] == "OK"

    def change(self, uid: int, *flags: str, folder: str = "INBOX", sign: str = "+") -> None:
        with self.client(folder) as client:
            assert client.uid("STORE", str(uid), f"{sign}FLAGS", f"({' '.join(flags)})")[0] == "OK"

    def flags(self, folder: str = "INBOX") -> dict[int, set[str]]:
        """The flags of each mail by its UID, without those the server sets by itself."""
        with self.client(folder) as client:
            _, lines = client.uid("FETCH", "1:*", "(UID FLAGS)")
        found = {}
        for line in (line.decode() for line in lines if isinstance(line, bytes)):
            uid, flags = re.search(r"UID (\d+)", line), re.search(r"FLAGS \((.*?)\)", line)
            if uid and flags:
                found[int(uid[1])] = set(flags[1].split()) - {"\\Recent"}
        return found


@contextmanager
def pymap() -> Iterator[ImapServer]:
    """A small server that keeps its mails in memory."""
    server = ImapServer(closed_port())
    command = [sys.executable, "-c", "from pymap.main import main; main()"]
    command += ["--no-tls", "--host", "127.0.0.1"]
    command += ["--port", str(server.port), "--no-service", "managesieve"]
    command += ["dict", "--demo-user", server.user, "--demo-password", server.password]
    with _process(command, server):
        yield server


@contextmanager
def dovecot(tokens: str = "http://127.0.0.1:1", more: str = "") -> Iterator[ImapServer]:
    """Debian's own server, with TLS by an authority made for it.

    ``tokens`` is where it asks about the access tokens that it is shown; ``more`` are settings.
    """
    if not DOVECOT and not os.environ.get("EVERY_TEST"):
        pytest.skip(NO_DOVECOT)
    assert DOVECOT, NO_DOVECOT
    user = pwd.getpwnam("dovenull") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    home = Path(tempfile.mkdtemp(prefix="dovecot-"))
    try:
        server = ImapServer(closed_port(), closed_port(), home / "ca.pem")
        certify(home)
        (home / "mail").mkdir()
        group = subprocess.check_output(["id", "-gn", user.pw_name], text=True).strip()
        (home / "dovecot.conf").write_text(
            SETTINGS.format(
                run=home / "run",
                home=home,
                user=user.pw_name,
                group=group,
                password=server.password,
                port=server.port,
                tls_port=server.tls_port,
            )
            + more
        )
        (home / "oauth2.conf").write_text(TOKENS.format(url=tokens))
        for path in (home, *home.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid)
        command = [DOVECOT, "-F", "-c", str(home / "dovecot.conf")]
        with _process(command, server, user=user.pw_uid, group=user.pw_gid, extra_groups=[]):
            yield server
    finally:
        shutil.rmtree(home)


@contextmanager
def _process(command: list[str], server: ImapServer, **options) -> Iterator[None]:
    if os.geteuid() != 0:
        options = {}
    process = subprocess.Popen(command, start_new_session=True, **options)
    try:
        _await(server, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(server: ImapServer, process: subprocess.Popen) -> None:
    """Until it lets somebody in; a server that ends instead has said why."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert process.poll() is None, "The server ended."
        with suppress(OSError, imaplib.IMAP4.error), server.client():
            return
        time.sleep(0.05)
    raise AssertionError("The server lets nobody in.")


def certify(home: Path) -> None:
    """An authority, and a certificate of it for ``localhost`` alone."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    here = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    ca = _draft(ca_name, ca_name, ca_key).add_extension(x509.BasicConstraints(True, 0), True)
    cert = _draft(name, ca_name, key).add_extension(here, False)
    for file, draft in (("ca.pem", ca), ("cert.pem", cert)):
        signed = draft.sign(ca_key, hashes.SHA256())
        (home / file).write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (home / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _draft(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
    )
