"""A fault: what an operation raises, and the SOAP body it becomes.

WinRM has two ways to put a Windows error code into `s:Detail`:

* `f:WSManFault Code="..."`, the older one, used by the service itself and by the command shell;
* an `MSFT_WmiError` instance with the code in `p:error_Code` and no `f:WSManFault` at all. WinRM 3.0 (Server 2012)
  and later use it for WMI resources, and for the quotas of a user, which are checked before the headers are
  read, so that such a fault has no RelatesTo. (Recordings in the tests of pywinrm and WinRb, the fault handling of
  virt-who, txwinrm and NetExec. Not always: a recording of a 2012 R2 in the tests of
  Microsoft's OMI has the older one for a Get. So clients have to read both.)

pywinrm gives the second kind as `wmierror_code`; pypsrp shows nothing but its subcode.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from . import fault_codes
from .fault_codes import MAX_OPERATIONS, MAX_SHELLS, MUST_UNDERSTAND, SOAP_VERSION_MISMATCH, Shape
from .namespaces import CIM_BINDING, CIM_COMMON, FAULT, FAULT_DETAIL, WMI_ERROR, WMI_RESOURCE, XSI
from .xmltext import escape

# Checked by the service before it reads the headers, and answered without RelatesTo.
QUOTAS = frozenset({MAX_SHELLS, MAX_OPERATIONS})

_ACTIONS = {
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault",
    "n": "http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault",
    "e": "http://schemas.xmlsoap.org/ws/2004/08/eventing/fault",
    "x": "http://schemas.xmlsoap.org/ws/2004/09/transfer/fault",
    "": "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault",
}


class FaultStyle(Enum):
    """The place of a fault's code: f:WSManFault, an MSFT_WmiError, or nowhere.

    The standard asks for the subcode alone ([DSP0226] 14); the codes are Microsoft's.
    """

    WSMAN = "WSManFault"
    WMI_ERROR = "MSFT_WmiError"
    SUBCODE = "a subcode alone"


@dataclass(frozen=True)
class Provider:
    """The plugin that failed.

    Attributes:
        name, path: its name, and its DLL.
        nested: whether its text stands in a WSManFault of its own (as WMI's does).
        operation, parameter, source: of the __ExtendedStatus that WMI adds; no operation: none is added.
    """

    name: str
    path: str
    nested: bool = False
    operation: str = ""
    parameter: str = ""
    source: str = "WinMgmt"
    namespace: str = "root/cimv2"


SHELL_PLUGIN = Provider("Shell cmd plugin", r"%systemroot%\system32\winrscmd.dll")
WMI_PLUGIN = Provider("WMI Provider", r"%systemroot%\system32\WsmWmiPl.dll", nested=True)


class Fault(Exception):
    """A SOAP fault.

    Args:
        code: the Windows or WS-Management code.
        message: the exact reason; that of the code when empty.
        provider: the plugin that raised it, if any.
        style: how to send it; by default as WinRM does for the requested resource.
        shape: instead of the one that belongs to the code.
        not_understood: prefix, local name and namespace of a header that was marked mustUnderstand.
    """

    def __init__(
        self,
        code: int,
        message: str = "",
        *,
        provider: Provider | None = None,
        style: FaultStyle | None = None,
        shape: Shape | None = None,
        not_understood: tuple[str, str, str] | None = None,
    ) -> None:
        self.code = code
        self.shape = shape or fault_codes.shape(code)
        self.message = message or self.shape.reason
        self.provider = provider
        self.style = style
        self.not_understood = not_understood
        super().__init__(f"{code} ({code:#010x}): {self.message.strip()}")

    @property
    def action(self) -> str:
        """The a:Action of the answer."""
        return _ACTIONS[self.shape.subcode.partition(":")[0] if ":" in self.shape.subcode else ""]

    @property
    def header(self) -> str:
        """Additional elements of the header."""
        if self.not_understood is None:
            return ""
        prefix, name, namespace = self.not_understood
        return f'<s:NotUnderstood qname="{prefix}:{name}" xmlns:{prefix}="{escape(namespace)}"/>'

    def style_for(self, resource: str) -> FaultStyle:
        """Return the style in which WinRM 3.0 sends this fault about `resource`."""
        if self.style is not None:
            return self.style
        if self.code in QUOTAS or resource.startswith(WMI_RESOURCE):
            return FaultStyle.WMI_ERROR
        return FaultStyle.WSMAN

    def body(self, machine: str, style: FaultStyle) -> str:
        """Return the s:Fault element; `machine` is the name the client used for this machine."""
        shape = self.shape
        subcode = f"<s:Subcode><s:Value>{escape(shape.subcode)}</s:Value></s:Subcode>" if shape.subcode else ""
        return (
            f"<s:Fault><s:Code><s:Value>{self._soap_code()}</s:Value>{subcode}</s:Code>"
            f'<s:Reason><s:Text xml:lang="en-US">{escape(shape.reason)}</s:Text></s:Reason>'
            f"{self._detail(machine, style)}</s:Fault>"
        )

    def _soap_code(self) -> str:
        special = {MUST_UNDERSTAND: "s:MustUnderstand", SOAP_VERSION_MISMATCH: "s:VersionMismatch"}
        return special.get(self.code) or ("s:Sender" if self.shape.sender else "s:Receiver")

    def _detail(self, machine: str, style: FaultStyle) -> str:
        if self.code == MUST_UNDERSTAND or style is FaultStyle.SUBCODE:
            return ""
        detail = self.shape.detail
        named = f"<w:FaultDetail>{FAULT_DETAIL}{escape(detail)}</w:FaultDetail>" if detail else ""
        error = self._wmi_error() if style is FaultStyle.WMI_ERROR else self._wsman_fault(machine)
        return f"<s:Detail>{named}{error}</s:Detail>"

    def _wsman_fault(self, machine: str) -> str:
        opening = f'<f:WSManFault xmlns:f="{FAULT}" Code="{self.code}" Machine="{escape(machine)}"><f:Message>'
        closing = "</f:Message></f:WSManFault>"
        text = escape(self.message)
        provider = self.provider
        if provider is None:
            return f"{opening}{text}{closing}"
        if provider.nested:
            text = f"{opening}{text}{closing}{_extended_status(provider)}"
        return (
            f'{opening}<f:ProviderFault provider="{escape(provider.name)}" path="{escape(provider.path)}">'
            f"{text}</f:ProviderFault>{closing}"
        )

    def _wmi_error(self) -> str:
        text = escape(self.message)
        nil = '<p:{} xsi:type="cim:cimString" xsi:nil="true"/>'.format
        return (
            f'<p:MSFT_WmiError b:IsCIM_Error="true" xmlns:xsi="{XSI}" xmlns:b="{CIM_BINDING}" xmlns:p="{WMI_ERROR}" '
            f'xmlns:cim="{CIM_COMMON}" xsi:type="p:MSFT_WmiError_Type">'
            f'<p:CIMStatusCode xsi:type="cim:cimUnsignedInt">{self.shape.cim_status}</p:CIMStatusCode>'
            f"{nil('CIMStatusCodeDescription')}{nil('ErrorSource')}"
            '<p:ErrorSourceFormat xsi:type="cim:cimUnsignedShort">0</p:ErrorSourceFormat>'
            '<p:ErrorType xsi:type="cim:cimUnsignedShort">0</p:ErrorType>'
            f'<p:Message xsi:type="cim:cimString">{text}</p:Message>'
            f'<p:MessageID xsi:type="cim:cimString">HRESULT 0x{self.code:08x}</p:MessageID>'
            f"{nil('OtherErrorSourceFormat')}{nil('OtherErrorType')}{nil('OwningEntity')}"
            '<p:PerceivedSeverity xsi:type="cim:cimUnsignedShort">0</p:PerceivedSeverity>'
            '<p:ProbableCause xsi:type="cim:cimUnsignedShort">0</p:ProbableCause>'
            f"{nil('ProbableCauseDescription')}"
            f'<p:error_Category xsi:type="cim:cimUnsignedInt">{self.shape.category}</p:error_Category>'
            f'<p:error_Code xsi:type="cim:cimUnsignedInt">{self.code}</p:error_Code>'
            '<p:error_Type xsi:type="cim:cimString">HRESULT</p:error_Type>'
            f'<p:error_WindowsErrorMessage xsi:type="cim:cimString">{text}</p:error_WindowsErrorMessage>'
            "</p:MSFT_WmiError>"
        )


def _extended_status(provider: Provider) -> str:
    if not provider.operation:
        return ""
    return (
        f'<f:ExtendedError><p:__ExtendedStatus xmlns:xsi="{XSI}" '
        f'xmlns:p="{WMI_RESOURCE}{escape(provider.namespace)}/__ExtendedStatus" xmlns:cim="{CIM_COMMON}" '
        f'xsi:type="p:__ExtendedStatus_Type"><p:Description xsi:nil="true"/>'
        f"<p:Operation>{escape(provider.operation)}</p:Operation>"
        f"<p:ParameterInfo>{escape(provider.parameter)}</p:ParameterInfo>"
        f"<p:ProviderName>{escape(provider.source)}</p:ProviderName>"
        '<p:StatusCode xsi:nil="true"/></p:__ExtendedStatus></f:ExtendedError>'
    )
