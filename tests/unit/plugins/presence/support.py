"""A machine as the use cases see it, from what a test says it has."""

from __future__ import annotations

from ansible_collections.presence.office.plugins.plugin_utils.windows.command_output import Output
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import Read
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_trees import HiveTree
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_visits import Visits
from ansible_collections.presence.office.plugins.plugin_utils.windows.processes import RunningPrograms
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind, Profile
from ansible_collections.presence.office.plugins.plugin_utils.windows.reg_query import PrintedKey, PrintedValue

CLSID = "{5F3C1A52-9C0B-4A39-9A9D-0E5C1F2B7A11}"


def profile(number, kind=HiveKind.LOADED, skip=None):
    """Return the profile of the user with this number."""
    return Profile(f"S-1-5-21-1-2-3-{number}", rf"C:\Users\u{number}", kind, skip)


def template():
    """Return the profile that new users get a copy of."""
    return Profile(None, r"C:\Users\Default", HiveKind.DEFAULT)


def key(path, **values):
    """Return a printed key; a value is a text, or a number for a REG_DWORD."""
    printed = {
        name.casefold(): PrintedValue("REG_SZ", one) if isinstance(one, str) else PrintedValue("REG_DWORD", hex(one))
        for name, one in values.items()
    }
    return PrintedKey(path, printed)


def tree(default=None, *, cut=False, more=(), **providers):
    """Return a user's key IM Providers; a provider is given by its UpAndRunning, or by its values.

    Args:
        more: other keys of the user, as ``setting`` returns them.
    """
    root = r"HKEY_USERS\S-1-5-21-1\Software\IM Providers"
    keys = {"": key(root, **({} if default is None else {"DefaultIMApp": default}))}
    for name, one in providers.items():
        keys[name.casefold()] = key(rf"{root}\{name}", **(one if isinstance(one, dict) else {"UpAndRunning": one}))
    return HiveTree(keys, cut, {one.path.casefold(): one for one in more})


def setting(name, value, *, policy=False, version="16.0", below=r"Common\IM"):
    """Return the key of a setting of Office, by its path below the user's hive."""
    root = r"Software\Policies" if policy else "Software"
    return key(rf"{root}\Microsoft\Office\{version}\{below}", **{name: value})


def printed(*lines, cut=False):
    """Return these lines as the output of a command."""
    return Output(bytearray("".join(f"{line}\r\n" for line in lines).encode()), cut)


def registered(*names, clsid=CLSID):
    """Return the answers of a machine that registers these providers, whole, for 64-bit programs."""
    lines = []
    for name in names:
        lines += ["", rf"HKEY_LOCAL_MACHINE\SOFTWARE\IM Providers\{name}", f"    FriendlyName    REG_SZ    {name}"]
        lines += [f"    GUID    REG_SZ    {clsid}", f"    ProcessName    REG_SZ    {name}.exe"]
    server = rf"HKEY_LOCAL_MACHINE\SOFTWARE\Classes\CLSID\{clsid}\LocalServer32"
    return {
        "x64": [printed(*lines)],
        "servers.x64": [printed("", server, "    (Default)    REG_SZ    app.exe", "")],
    }


class Accounts:
    """Names by SID; only those that were looked up are known."""

    def __init__(self, names, computer="DESK1"):
        self.asked = []
        self.computer = computer
        self._names = names
        self._known = {}

    def name(self, sid):
        """Look the name up."""
        self.asked.append(sid)
        return self._known.setdefault(sid, self._names.get(sid))

    def computer_name(self):
        """Return the name of the machine, or raise what is said to happen."""
        self.asked.append("computer")
        if isinstance(self.computer, Exception):
            raise self.computer
        return self.computer

    def look_up(self, sids, most):
        """Look several names up."""
        for sid in [sid for sid in sids if sid][:most]:
            self.name(sid)

    def cached_name(self, sid):
        """Return a name that was looked up."""
        return self._known.get(sid)

    def is_unknown(self, sid):
        """Whether it was looked up in vain."""
        return sid in self._known and self._known[sid] is None


class Machine:
    """Remembers what it was asked for in ``calls``.

    Args:
        users: what is read of each profile: a HiveTree, or an outcome.
        running: programs that run, by SID; of others it is known that they do not.
        template: what finding the template raises, if anything.
        servers: returns the outcome of reading a hive of classes, given the hive and whether it may be mounted.
    """

    def __init__(self, users=None, answers=None, names=None, running=None, servers=None, template=None):
        self.users = users or {}
        self.calls = []
        self.accounts = Accounts(names or {})
        self.registry = self.user_values = self.user_classes = self
        self.questions = self.more = ""
        self._answers = answers or {}
        self._running = running or {}
        self._servers = servers
        self._template = template

    def profiles(self):
        """Return everyone's profile but the template's."""
        self.calls.append("profiles")
        return [one for one in self.users if one.sid]

    def template(self):
        """Return the template."""
        self.calls.append("template")
        if isinstance(self._template, Exception):
            raise self._template
        return template()

    def read_trees(self, hives, _key, questions, more="", *, mounts):
        """Return what the users have."""
        self.calls.append("trees" if mounts else "trees without mounting")
        self.questions, self.more = questions, more
        by_key = {one.sid: content for one, content in self.users.items()}
        outcomes = {}
        for hive in hives:
            content = by_key[hive.key]
            outcomes[hive] = Read(hive.kind, content) if isinstance(content, HiveTree) else content
        return Visits(outcomes, self._answers)

    def find_running(self, names):
        """Return which of the programs run."""
        self.calls.append("processes")
        return RunningPrograms(frozenset(name.casefold() for name in names), self._running)

    def servers(self, clsids, _unset, *, mounts=False):
        """Return the COM servers of single users."""
        self.calls.append("user classes")
        return {hive: self._servers(hive, mounts) for hive in clsids}
