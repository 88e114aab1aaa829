"""The matrix as docs/authentication.md."""

from __future__ import annotations

import re
from pathlib import Path

from .cells import CONNECTIONS, Cell, cells
from .matrix import Outcome

PATH = Path(__file__).resolve().parents[2] / "docs" / "authentication.md"

_REFUSED = (
    "the login was refused: wrong user name or password, or an authentication method that is not accepted (HTTP 401)"
)
_HEAD = """\
<!-- Written by `make authentication ARGS=--write-table` from what the tests saw. Do not edit. -->
# Authentication, cell by cell

`make authentication` runs {count} cells, each a virtual Windows machine with a real WinRM login, over Ansible's real
`winrm` and `psrp` connections, with pywinrm, pypsrp, requests-credssp, pyspnego, the system's Kerberos library and a
real KDC. Every cell runs `presence.office.default_im_app` and `presence.office.im_provider_facts`. *done* means that
both did their work; any other text is what a host says that is unreachable, for both, and nothing was changed there.
What Windows itself does was never tried: the machines do what Microsoft's references say.

The authority of the machines' certificates is a private one that the inventory names, and validation is on in all
cells. "Encrypted messages" is the encryption of WinRM's own, which the machine was seen to get. A machine that is
*strict* has `CbtHardeningLevel` Strict (a login has to be bound to the TLS channel), a *relaxed* one, as Windows comes,
refuses only those that are bound to another. A dash: the connection has no such setting.

* pywinrm sends its first Kerberos token before it has seen the machine's certificate, so a *relaxed* machine lets it
  in even through somebody in between who has a certificate that we trust. Set `CbtHardeningLevel` to Strict, or use
  `psrp`.
* `winrm` tries the methods of `ansible_winrm_transport` in order until one gets in. One for which something is missing
  on the controller (a library, a ticket, a file) is passed over, and the sentence at the end tells about each. Every
  method that gets as far as the machine is a login of its own to it: think of lock-out policies.
* `psrp` takes one method; its `negotiate` is Kerberos where there is a ticket for the machine, else NTLM.

*Refused* stands for "{refused}".

| login | over | case | `winrm` | `psrp` |
| --- | --- | --- | --- | --- |
"""


def render(outcomes: dict[str, Outcome]) -> str:
    """The file's text."""
    all_cells = cells()
    count = sum(cell.variables(connection) is not None for cell in all_cells for connection in CONNECTIONS)
    rows = []
    for cell in all_cells:
        told = [_told(cell, outcomes[connection]) for connection in CONNECTIONS]
        rows.append(" | ".join([cell.login, cell.over, cell.case, *told]))
    return _HEAD.format(count=count, refused=_REFUSED) + "".join(f"| {row} |\n" for row in rows)


def _told(cell: Cell, outcome: Outcome) -> str:
    if cell.variables(outcome.connection) is None:
        return "-"
    result = outcome.run.of(cell.name, "enforce")
    if result.status == "ok":
        return "done"
    text = message(result.result.get("msg"))
    text = text.replace(_REFUSED, "*refused*").replace(outcome.fleet[cell.name].address, "192.0.2.7")
    # A table's cell is one line without bars, and `<` would be HTML.
    return re.sub(r"[|<\r\n]", " ", text)


def message(value: object) -> str:
    """A task's message without what not every version of Ansible adds."""
    return str(value).removeprefix("Task failed: ").replace(" with subprocess: ", ": ")
