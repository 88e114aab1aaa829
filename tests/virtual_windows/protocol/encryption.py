"""Encrypted message bodies: the multipart framing of [MS-WSMV] 2.2.9.1 around what a security context seals."""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod

import spnego

_BOUNDARY = "Encrypted Boundary"
_SEPARATOR = b"--Encrypted Boundary"
_OCTETS = b"\tContent-Type: application/octet-stream\r\n"
SPNEGO_PROTOCOL = "application/HTTP-SPNEGO-session-encrypted"


def is_encrypted(content_type: str) -> bool:
    """Whether a body of this type is encrypted."""
    return content_type.lower().startswith(("multipart/encrypted", "multipart/x-multi-encrypted"))


class Sealer(ABC):
    """Encrypts and decrypts the message bodies of one connection."""

    @abstractmethod
    def unseal(self, content_type: str, body: bytes) -> bytes:
        """The plain body; ValueError when it cannot be decrypted."""

    @abstractmethod
    def seal(self, plain: bytes) -> tuple[str, bytes]:
        """Content type and bytes of the encrypted body."""


class SpnegoSealer(Sealer):
    """Sealing by a Negotiate context."""

    def __init__(self, context: spnego.ContextProxy) -> None:
        self._context = context

    def unseal(self, content_type: str, body: bytes) -> bytes:
        if SPNEGO_PROTOCOL.lower() not in content_type.lower():
            raise ValueError(f"not sealed by Negotiate: {content_type}")
        # preamble, type and length, data, epilogue
        parts = body.split(_SEPARATOR)
        if len(parts) != 4 or b"Length=" not in parts[1]:
            raise ValueError("no encrypted message")
        expected = int(parts[1].rpartition(b"Length=")[2])
        sealed = parts[2].removeprefix(b"\r\n").removeprefix(_OCTETS)
        try:
            (size,) = struct.unpack("<i", sealed[:4])
            plain = self._context.unwrap_winrm(sealed[4 : 4 + size], sealed[4 + size :])
        except Exception as error:
            raise ValueError("cannot be decrypted") from error
        if len(plain) != expected:
            raise ValueError(f"{len(plain)} bytes instead of {expected}")
        return plain

    def seal(self, plain: bytes) -> tuple[str, bytes]:
        header, data, padding = self._context.wrap_winrm(plain)
        framed = (
            f"--{_BOUNDARY}\r\n\tContent-Type: {SPNEGO_PROTOCOL}\r\n"
            f"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={len(plain) + padding}\r\n"
            f"--{_BOUNDARY}\r\n"
        ).encode()
        sealed = framed + _OCTETS + struct.pack("<i", len(header)) + header + data + _SEPARATOR + b"--\r\n"
        return f'multipart/encrypted;protocol="{SPNEGO_PROTOCOL}";boundary="{_BOUNDARY}"', sealed
