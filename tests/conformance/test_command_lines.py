r"""Every command line that the collection can send, on the virtual machine and in Wine's cmd.exe.

The collection's own code makes the lines and their environments, on a virtual machine. A second one, and Wine with
the same registry and files, then run the same lines with their loop written out (see `unrolled`; on the virtual
machine that changes nothing, which is checked). Compared are what was printed, the exit code, the programs that
were started with their arguments, and what is in every hive afterwards.

What Wine 8 does not prove: that `%i` is expanded before `!file%i!`; texts with `%` or `!` where a further variable
follows in the same command (below); that a second run finds the lock file taken; Windows' own `reg load`, `reg unload`
and `ping`.
"""

from __future__ import annotations

import secrets

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.registrations import QUESTIONS
from ansible_collections.presence.office.plugins.plugin_utils.windows import hive_command, hives, office
from ansible_collections.presence.office.plugins.plugin_utils.windows.classes import UserClasses
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_trees import HiveTrees
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import Kind, Profile
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import Registry
from tests.conformance.command_backends import HKU, Busy, Ours, Sent, Wines
from tests.conformance.loop_unrolling import unrolled

GUID = "{5F3C1A52-9C0B-4A39-9A9D-0E5C1F2B7A11}"
ACME = "Acme & Söhne (100%)"
FLEET = {
    "office": {"platform": "x64"},
    "providers": [
        "Lync",
        "Cisco Jabber",
        {"name": ACME, "guid": GUID, "com_scope": "user", "views": ["x64", "x86"]},
    ],
    "default_profile": {"default": "Lync"},
    "users": [
        {"account": r"CONTOSO\ada", "signed_in": True, "default": "Cisco Jabber"},
        {"account": r"CONTOSO\bob", "default": "Lync", "path": r"C:\Users\bob & sons (old); a=b, c"},
        {"account": r"CONTOSO\carl", "default": "Lync", "path": r"C:\Profiles\Jürgen's 100% fun!"},
        {"account": r"CONTOSO\dora", "default": ACME, "path": r"C:\Users\^默认 [1] {2} @ #$ ~`+_"},
        {"account": r"CONTOSO\eve", "signed_in": True},
    ],
    "mounts": {rf"{HKU}\presence.office.dead.7": r"CONTOSO\bob"},
}
LOCK = hive_command.LOCK_FILE
VALUE = hives.ValueName(r"Software\IM Providers", "DefaultIMApp")
RECORD = "PreviousDefaultIMApp"
TEXTS = ['Acme "Chat" \\', "Größe 默认 \U0001f600", "<a|b>&c^d", "it's; a,b=c (x)", "/f"]

# Text that Wine 8 looks at again once it is put in: what follows it in the same command is not expanded any more.
# On Windows delayed expansion is the last phase (Stack Overflow 4094699, phase 5: "not parsed again").
RESCANNED = ["100% of it", "Hello!"]


class Sender:
    """Has the collection's code send everything it can, on a virtual machine of its own."""

    def __init__(self, ours):
        self.ours = ours
        self.hives = hives.Hives(ours)
        loaded = ours.mounts()
        self.profiles = [
            Profile(one.sid, one.path, Kind.LOADED if rf"{HKU}\{one.sid}" in loaded else Kind.UNLOADED)
            for one in ours.machine.profiles.all()
        ]

    def some(self, *folders):
        """Return the profiles with folders that begin like that."""
        return [one for folder in folders for one in self.profiles if one.path.rpartition("\\")[2].startswith(folder)]

    def visit(self, names, text=None, record=None, busy=None):
        self.ours.busy = busy
        profiles = self.some(*names)
        write = None if text is None else hives.Write(text, RECORD)
        self.hives.visit(profiles, VALUE, write, dict.fromkeys(profiles, record) if record else None)
        self.ours.busy = None


def send(sender):
    """Return all there is to send; each step may rely on what those before it left."""
    ada, eve, bob, carl = sender.some("ada", "eve", "bob", "Jür")
    mounted = rf"HKU\presence.office.{'ab' * 4}.1"
    # The very first command finds what a run that was killed left behind, and releases it.
    sender.visit(["ada", "bob", "Jür"])
    sender.visit(["^默认", "ada"])
    sender.visit(["ada", "bob", "Jür"], "Cisco Jabber", record="Lync")
    for text in TEXTS:
        sender.visit(["ada", "Jür"], text, record="old")
    sender.hives.visit(sender.some("ada", "^默认", "bob"), VALUE, hives.Write(None), None)
    # Users who signed out, or in, since they were listed; a folder that is gone; the template.
    out = Profile(carl.sid, carl.path, Kind.LOADED)
    signed = Profile(eve.sid, eve.path, Kind.UNLOADED)
    gone = Profile("S-1-5-21-1-2-3-4", r"C:\Users\gone %i !root!", Kind.UNLOADED)
    template = Profile(None, r"C:\Users\Default", Kind.DEFAULT)
    sender.hives.visit([out, signed, gone, template], VALUE, hives.Write("Lync", RECORD), None)
    # A hive that cannot be loaded for a while, or for ever; one that cannot be released for a while.
    file = bob.hive_file
    sender.visit(["bob"], busy=Busy(file, 2))
    sender.visit(["bob"], busy=Busy(file, 99))
    sender.visit(["bob"], "Lync", busy=Busy(mounted, 3))
    questions = f"{QUESTIONS}& {office.QUESTION}"
    trees = HiveTrees(sender.hives)
    trees.read(sender.some("ada", "bob"), VALUE.key, questions)
    trees.read([ada, eve], VALUE.key, questions, mounts=False)
    trees.read([], VALUE.key, office.QUESTION)
    clsids = {profile: {"x64": GUID, "x86": GUID} for profile in sender.some("ada", "bob", "Jür")}
    UserClasses(Registry(sender.ours), sender.hives).servers(clsids, "(value not set)")
    # Last, as the two sides are not the same afterwards.
    for text in RESCANNED:
        sender.visit(["ada", "bob"], text, record="old")


@pytest.fixture(scope="module")
def sent():
    # The same marks and names of mounts on all sides.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "token_hex", lambda size: "ab" * size)
        ours = Ours(FLEET)
        send(Sender(ours))
        yield ours
    ours.machine.close()


def written_out(sent):
    return Sent(unrolled(sent.line), sent.environment, sent.busy)


def test_everything_is_sent(sent):
    """An action that is new must be sent above."""
    lines = [one.line for one in sent.sent]
    for name, action in hive_command._ACTIONS.items():
        assert any(action.do in line and action.read in line for line in lines), name
    for number in (0, 1, 2, 3, 4):
        assert any(f"(1,1,{number}) do ((set root=none)" in line for line in lines)
    assert any(LOCK not in line for line in lines)
    assert any(QUESTIONS in line for line in lines)


def test_writing_the_loop_out_changes_nothing(sent):
    twin = Ours(FLEET)
    for one, done in zip(sent.sent, sent.done, strict=True):
        assert twin.replay(written_out(one)) == done
    assert twin.stored() == sent.stored()
    twin.machine.close()


def test_wine_does_the_same(wine, sent, record_property):
    twin = Ours(FLEET)
    wines = Wines(wine, twin)
    same = [one for one in sent.sent if one.environment.get("text1") not in RESCANNED]
    for one in same:
        ours, theirs = twin.replay(written_out(one)), wines.replay(written_out(one))
        assert theirs == ours, one
        assert wines.mounts() == twin.mounts(), one
    assert wines.stored() == twin.stored()
    for one in sent.sent[len(same) :]:
        assert wines.replay(written_out(one)) != twin.replay(written_out(one)), "listed, yet Wine does this right"
    twin.machine.close()
    record_property("command lines of the collection beside Wine's cmd", len(same))
