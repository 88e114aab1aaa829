"""The inventory of a fleet, and how files with secrets are written."""

from __future__ import annotations

import json
import os
import tempfile
import typing as t
from pathlib import Path

import yaml

from .domain import CONFIGURATION

if t.TYPE_CHECKING:
    from .fleet import Member
    from .protocol import Credentials

CONNECTIONS = ("winrm", "psrp")
GROUP = "virtual_windows"

# Connecting on loopback never takes seconds; a machine that is off does not answer.
_CONNECT_SECONDS = 5


def write_inventory(
    path: Path, members: t.Iterable[Member], credentials: Credentials, connection: str, ca: Path | None
) -> Path:
    """Write an inventory with all machines in the group `virtual_windows` and in their own groups."""
    groups: dict[str, t.Any] = {GROUP: {"hosts": {}, "vars": _shared(credentials, connection)}}
    for member in members:
        groups[GROUP]["hosts"][member.name] = host_vars(member, connection, ca)
        for group in member.description.groups:
            groups.setdefault(group, {}).setdefault("hosts", {})[member.name] = {}
    text = "# Written by tests.virtual_windows; the machines are gone when it ends.\n"
    return write_private(path, text + yaml.safe_dump({"all": {"children": groups}}, sort_keys=False))


def host_vars(member: Member, connection: str, ca: Path | None) -> dict[str, t.Any]:
    """Return the variables of one machine."""
    description = member.description
    transport = description.transports[0]
    place: dict[str, t.Any] = {"ansible_host": member.address, "ansible_port": member.port}
    if connection == "winrm":
        place |= {"ansible_winrm_scheme": description.scheme, "ansible_winrm_transport": transport}
        if ca is not None and description.scheme == "https":
            place |= {"ansible_winrm_server_cert_validation": "validate", "ansible_winrm_ca_trust_path": str(ca)}
        return place | _winrm_login(member, transport)
    place |= {"ansible_psrp_protocol": description.scheme, "ansible_psrp_auth": transport}
    if ca is not None and description.scheme == "https":
        place |= {"ansible_psrp_cert_validation": "validate", "ansible_psrp_ca_cert": str(ca)}
    elif transport == "basic":
        # Basic has no keys to encrypt with; pypsrp refuses that over HTTP unless it is configured.
        place["ansible_psrp_message_encryption"] = "never"
    return place | _psrp_login(member, transport)


def _winrm_login(member: Member, transport: str) -> dict[str, t.Any]:
    access = member.access
    if transport == "kerberos" and access.domain is not None:
        return {
            "ansible_user": access.domain.principal,
            "ansible_winrm_kerberos_hostname_override": access.domain.host_name(member.name),
            "ansible_winrm_kinit_env_vars": [CONFIGURATION],
        }
    if transport == "certificate" and access.clients is not None:
        own = access.clients[1]
        return {"ansible_winrm_cert_pem": str(own.certificate), "ansible_winrm_cert_key_pem": str(own.key)}
    return {}


def _psrp_login(member: Member, transport: str) -> dict[str, t.Any]:
    access = member.access
    if transport == "kerberos" and access.domain is not None:
        return {
            "ansible_user": access.domain.principal,
            "ansible_psrp_negotiate_hostname_override": access.domain.host_name(member.name),
        }
    if transport == "certificate" and access.clients is not None:
        own = access.clients[1]
        return {"ansible_psrp_certificate_pem": str(own.certificate), "ansible_psrp_certificate_key_pem": str(own.key)}
    return {}


def _shared(credentials: Credentials, connection: str) -> dict[str, t.Any]:
    shared: dict[str, t.Any] = {
        "ansible_connection": connection,
        "ansible_user": credentials.username,
        "ansible_password": credentials.password,
    }
    if connection == "winrm":
        # operation_timeout must stay below read_timeout, and a read may take as long as a command.
        # A proxy of the environment would also be used for loopback addresses other than 127.0.0.1.
        shared |= {
            "ansible_winrm_operation_timeout_sec": 20,
            "ansible_winrm_read_timeout_sec": 30,
            "ansible_winrm_proxy": None,
        }
    else:
        shared |= {
            "ansible_psrp_connection_timeout": _CONNECT_SECONDS,
            "ansible_psrp_reconnection_retries": 0,
            "ansible_psrp_ignore_proxy": True,
        }
    return shared


def write_json(path: Path, data: object) -> Path:
    """Write JSON that only its owner can read."""
    return write_private(path, json.dumps(data, indent=2) + "\n")


def write_private(path: Path, text: str) -> Path:
    """Write a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp makes it 0600 from the start.
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path
