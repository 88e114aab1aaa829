"""Certificates: a private authority, servers' for loopback addresses, and clients'."""

from __future__ import annotations

import ipaddress
import ssl
import typing as t
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# The kind of alternative name that Windows maps to an account.
USER_PRINCIPAL_NAME = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
_UTF8_STRING = 0x0C

_DAY = timedelta(days=1)
#: The period of validity, relative to now.
VALID = (-_DAY, 30 * _DAY)
EXPIRED = (-30 * _DAY, -_DAY)

Validity = tuple[timedelta, timedelta]


@dataclass(frozen=True)
class KeyPair:
    """PEM files: a certificate and its key."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates.

    Attributes:
        path: its own certificate, which others are to trust.
    """

    def __init__(self, directory: Path, name: str = "ca") -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Virtual Windows test authority")
        self.path = directory / f"{name}.pem"
        public = self._key.public_key()
        own = (
            _certificate(self._name, self._name, public, VALID)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )
        self.path.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def server(
        self, stem: str, addresses: t.Iterable[str], names: t.Iterable[str] = (), validity: Validity = VALID
    ) -> KeyPair:
        """Return a certificate for a server at these addresses and names."""
        alternatives: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(one)) for one in addresses]
        alternatives += [x509.DNSName(one) for one in names]
        return self._issue(stem, "Virtual Windows", alternatives, ExtendedKeyUsageOID.SERVER_AUTH, validity)

    def client(self, stem: str, user: str, validity: Validity = VALID) -> KeyPair:
        """Return a certificate for a local user of the machines that trust this authority."""
        principal = x509.OtherName(USER_PRINCIPAL_NAME, _utf8_string(f"{user}@localhost"))
        return self._issue(stem, user, [principal], ExtendedKeyUsageOID.CLIENT_AUTH, validity)

    def _issue(
        self,
        stem: str,
        subject: str,
        alternatives: list[x509.GeneralName],
        purpose: x509.ObjectIdentifier,
        validity: Validity,
    ) -> KeyPair:
        pair = KeyPair(self._directory / f"{stem}.pem", self._directory / f"{stem}.key")
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _certificate(_name(subject), self._name, key.public_key(), validity)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        pair.key.touch(mode=0o600)
        pair.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return pair


@dataclass(frozen=True)
class TlsFiles:
    """PEM files: the authority that clients are to trust, the server's certificate, its key.

    Attributes:
        bound: the certificate that the server uses in channel bindings, where an interceptor presents another one;
            None: the one it presents.
    """

    ca: Path
    certificate: Path
    key: Path
    bound: Path | None = None

    @classmethod
    def create(cls, directory: Path, addresses: t.Iterable[str], names: t.Iterable[str] = ()) -> TlsFiles:
        """Make an authority and one server certificate for all `addresses` and `names`, in `directory`."""
        authority = Authority(directory)
        return cls.of(authority, authority.server("server", addresses, names))

    @classmethod
    def of(cls, authority: Authority, pair: KeyPair, bound: Path | None = None) -> TlsFiles:
        """Return what a server with this certificate needs."""
        return cls(authority.path, pair.certificate, pair.key, bound)

    def context(self) -> ssl.SSLContext:
        """Return the server's side of TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def channel_binding(self) -> bytes:
        """Return the tls-server-end-point binding of the certificate (RFC 5929, 4.1)."""
        certificate = x509.load_pem_x509_certificate((self.bound or self.certificate).read_bytes())
        algorithm = certificate.signature_hash_algorithm
        if algorithm is None or algorithm.name in ("md5", "sha1"):
            algorithm = hashes.SHA256()
        return b"tls-server-end-point:" + certificate.fingerprint(algorithm)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, validity: Validity
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + validity[0])
        .not_valid_after(now + validity[1])
    )


def _utf8_string(text: str) -> bytes:
    data = text.encode()
    if len(data) > 127:
        raise ValueError(f"too long for a certificate here: {text}")
    return bytes([_UTF8_STRING, len(data)]) + data


def decode_utf8_string(der: bytes) -> str:
    """Return the text of a DER UTF8String of up to 127 bytes; empty for anything else."""
    if len(der) < 2 or der[0] != _UTF8_STRING or der[1] != len(der) - 2:
        return ""
    return der[2:].decode(errors="replace")


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
