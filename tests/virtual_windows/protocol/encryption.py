"""Encrypted message bodies: the multipart framing of [MS-WSMV] 2.2.9.1 around what a security context seals."""

from __future__ import annotations

import struct
import typing as t
from abc import ABC, abstractmethod

_BOUNDARY = "Encrypted Boundary"
_SEPARATOR = b"--Encrypted Boundary"
_OCTETS = b"\tContent-Type: application/octet-stream\r\n"
# A message by CredSSP is sealed in pieces of this size.
_PIECE = 16_384
SPNEGO_PROTOCOL = "application/HTTP-SPNEGO-session-encrypted"
KERBEROS_PROTOCOL = "application/HTTP-Kerberos-session-encrypted"
CREDSSP_PROTOCOL = "application/HTTP-CredSSP-session-encrypted"


def is_encrypted(content_type: str) -> bool:
    """Return whether a body of this type is encrypted."""
    return content_type.lower().startswith(("multipart/encrypted", "multipart/x-multi-encrypted"))


class Sealer(ABC):
    """Encrypts and decrypts the message bodies of one connection."""

    @abstractmethod
    def unseal(self, content_type: str, body: bytes) -> bytes:
        """Return the plain body; ValueError when it cannot be decrypted."""

    @abstractmethod
    def seal(self, plain: bytes) -> tuple[str, bytes]:
        """Return content type and bytes of the encrypted body."""


class Wrapping(t.Protocol):
    """A context that seals: pyspnego's, or one with its interface."""

    def wrap_winrm(self, data: bytes) -> tuple[bytes, bytes, int]:
        """Return head, encrypted data, and the number of bytes of padding."""

    def unwrap_winrm(self, header: bytes, data: bytes) -> bytes:
        """Return the plain data."""


class SpnegoSealer(Sealer):
    """Sealing by a Negotiate or Kerberos context: a message in one piece."""

    def __init__(self, context: Wrapping, protocol: str = SPNEGO_PROTOCOL) -> None:
        self._context = context
        self._protocol = protocol

    def unseal(self, content_type: str, body: bytes) -> bytes:
        if self._protocol.lower() not in content_type.lower():
            raise ValueError(f"not sealed by {self._protocol}: {content_type}")
        # preamble, (type and length, data) for each piece, epilogue
        parts = body.split(_SEPARATOR)
        if len(parts) < 4 or len(parts) % 2:
            raise ValueError("no encrypted message")
        pieces = list(zip(parts[1:-1:2], parts[2:-1:2], strict=True))
        if len(pieces) > self._most(content_type):
            raise ValueError("no encrypted message of one piece")
        return b"".join(self._unseal(described, sealed) for described, sealed in pieces)

    def seal(self, plain: bytes) -> tuple[str, bytes]:
        return f'multipart/encrypted;protocol="{self._protocol}";boundary="{_BOUNDARY}"', self._sealed([plain])

    def _most(self, content_type: str) -> int:  # noqa: ARG002 - CredSSP's looks
        return 1

    def _unseal(self, described: bytes, sealed: bytes) -> bytes:
        if b"Length=" not in described:
            raise ValueError("no encrypted message")
        expected = int(described.rpartition(b"Length=")[2])
        sealed = sealed.removeprefix(b"\r\n").removeprefix(_OCTETS)
        try:
            (size,) = struct.unpack("<i", sealed[:4])
            plain = self._context.unwrap_winrm(sealed[4 : 4 + size], sealed[4 + size :])
        except Exception as error:
            raise ValueError("cannot be decrypted") from error
        if len(plain) != expected:
            raise ValueError(f"{len(plain)} bytes instead of {expected}")
        return plain

    def _sealed(self, pieces: list[bytes]) -> bytes:
        framed = b""
        for piece in pieces:
            header, data, padding = self._context.wrap_winrm(piece)
            framed += (
                f"--{_BOUNDARY}\r\n\tContent-Type: {self._protocol}\r\n"
                f"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={len(piece) + padding}\r\n"
                f"--{_BOUNDARY}\r\n"
            ).encode()
            framed += _OCTETS + struct.pack("<i", len(header)) + header + data
        return framed + _SEPARATOR + b"--\r\n"


class CredSspSealer(SpnegoSealer):
    """Sealing by CredSSP's TLS: a long message in several pieces ([MS-WSMV] 2.2.9.1.3)."""

    def __init__(self, context: Wrapping) -> None:
        super().__init__(context, CREDSSP_PROTOCOL)

    def seal(self, plain: bytes) -> tuple[str, bytes]:
        if len(plain) <= _PIECE:
            return super().seal(plain)
        pieces = [plain[start : start + _PIECE] for start in range(0, len(plain), _PIECE)]
        kind = f'multipart/x-multi-encrypted;protocol="{self._protocol}";boundary="{_BOUNDARY}"'
        return kind, self._sealed(pieces)

    def _most(self, content_type: str) -> int:
        return 1_000 if content_type.lower().startswith("multipart/x-multi-encrypted") else 1
