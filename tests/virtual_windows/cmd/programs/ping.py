"""`ping` of the machine itself, which scripts use to wait: N pings take N-1 seconds."""

from __future__ import annotations

from ..errors import Cancelled, Refused
from .call import Call

_BYTES = 32


def ping(call: Call) -> int:
    """Run `ping [-n count] [-w milliseconds] [-4] 127.0.0.1`."""
    count, host = 4, ""
    words = iter(call.arguments)
    for word in words:
        option = word.lower().replace("/", "-", 1)
        if option in ("-n", "-w"):
            value = next(words, "")
            if not value.isdigit() or (option == "-n" and int(value) < 1):
                call.out(call.text("ping_option", word))
                return 1
            count = int(value) if option == "-n" else count
        elif option.startswith("-") and option != "-4":
            raise Refused(f"ping {word}")
        else:
            host = host if option == "-4" else word
    if not host.startswith("127.") and host.lower() != "localhost":
        call.out(call.text("ping_unknown", host))
        return 1
    _ping(call, "127.0.0.1" if host.lower() == "localhost" else host, count)
    return 0


def _ping(call: Call, host: str, count: int) -> None:
    call.out(f"\r\n{call.text('ping_pinging', host, _BYTES)}")
    for number in range(count):
        if number and call.machine.clock.sleep(1, call.session.cancelled):
            raise Cancelled
        call.out(call.text("ping_reply", host, _BYTES))
    call.out(f"\r\n{call.text('ping_statistics', host)}\r\n{call.text('ping_packets', count)}")
    call.out(f"{call.text('ping_times')}\r\n{call.text('ping_average')}")
