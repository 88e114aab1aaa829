"""The faults WinRM sends: code, SOAP code and subcode, fault detail, and the text of the reason.

Codes and subcodes: WsmError.h of the Windows SDK; shapes and details: recordings of Server 2008 R2 to 2016 and
[MS-WSMV] 4.10. A code that is not here is sent as w:InternalError, which is what WinRM does with any error of
Windows that it has no SOAP subcode for.
"""

from __future__ import annotations

from dataclasses import dataclass

ACCESS_DENIED = 5
NOT_SUPPORTED = 50
INVALID_PARAMETER = 87
OPERATION_ABORTED = 995
RESOURCE_NOT_FOUND = 0x80338000
SOAP_VERSION_MISMATCH = 0x8033800D
INVALID_HEADER = 0x8033800F
MUST_UNDERSTAND = 0x80338010
HEADER_REQUIRED = 0x80338011
ACTION_NOT_SUPPORTED = 0x80338013
FILTERING_NOT_SUPPORTED = 0x80338018
FILTER_DIALECT_UNAVAILABLE = 0x80338019
CANNOT_PROCESS_FILTER = 0x8033801A
INVALID_ENUMERATION_CONTEXT = 0x8033801B
DELIVERY_MODE_UNAVAILABLE = 0x8033801E
INVALID_EXPIRATION = 0x8033801F
EVENT_FILTER_UNAVAILABLE = 0x80338022
INVALID_SOAP_BODY = 0x80338027
OPERATION_TIMED_OUT = 0x80338029
ACTION_MISMATCH = 0x80338031
INVALID_RESOURCE_URI = 0x8033803B
SCHEMA_VALIDATION_ERROR = 0x80338041
INVALID_XML = 0x80338043
MAX_ENVELOPE_SIZE_EXCEEDED = 0x80338048
OPTIONS_NOT_SUPPORTED = 0x80338051
PARAMETER_TYPE_MISMATCH = 0x80338054
INVALID_PARAMETER_NAME = 0x80338055
INSUFFICIENT_SELECTORS = 0x8033805A
UNEXPECTED_SELECTORS = 0x8033805B
DUPLICATE_SELECTORS = 0x8033805F
ADDRESSING_MODE = 0x80338076
FRAGMENT_TRANSFER_NOT_SUPPORTED = 0x80338077
MIN_ENVELOPE_SIZE = 0x8033807E
ENUMERATION_MODE = 0x80338086
MUST_UNDERSTAND_LOCALE = 0x80338087
WMI_NO_KEYS = 0x803380FA
WMI_WQL_NEEDS_STAR = 0x803380FB
WMI_NOT_CAPABLE = 0x80338102
WMI_PROVIDER_ACCESS_DENIED = 0x80338105
WMI_ENUMERATE_WITH_KEYS = 0x80338108
WMI_INVALID_PARAMETER = 0x8033811E
DIFFERENT_CIM_SELECTOR = 0x8033813B
CODE_PAGE_NOT_SUPPORTED = 0x80338140
MAX_SHELLS = 0x803381A5
MAX_OPERATIONS = 0x803381A6
REMOTE_SHELLS_NOT_ALLOWED = 0x803381AC
COMMAND_ID_INVALID = 0x803381D4
SHELL_ID_INVALID = 0x803381D5
COMMAND_ID_TAKEN = 0x803381D6
SHELL_ID_TAKEN = 0x803381D7
IDLE_TIMEOUT_OUT_OF_BOUNDS = 0x803381F2

_SERVICE = "The WS-Management service cannot process the request"


@dataclass(frozen=True)
class Shape:
    """The SOAP form of a code.

    Attributes:
        subcode: with WinRM's usual prefix; empty: none.
        reason: the text; the recorded ones end with a space.
        sender: whether the request is to blame.
        detail: the last part of w:FaultDetail; empty: none.
        cim_status, category: what MSFT_WmiError says of it (CIM status code, MI error category).
    """

    subcode: str
    reason: str
    sender: bool = True
    detail: str = ""
    cim_status: int = 1
    category: int = 0


def _blames(subject: str, subcode: str, detail: str = "", cim_status: int = 4, category: int = 5) -> Shape:
    return Shape(subcode, f"{_SERVICE} because {subject}. ", True, detail, cim_status, category)


SHAPES: dict[int, Shape] = {
    ACCESS_DENIED: Shape("w:AccessDenied", "Access is denied. ", cim_status=2, category=18),
    NOT_SUPPORTED: Shape("w:InternalError", "The request is not supported. ", sender=False),
    INVALID_PARAMETER: Shape("w:InvalidParameter", "The parameter is incorrect. ", detail="InvalidValue"),
    OPERATION_ABORTED: Shape(
        "w:InternalError",
        "The I/O operation has been aborted because of either a thread exit or an application request. ",
        sender=False,
    ),
    RESOURCE_NOT_FOUND: Shape(
        "a:DestinationUnreachable",
        f"{_SERVICE}. The service cannot find the resource identified by the resource URI and selectors. ",
        detail="InvalidResourceURI",
        cim_status=6,
        category=13,
    ),
    SOAP_VERSION_MISMATCH: Shape(
        "", "The WS-Management service does not support the SOAP version specified in the request. "
    ),
    INVALID_HEADER: Shape(
        "a:InvalidMessageInformationHeader", f"{_SERVICE}. The request contains one or more invalid SOAP headers. "
    ),
    MUST_UNDERSTAND: Shape(
        "",
        "The WS-Management service cannot process a SOAP header in the request that is marked as mustUnderstand "
        "by the client.  This could be caused by the use of a version of the protocol which is not supported, or "
        "may be an incompatibility  between the client and server implementations. ",
    ),
    HEADER_REQUIRED: Shape(
        "a:MessageInformationHeaderRequired",
        f"{_SERVICE}. The request does not have all the expected SOAP headers. ",
    ),
    ACTION_NOT_SUPPORTED: Shape(
        "a:ActionNotSupported",
        "The WS-Management service does not support the action specified in the request. ",
        cim_status=7,
        category=11,
    ),
    FILTERING_NOT_SUPPORTED: Shape(
        "n:FilteringNotSupported",
        "The data source does not support filtering. Remove the filter from the request and try the request again. ",
    ),
    FILTER_DIALECT_UNAVAILABLE: Shape(
        "n:FilterDialectRequestedUnavailable",
        "The filter dialect (the type associated with the filter) was not supported for this resource. "
        "Change the filter dialect or remove it from the request and try the request again. ",
        cim_status=14,
        category=5,
    ),
    CANNOT_PROCESS_FILTER: Shape(
        "n:CannotProcessFilter",
        "The data source could not process the filter. The filter might be missing or it might be invalid. "
        "Change the filter and try the request again.  ",
        cim_status=15,
        category=5,
    ),
    INVALID_ENUMERATION_CONTEXT: Shape(
        "n:InvalidEnumerationContext",
        "The WS-Enumeration context in the enumeration is not valid. Enumeration may have been completed or "
        "canceled. You cannot use this enumeration context anymore. Start a new enumeration. ",
        sender=False,
        cim_status=21,
        category=5,
    ),
    DELIVERY_MODE_UNAVAILABLE: Shape(
        "e:DeliveryModeRequestedUnavailable",
        "The WS-Management service does not support the delivery mode for the specified resource. The client should "
        "change the subscription to use one of the supported delivery modes. ",
    ),
    INVALID_EXPIRATION: Shape(
        "e:InvalidExpirationTime",
        "The expiration time of the subscription is invalid. The time is either not supported, zero or a time that "
        "happened in the past. Change the expiration time and try the request again. ",
    ),
    EVENT_FILTER_UNAVAILABLE: Shape(
        "e:FilteringRequestedUnavailable",
        "The specified filter is not supported for this subscription. Change the filter and try the request again. ",
    ),
    INVALID_SOAP_BODY: _blames("the request packet does not have a valid SOAP body", "w:InvalidBody"),
    OPERATION_TIMED_OUT: Shape(
        "w:TimedOut",
        "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.  ",
        sender=False,
        category=15,
    ),
    ACTION_MISMATCH: _blames(
        "the WS-Addressing Action URI in the request is not compatible with the resource", "w:ActionMismatch"
    ),
    INVALID_RESOURCE_URI: Shape(
        "a:DestinationUnreachable",
        f"{_SERVICE}. The resource URI is missing or it has an incorrect format. Check the documentation or use "
        'the following command for information on how to construct a resource URI: "winrm help uris". ',
        detail="InvalidResourceURI",
    ),
    SCHEMA_VALIDATION_ERROR: Shape(
        "w:SchemaValidationError",
        "The SOAP XML in the message does not match the corresponding XML schema definition. "
        "Change the XML and retry. ",
        category=5,
    ),
    INVALID_XML: _blames("the XML is invalid", "w:SchemaValidationError"),
    MAX_ENVELOPE_SIZE_EXCEEDED: Shape(
        "w:EncodingLimit",
        "The response that the WS-Management service computed exceeds the maximum envelope size in the request. ",
        detail="MaxEnvelopeSizeExceeded",
        category=29,
    ),
    OPTIONS_NOT_SUPPORTED: Shape(
        "w:InvalidOptions",
        "The WS-Management provider does not support the specified option set because mustComply for one of the "
        "options is set to true. Change mustComply for one of the options to false. ",
        detail="NotSupported",
    ),
    PARAMETER_TYPE_MISMATCH: Shape(
        "w:InvalidParameter",
        f"{_SERVICE}. A parameter that is required for the operation is not the correct type. ",
        detail="TypeMismatch",
        cim_status=13,
        category=9,
    ),
    INVALID_PARAMETER_NAME: Shape(
        "w:InvalidParameter",
        f"{_SERVICE}. A parameter name is invalid. ",
        detail="InvalidName",
        cim_status=4,
        category=5,
    ),
    INSUFFICIENT_SELECTORS: _blames(
        "the request did not contain all required selectors", "w:InvalidSelectors", "InsufficientSelectors"
    ),
    UNEXPECTED_SELECTORS: _blames(
        "the request contained invalid selectors for the resource", "w:InvalidSelectors", "UnexpectedSelectors"
    ),
    DUPLICATE_SELECTORS: _blames(
        "the request contains duplicate selectors", "w:InvalidSelectors", "DuplicateSelectors"
    ),
    ADDRESSING_MODE: Shape(
        "w:UnsupportedFeature",
        "The WS-Management service does not support the addressing mode. ",
        detail="AddressingMode",
    ),
    FRAGMENT_TRANSFER_NOT_SUPPORTED: Shape(
        "w:UnsupportedFeature",
        "The WS-Management service does not support fragment transfer. ",
        detail="FragmentLevelAccess",
    ),
    MIN_ENVELOPE_SIZE: _blames(
        "the envelope size in the request is too small", "w:EncodingLimit", "MinimumEnvelopeLimit"
    ),
    ENUMERATION_MODE: Shape(
        "w:UnsupportedFeature",
        "The WS-Management service does not support the specified enumeration mode. ",
        detail="EnumerationMode",
    ),
    MUST_UNDERSTAND_LOCALE: Shape(
        "w:UnsupportedFeature",
        "The WS-Management service cannot guarantee that all data is returned in the requested locale as some data "
        "sources may not be able to comply. Resend the remote request with locale as a hint (the SOAP header should "
        'have mustUnderstand="false") ',
        detail="Locale",
    ),
    WMI_NO_KEYS: Shape(
        "a:DestinationUnreachable",
        "The WinRM client cannot process the request. The resource URI is not valid: it does not contain keys, but "
        "the class selected is not a singleton. To access an instance which is not a singleton, keys must be "
        "provided. Use the following command to get more information in how to construct a resource URI: "
        '"winrm help uris". ',
        detail="InvalidResourceURI",
        category=5,
    ),
    WMI_WQL_NEEDS_STAR: Shape(
        "a:DestinationUnreachable",
        "The WinRM client cannot process the request. The resource URI for an enumeration operation with WQL filter "
        "must not contain keys and the class name must be '*' (star). Use the following command to get more "
        'information in how to construct a resource URI: "winrm help uris". ',
        detail="InvalidResourceURI",
        category=5,
    ),
    WMI_NOT_CAPABLE: Shape(
        "w:InternalError",
        f"{_SERVICE}. The WMI service reported that the WMI provider could not perform the requested operation. ",
        sender=False,
        cim_status=7,
        category=7,
    ),
    WMI_PROVIDER_ACCESS_DENIED: Shape(
        "w:AccessDenied",
        f"{_SERVICE}. The WMI provider returned an 'access denied' error. ",
        cim_status=2,
        category=18,
    ),
    WMI_ENUMERATE_WITH_KEYS: Shape(
        "w:InvalidSelectors",
        f"{_SERVICE}. The resource URI for an Enumerate operation must not contain keys. ",
        detail="UnexpectedSelectors",
        category=5,
    ),
    WMI_INVALID_PARAMETER: Shape(
        "w:InvalidParameter",
        f"{_SERVICE}. The WMI provider returned an 'invalid parameter' error. ",
        detail="InvalidValue",
        cim_status=4,
        category=5,
    ),
    DIFFERENT_CIM_SELECTOR: Shape(
        "w:InternalError",
        f"{_SERVICE}. The resource URI and __cimnamespace selector attempted to use different namespaces. ",
        sender=False,
    ),
    CODE_PAGE_NOT_SUPPORTED: Shape(
        "w:InternalError",
        "The WinRS client cannot process the request. The server cannot set Code Page. You may want to use the CHCP "
        "command to change the client Code Page to 437 and receive the results in English. ",
        sender=False,
    ),
    MAX_SHELLS: Shape(
        "w:QuotaLimit",
        f"{_SERVICE}. The maximum number of concurrent shells for this user has been exceeded. "
        "Close existing shells or raise the quota for this user. ",
        cim_status=27,
        category=30,
    ),
    MAX_OPERATIONS: Shape(
        "w:QuotaLimit",
        f"{_SERVICE}. The maximum number of concurrent operations for this user has been exceeded. "
        "Close existing operations for this user, or raise the quota for this user. ",
        cim_status=27,
        category=30,
    ),
    # The code and its text: ERROR_WSMAN_REMOTESHELLS_NOT_ALLOWED of WsmError.h. Its subcode was not seen: this is what
    # anything without one of its own gets.
    REMOTE_SHELLS_NOT_ALLOWED: Shape(
        "w:InternalError",
        f"{_SERVICE}. The service is configured to not accept any remote shell requests. ",
        sender=False,
    ),
    COMMAND_ID_INVALID: Shape(
        "w:InvalidParameter",
        "The WinRM service cannot process the request because the command ID specified by the client is not a "
        "valid GUID. Modify the request and retry the request. ",
    ),
    SHELL_ID_INVALID: Shape(
        "w:InvalidParameter",
        "The WinRM service cannot process the request because the shell ID specified by the client is not a "
        "valid GUID. Provide a valid ID and try again. ",
    ),
    COMMAND_ID_TAKEN: Shape(
        "w:AlreadyExists",
        "The WinRM service cannot process the request. A command already exists with the command ID specified by "
        "the client. ",
    ),
    SHELL_ID_TAKEN: Shape(
        "w:AlreadyExists",
        "The WinRM service cannot process the request. A resource already exists with the shell ID specified by "
        "the client. ",
    ),
    IDLE_TIMEOUT_OUT_OF_BOUNDS: Shape(
        "w:InvalidParameter", f"{_SERVICE}. The requested IdleTimeout is outside the allowed range. "
    ),
}


def shape(code: int) -> Shape:
    """Return the SOAP form of `code`."""
    return SHAPES.get(code) or Shape("w:InternalError", f"Windows error {code} ({code:#010x}). ", sender=False)
