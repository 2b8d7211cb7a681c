"""Encrypted exchanges: the certificate is held against the name that was asked for."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from apps.core import transport
from apps.core.web import System, SystemDown

NOW = datetime.now(tz=UTC)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    secret = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(pem) + secret)
    return file


@pytest.fixture(scope="module")
def httpserver_ssl_context(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture(scope="module")
def make_httpserver(httpserver_listen_address, httpserver_ssl_context):
    """One encrypted server for this file."""
    from pytest_httpserver import HTTPServer  # noqa: PLC0415 - only this fixture needs it

    host, port = httpserver_listen_address
    server = HTTPServer(
        host=host or "localhost", port=port or 0, ssl_context=httpserver_ssl_context
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _our_own_machine(settings):
    settings.SUPPORTCOORD_ALLOW_PRIVATE_HOSTS = ["127.0.0.1", "localhost"]


def read(host, port):
    return System(name="The shop", base_url=f"https://{host}:{port}").read("/", seconds=5)


def test_a_certificate_of_the_name_asked_for_is_accepted(httpserver, certificate, monkeypatch):
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(transport, "tls", lambda: trusting)
    httpserver.expect_request("/").respond_with_json({"a": 1})

    assert read("localhost", httpserver.port) == {"a": 1}


def test_a_certificate_of_another_name_is_refused(httpserver, certificate, monkeypatch):
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(transport, "tls", lambda: trusting)

    with pytest.raises(SystemDown, match="CERTIFICATE_VERIFY_FAILED"):
        read("127.0.0.1", httpserver.port)


def test_a_certificate_nobody_vouches_for_is_refused(httpserver):
    with pytest.raises(SystemDown, match="CERTIFICATE_VERIFY_FAILED"):
        read("localhost", httpserver.port)
