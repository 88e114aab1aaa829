# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What one machine may cost the controller, in bytes, items and seconds: all bounds in one place.

A managed machine may be broken, or in somebody else's hands. Whatever it sends, a task ends within
``TASK_TIME`` and takes memory in proportion to ``TASK_BYTES``; then it fails with a sentence, and the other
hosts never notice. Honest machines stay far below every one of these (``docs/reliability.md`` has the measure).
"""

from __future__ import annotations

#: Bytes of one HTTP answer. We allow 512,000 bytes of envelope; encryption and UTF-16 sizes need some more.
ANSWER_BYTES = 2 << 20

#: Bytes of all answers to one task. A terminal server with 20,000 profiles takes about a third of it.
TASK_BYTES = 64 << 20

#: Seconds that one exchange may take, a login included, however the answer trickles.
EXCHANGE_TIME = 300.0

#: Seconds that one task may take on one machine, all exchanges and pauses together.
TASK_TIME = 3_600.0

#: Elements of one answer, and how deep they may be nested.
ELEMENTS = 100_000
DEPTH = 64

#: Items that one enumeration may bring. A machine with more profiles than this is broken or hostile.
ITEMS = 20_000

#: Properties of all items of an enumeration together.
PROPERTIES = 400_000

#: Answers that one enumeration may take; Windows cuts a long one every 500 kB.
PULLS = 1_000

#: Bytes of standard output of one command.
OUTPUT = 32 << 20

#: Seconds that a command may take before nobody waits for it any more.
COMMAND_TIME = 600.0

#: Pauses before a request is sent again, in seconds; when they are used up, the error stands.
BACK_OFF = (0.5, 1.0, 2.0)

#: How often something that changes the machine is done again, after a look at what became of the first time.
WRITE_TRIES = 3
