"""Client certificates, mapped to a local account by the user principal name in them.

The mapping is what `New-Item WSMan:/localhost/ClientCertificate` makes with the subject `ansible@localhost` and the
authority's thumbprint.
Windows checks the certificate after the TLS handshake; here a certificate that is expired or of another authority ends
the handshake with the alert that says so, which is the nearest that Python's TLS offers.
"""

from __future__ import annotations

import ssl

from cryptography import x509

from ..tls import USER_PRINCIPAL_NAME, decode_utf8_string
from .interface import Authenticator, Handshake, Peer, Settings, Step, transport

_MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"


@transport("certificate")
class CertificateAuthenticator(Authenticator):
    """Accepts clients with a certificate that is mapped to the account."""

    # A 401 does not offer it: the client must know.
    challenges = ()

    def __init__(self, settings: Settings) -> None:
        if settings.client_authority is None:
            raise ValueError("the transport certificate needs https")
        self._authority = settings.client_authority
        self.username = settings.credentials.username

    def configure(self, context: ssl.SSLContext) -> None:
        context.verify_mode = ssl.CERT_OPTIONAL
        context.load_verify_locations(self._authority)

    def accepts(self, authorization: str) -> bool:
        return authorization.strip() == _MUTUAL

    def begin(self, peer: Peer) -> Handshake:
        return _CertificateHandshake(peer, self)

    def maps(self, certificate: bytes) -> bool:
        """Return whether this certificate, which TLS has verified, stands for the account."""
        names = user_principal_names(x509.load_der_x509_certificate(certificate))
        return f"{self.username}@localhost".lower() in [name.lower() for name in names]


class _CertificateHandshake(Handshake):
    def __init__(self, peer: Peer, authenticator: CertificateAuthenticator) -> None:
        self._peer = peer
        self._authenticator = authenticator

    def step(self, authorization: str) -> Step:  # noqa: ARG002 - TLS has authenticated the client
        if self._peer.certificate is None or not self._authenticator.maps(self._peer.certificate):
            return Step(refused=True)
        return Step(principal=self._authenticator.username, per_request=True)


def user_principal_names(certificate: x509.Certificate) -> list[str]:
    """Return the user principal names among a certificate's alternative names."""
    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    others = alternatives.get_values_for_type(x509.OtherName)
    return [decode_utf8_string(other.value) for other in others if other.type_id == USER_PRINCIPAL_NAME]
