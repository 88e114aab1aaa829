"""cmd.exe and the programs that it starts, as far as command lines sent over WinRM need them.

`run` runs one command line on a machine; everything else here serves it. The language is parsed in the
phases of the real interpreter (see `expansion`, `scanner`, `parser`, `interpreter`), because whether
a command line is safe depends on which phase sees which character. What is not implemented ends the command with
STATUS_NOT_IMPLEMENTED, never with a made-up success.
"""

from .errors import NOT_IMPLEMENTED, Cancelled
from .process import run

__all__ = ["NOT_IMPLEMENTED", "Cancelled", "run"]
