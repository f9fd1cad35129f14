"""Connecting to a checked address must not weaken TLS: the certificate is compared with the host's name."""

from __future__ import annotations

import socket
import ssl
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lti_tool.db import utc_now
from lti_tool.errors import LMSUnavailableError
from lti_tool.lms.http import Gateway


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_arguments):
        """Write nothing."""


@pytest.fixture
def certificate(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lms.example")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(utc_now() - timedelta(days=1)).not_valid_after(utc_now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("lms.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return str(path)


@pytest.fixture
def port(certificate, monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.server_port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: found)
    Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_a_certificate_of_the_host_is_accepted_and_any_other_is_not(port, certificate):
    gateway = Gateway({"lms.example", "other.example"})
    with pytest.raises(LMSUnavailableError, match="certificate"):
        gateway.get_json(f"https://lms.example:{port}/")

    gateway = Gateway({"lms.example", "other.example"}, trusted=certificate)

    assert gateway.get_json(f"https://lms.example:{port}/") == {}
    with pytest.raises(LMSUnavailableError, match="certificate"):
        gateway.get_json(f"https://other.example:{port}/")
