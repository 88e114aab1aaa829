"""Identify ([DSP0226] 11): the product and its version. No addressing, no WS-Management headers."""

from __future__ import annotations

from ..namespaces import IDENTITY, SOAP, WSMAN

_SECURITY = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/"
_PROFILES = {
    "basic": ("http/basic", "https/basic"),
    "ntlm": ("http/spnego-kerberos", "https/spnego-kerberos"),
    "kerberos": ("http/spnego-kerberos", "https/spnego-kerberos"),
    "certificate": ("https/mutual",),
}


def identify(version: str, transports: list[str], *, authenticated: bool) -> str:
    """Return the envelope of the answer; without a login it has neither version nor ways to log in."""
    product = f"OS: {version if authenticated else '0.0.0'} SP: 0.0 Stack: 3.0"
    names = dict.fromkeys(profile for transport in transports for profile in _PROFILES.get(transport, ()))
    profiles = "".join(f"<wsmid:SecurityProfileName>{_SECURITY}{name}</wsmid:SecurityProfileName>" for name in names)
    security = f"<wsmid:SecurityProfiles>{profiles}</wsmid:SecurityProfiles>" if authenticated else ""
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{SOAP}"><s:Header/><s:Body>'
        f'<wsmid:IdentifyResponse xmlns:wsmid="{IDENTITY}"><wsmid:ProtocolVersion>{WSMAN}</wsmid:ProtocolVersion>'
        "<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
        f"<wsmid:ProductVersion>{product}</wsmid:ProductVersion>{security}"
        "</wsmid:IdentifyResponse></s:Body></s:Envelope>"
    )
