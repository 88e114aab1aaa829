# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what one machine may cost the controller, in bytes, items and seconds.

A managed machine may be broken, or under an attacker's control. Whatever it sends, a task ends within ``TASK_TIME`` and
its memory stays in proportion to ``TASK_BYTES``; beyond that it fails with a message, and other hosts are not affected.
Healthy machines stay far below all of these limits (``docs/reliability.md`` has measurements).

Other numbers stand where they are used: how long a name or an option may be, what a sentence quotes, how many names or
requests one question is worth, and how long the machine itself waits.
"""

from __future__ import annotations

# --- WS-Management: one exchange, one task ---

#: Bytes of one HTTP answer. The envelope may have 512,000 bytes; encryption and UTF-16 need some more.
ANSWER_BYTES = 2 << 20

#: Bytes of all answers to one task. A terminal server with 20,000 profiles takes about a third of it.
TASK_BYTES = 64 << 20

#: Seconds that one exchange may take, a login included, however slowly the answer arrives.
EXCHANGE_TIME = 300.0

#: Seconds that one task may take on one machine, including all exchanges and pauses.
TASK_TIME = 3_600.0

#: Seconds after which work that lasts longer than a task gets the same again: tries, time and bytes.
HOLD_WINDOW = 60.0

#: Elements of one answer, and how deep they may be nested.
ELEMENTS = 100_000
DEPTH = 64

#: How often a task sends something that only reads, and something that changes the machine, when answers are lost or
#: the service is busy; and the pauses before the second, third and fourth try, in seconds. See ``wsman/retry.py``.
READ_TRIES = 4
WRITE_TRIES = 3
BACK_OFF = (0.5, 1.0, 2.0)

#: Remote shells that a task may leave open after lost or broken answers before it stops opening others.
SHELLS_LEFT_OPEN = 2

# --- Lists (WQL queries) ---

#: Items of one list. A machine with more profiles than this is broken or hostile.
ITEMS = 20_000

#: Properties of all items of a list together.
PROPERTIES = 400_000

#: Answers that one list may take; Windows cuts a long one every 500 kB.
PULLS = 1_000

# --- Commands on the machine ---

#: Bytes of standard output of one command.
OUTPUT = 32 << 20

#: Seconds after which a command is given up. ``hive_command`` waits less on the machine, and releases what it mounted.
COMMAND_TIME = 600.0

#: Bytes that are kept of what ``cmd`` itself says where a command fails.
SAID = 400

#: Hives that one command visits, and characters of its environment: far below the limits of WinRM.
COMMAND_HIVES = 200
COMMAND_ENVIRONMENT = 100_000

#: Bytes that are kept of the output about one hive where a single value is read. A name has at most 255 characters.
VALUE_OUTPUT = 65_536

#: Bytes that are kept where whole keys are read: of a line (one value), of one hive (10,000 subkeys), of all hives,
#: however many commands it takes to visit them.
TREE_LINE = 4_096
TREE_HIVE = 2_000_000
TREE_TOTAL = 16_000_000

#: Answers to questions that are kept: more than there ever are.
QUESTION_ANSWERS = 256

#: Keys that are parsed from the output for one hive or question, and lines of one value's text.
KEYS = 20_000
VALUE_LINES = 64

# --- Facts ---

#: Hives that are read of one machine.
HIVES = 2_000

#: COM servers that are looked up in each view.
COM_SERVERS = 64

#: Programs in one query, and sessions whose owner is looked up, one request each.
PROGRAMS = 64
SESSIONS = 50

#: Account names that the facts look up, one request each, starting with users without presence.
FACTS_ACCOUNTS = 100

#: Providers in the facts: of a machine, of a user, of all users together, and of a user beyond that.
PROVIDERS = 64
USER_PROVIDERS = 32
ALL_USER_PROVIDERS = 5_000
FEW_USER_PROVIDERS = 3

#: Other running providers that the evidence names, and default providers that the summary counts by name.
RUNNING = 8
COUNTED_DEFAULTS = 64

# --- Registrations ---

#: Names of other values and of subkeys that a result lists where a registration's key stays.
LEFT_IN_KEY = 64
