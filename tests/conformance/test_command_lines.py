r"""Every command line that the collection can send, on the virtual machine and in Wine's cmd.exe.

The collection's own code produces the lines and their environments, on a virtual machine. A second one, and Wine with
the same registry and files, then run the same lines with their loop unrolled (see `loop_unrolling`; a test checks that
this changes nothing on the virtual machine). Compared are the output, the exit code, the programs started and their
arguments, and the content of every hive afterwards.

Wine 8 does not prove: that `%i` is expanded before `!file%i!` (nor does Wine 10, tried by hand); that `!NAME:a=b!`
puts a `%` into a text (Wine 10 does, tried by hand); that a variable which the line itself sets is expanded
in an argument inside a loop (so there is none but in the loop over the hives, which is unrolled); texts with `%` or
`!` where a further variable follows in the same command (below); that a second run finds the lock file taken; Windows'
own `reg load`, `reg unload` and `ping`.
"""

from __future__ import annotations

import secrets
import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.facts import com_servers, office_settings
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.collect import (
    PARTS,
    FactsOptions,
    _questions,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.keys import CLICK_TO_RUN_REGISTRY, PACKAGED_COM
from ansible_collections.presence.office.plugins.plugin_utils.presence.registrations import QUESTIONS
from ansible_collections.presence.office.plugins.plugin_utils.presence.selection import Selection
from ansible_collections.presence.office.plugins.plugin_utils.windows import hive_command, office
from ansible_collections.presence.office.plugins.plugin_utils.windows.com_classes import UserClasses
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import (
    HiveFile,
    classes_hive,
    settings_hive,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import value_of
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_trees import (
    read_trees,
    read_values_and_trees,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_values import Change, HiveValues, ValueName
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_visits import HiveVisitor
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind, Profile
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import Registry
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View
from tests.conformance.command_backends import HKU, Busy, Sent, VirtualMachine, WineMachine
from tests.conformance.loop_unrolling import unrolled, with_percent_signs

GUID = "{5F3C1A52-9C0B-4A39-9A9D-0E5C1F2B7A11}"
ACME = "Acme & Söhne (100%)"


def settings(version):
    """Return every setting of Office by which users or policies switch presence off."""
    keys = (rf"Software\{root}Microsoft\Office\{version}\Common" for root in ("", "Policies\\"))
    # In this order, since Wine sorts the values that it prints.
    im: dict[str, t.Any] = {"Another": "value", "TurnOffPresenceIcon": 2, "TurnOffPresenceIntegration": 1}
    persona_menu = {"Another": 1, "Enabled": 0}
    return {rf"{key}\{name}": one for key in keys for name, one in (("IM", im), ("PersonaMenu", persona_menu))}


FLEET: dict[str, t.Any] = {
    "office": {"platform": "x64"},
    "com_servers": "made_up",
    "providers": [
        "Lync",
        "Cisco Jabber",
        {"name": ACME, "guid": GUID, "com_scope": "user", "views": ["x64", "x86"]},
    ],
    "registry": {
        rf"HKLM\{CLICK_TO_RUN_REGISTRY}\SOFTWARE\IM Providers\MsTeams": {"GUID": GUID},
        rf"HKLM\SOFTWARE\Classes\{PACKAGED_COM}\{GUID}\Acme_1.0_x64__abc": {"a": 1},
    },
    "default_profile": {"default": "Lync"},
    "users": [
        {
            "account": r"CONTOSO\ada",
            "signed_in": True,
            "default": "Cisco Jabber",
            "clients": {"Teams": "stopped"},
            "registry": settings("16.0"),
        },
        {
            "account": r"CONTOSO\bob",
            "default": "Lync",
            "path": r"C:\Users\bob & sons (old); a=b, c",
            "registry": settings("16.0") | settings("15.0"),
        },
        {"account": r"CONTOSO\carl", "default": "Lync", "path": r"C:\Profiles\Jürgen's 100% fun!"},
        {"account": r"CONTOSO\dora", "default": ACME, "path": r"C:\Users\^默认 [1] {2} @ #$ ~`+_"},
        {"account": r"CONTOSO\eve", "signed_in": True},
    ],
    "mounts": {rf"{HKU}\presence.office.dead.7": r"CONTOSO\bob"},
}
INSTALLER = {"platform": "x86", "installation": "msi", "version": "15.0"}
# Other machines: what is printed of a user depends on the version of Office, which the command looks for.
OFFICES = {
    **{where: INSTALLER | {"bitness_at": where} for where in ("native", "wow6432node", "both")},
    "14.0": INSTALLER | {"version": "14.0"},
    "none": None,
}
LOCK = hive_command.LOCK_FILE
VALUE = ValueName(r"Software\IM Providers", "DefaultIMApp")
BEFORE = StringValue.missing()
RECORD = "PreviousDefaultIMApp"
TEXTS = ['Acme "Chat" \\', "Größe 默认 \U0001f600", "<a|b>&c^d", "it's; a,b=c (x)", "/f"]

# Text that Wine 8 rescans after expansion: what follows it in the same command is not expanded any more.
# On Windows delayed expansion is the last phase (Stack Overflow 4094699, phase 5: "not parsed again").
RESCANNED = ["100% of it", "Hello!"]


def facts_questions(parts):
    return _questions(FactsOptions(frozenset(HiveKind), Selection(), parts))


class Sender:
    """Makes the collection's code send everything it can, on a virtual machine of its own."""

    def __init__(self, ours):
        self.ours = ours
        self.visitor = HiveVisitor(ours)
        self.values = HiveValues(ours, self.visitor)
        loaded = ours.mounts()
        self.profiles = [
            Profile(one.sid, one.path, HiveKind.LOADED if rf"{HKU}\{one.sid}" in loaded else HiveKind.UNLOADED)
            for one in ours.machine.profiles.all()
        ]

    def profiles_in(self, *folders):
        """Return the profiles whose folder names begin with one of these."""
        return [one for folder in folders for one in self.profiles if one.path.rpartition("\\")[2].startswith(folder)]

    def run(self, names, text=None, record=None, busy=None):
        self.ours.busy = busy
        hives = [settings_hive(profile) for profile in self.profiles_in(*names)]
        if text is None:
            self.values.read(hives, VALUE, mounts=True)
        else:
            self.write(dict.fromkeys(hives, Change(BEFORE, text, record)))
        self.ours.busy = None

    def write(self, changes):
        self.values.write(changes, VALUE, RECORD, mounts=True)


def send_everything(sender):
    """Send every command line; each step may rely on the steps before it."""
    ada, eve, bob, carl = sender.profiles_in("ada", "eve", "bob", "Jür")
    mounted = rf"HKU\presence.office.{'ab' * 4}.1"
    # The first command finds what a killed run left behind, and releases it.
    sender.run(["ada", "bob", "Jür"])
    sender.run(["^默认", "ada"])
    sender.run(["ada", "bob", "Jür"], "Cisco Jabber", record="Lync")
    for text in TEXTS:
        sender.run(["ada", "Jür"], text, record="old")
    # Each user's own provider, with a record and without.
    changes = (Change(BEFORE, TEXTS[0], "old"), Change(BEFORE, TEXTS[1]), Change(BEFORE, "Lync", TEXTS[3]))
    three = (settings_hive(one) for one in sender.profiles_in("ada", "Jür", "bob"))
    sender.write(dict(zip(three, changes, strict=True)))
    sender.write({settings_hive(one): Change(BEFORE, None) for one in sender.profiles_in("ada", "^默认", "bob")})
    # Users who signed out or in since they were listed; a missing folder; the template.
    signed_out = settings_hive(carl).now(HiveKind.LOADED)
    signed_in = settings_hive(eve).now(HiveKind.UNLOADED)
    gone = HiveFile(r"C:\Users\gone %i !root!\NTUSER.DAT", "S-1-5-21-1-2-3-4", HiveKind.UNLOADED, "")
    template = settings_hive(Profile(None, r"C:\Users\Default", HiveKind.DEFAULT))
    # Two at a time, so that no line is too long with its loop unrolled.
    for two in ([signed_out, signed_in], [gone, template]):
        sender.write(dict.fromkeys(two, Change(BEFORE, "Lync")))
    # A hive that cannot be loaded for a while, or ever; one that cannot be unloaded for a while.
    file = settings_hive(bob).path
    sender.run(["bob"], busy=Busy(file, 2))
    sender.run(["bob"], busy=Busy(file, 99))
    sender.run(["bob"], "Lync", busy=Busy(mounted, 3))
    # The survey; the facts, with and without notes (which look at COM servers); the template; no users at all.
    survey, facts = f"{QUESTIONS}& {office.QUESTION}", facts_questions(frozenset(PARTS))
    # The last one has what is asked last, since Wine 8 exits with ERRORLEVEL (`CODES` in `test_cmd_against_wine`).
    for profiles, mounts in ((sender.profiles_in("ada", "bob"), True), ([eve, ada], False)):
        hives = [settings_hive(one) for one in profiles]
        for questions in (survey, ""):
            read_values_and_trees(sender.visitor, hives, VALUE, questions, mounts=mounts)
        for questions in (facts, facts_questions(frozenset({"users"}))):
            read_trees(sender.visitor, hives, VALUE.key, questions, office_settings.QUESTIONS, mounts=mounts)
    read_trees(sender.visitor, [template], VALUE.key, facts, office_settings.QUESTIONS, mounts=True)
    read_trees(sender.visitor, [], VALUE.key, office.QUESTION, mounts=True)
    clsids = {classes_hive(one): dict.fromkeys(View, GUID) for one in sender.profiles_in("ada", "bob", "Jür")}
    UserClasses(Registry(sender.ours), sender.visitor).servers(clsids, "(value not set)", mounts=True)
    # Last, as the two sides differ afterwards.
    for text in RESCANNED:
        sender.run(["ada", "bob"], text, record="old")


@pytest.fixture(scope="module")
def virtual():
    """Yield the virtual machine after the collection has sent every command line to it."""
    # The same marks and names of mounts on all sides.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "token_hex", lambda size: "ab" * size)
        ours = VirtualMachine(FLEET)
        send_everything(Sender(ours))
        yield ours
    ours.machine.close()


def with_loop_unrolled(sent):
    """Return the same command line with its loops unrolled."""
    line, environment = with_percent_signs(sent.line, sent.environment)
    return Sent(unrolled(line), environment, sent.busy)


def test_everything_is_sent(virtual):
    """A new action must be added to `send_everything`."""
    lines = [one.line for one in virtual.sent]
    for name, action in hive_command._ACTIONS.items():
        assert any(action.do in line and action.read in line for line in lines), name
    assert any("!percents!" in line for line in lines)
    assert not [one for one in virtual.sent if "%" in "".join(one.environment.values())]
    for number in (0, 1, 2, 3):
        assert any(f"(1,1,{number}) do ((set root=none)" in line for line in lines)
    assert any(LOCK not in line for line in lines)
    settings, com = office_settings.QUESTIONS, com_servers.QUESTIONS
    for part in (QUESTIONS, com, settings, office.QUESTION, hive_command.READ_TREE):
        assert any(part in line for line in lines)
    assert any(settings in line and com not in line for line in lines)
    assert any(settings in line and LOCK not in line for line in lines)


def test_unrolling_the_loop_changes_nothing(virtual):
    twin = VirtualMachine(FLEET)
    for one, done in zip(virtual.sent, virtual.done, strict=True):
        assert twin.replay(with_loop_unrolled(one)) == done
    assert twin.stored() == virtual.stored()
    twin.machine.close()


def test_wine_does_the_same(wine, virtual, record_property):
    twin = VirtualMachine(FLEET)
    wines = WineMachine(wine, twin)
    same = [one for one in virtual.sent if with_loop_unrolled(one).environment.get("text1") not in RESCANNED]
    for one in same:
        ours, theirs = twin.replay(with_loop_unrolled(one)), wines.replay(with_loop_unrolled(one))
        assert theirs == ours, one
        assert wines.mounts() == twin.mounts(), one
    assert wines.stored() == twin.stored()
    for one in virtual.sent[len(same) :]:
        assert wines.replay(with_loop_unrolled(one)) != twin.replay(with_loop_unrolled(one)), (
            "listed, yet Wine does this right"
        )
    twin.machine.close()
    record_property("command lines of the collection beside Wine's cmd", len(same))


@pytest.fixture(params=OFFICES)
def other(request, monkeypatch):
    """Yield a machine with another Office, after the collection has collected facts there, and its description."""
    monkeypatch.setattr(secrets, "token_hex", lambda size: "ab" * size)
    description = FLEET | {"office": OFFICES[request.param]}
    ours = VirtualMachine(description)
    sender = Sender(ours)
    hives = [settings_hive(one) for one in sender.profiles_in("ada", "bob")]
    visits = read_trees(
        sender.visitor, hives, VALUE.key, facts_questions(frozenset(PARTS)), office_settings.QUESTIONS, mounts=True
    )
    version = {"14.0": "14.0", "none": None}.get(request.param, "15.0")
    found = office.parse_office(visits.answers["office"][0])
    assert (found.key_version if found else None) == version
    # Bob has settings of 16.0 and of 15.0, ada of 16.0 only.
    keys = [set(tree.more) for outcome in visits.outcomes.values() if (tree := value_of(outcome))]
    own = {rf"software\{root}microsoft\office\15.0\common\im" for root in ("", "policies\\")}
    assert [one & own for one in keys] == [set(), own if version == "15.0" else set()]
    assert not [path for one in keys for path in one if "16.0" in path]
    yield ours, description
    ours.machine.close()


def test_unrolling_the_loop_changes_nothing_with_another_office(other):
    ours, description = other
    twin = VirtualMachine(description)
    for one, done in zip(ours.sent, ours.done, strict=True):
        assert twin.replay(with_loop_unrolled(one)) == done
    twin.machine.close()


def test_wine_does_the_same_with_another_office(wine, other):
    ours, description = other
    twin = VirtualMachine(description)
    wines = WineMachine(wine, twin)
    for one in ours.sent:
        assert wines.replay(with_loop_unrolled(one)) == twin.replay(with_loop_unrolled(one)), one
    twin.machine.close()
