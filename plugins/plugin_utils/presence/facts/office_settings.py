# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the settings by which presence is switched off in Office, for one user.

Source: Microsoft, "Presence icons don't appear in Outlook". The policy's key comes before the user's own. Only the keys
of the installed version count.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...windows.hive_trees import HiveTree
from ...windows.hive_values import ValueName
from ..keys import TYPE_LIBRARY

_POLICIES, _OWN = r"Software\Policies", "Software"
_IM, _PERSONA_MENU = r"Common\IM", r"Common\PersonaMenu"


def _query(key: str, what: str = "") -> str:
    # Not by a loop: Wine's cmd expands no variable of this line in one, so that nothing could be compared with it.
    roots = (rf"HKU\!root!\{root}\Microsoft\Office\!office!" for root in (_POLICIES, _OWN))
    return "& ".join(rf'(reg query "{root}\{key}"{what} 2>nul)' for root in roots)


#: Commands for ``hive_command``: they print the settings and, of users who are signed in, more that is only a note.
QUESTIONS = (
    f"{_query(_IM)}& (if !root!==!sid%i! ({_query(_PERSONA_MENU, ' /v Enabled')}& "
    rf'(reg query "HKU\!root!_Classes\{TYPE_LIBRARY}" /ve 2>nul)))'
)


def setting_values(version: str | None) -> tuple[ValueName, ...]:
    """Return the values that hold the settings, for the installed version of Office."""
    below = ((_IM, "TurnOffPresenceIntegration"), (_IM, "TurnOffPresenceIcon"), (_PERSONA_MENU, "Enabled"))
    return tuple(
        ValueName(rf"{root}\Microsoft\Office\{version}\{key}", name)
        for key, name in (below if version else ())
        for root in (_POLICIES, _OWN)
    )


@dataclass(frozen=True)
class OfficeSetting:
    """A setting of one user.

    Args:
        name: of the value.
        key: below the user's hive, as the machine spells it.
        policy: whether a policy put it there, so that only the policy can take it away.
    """

    name: str
    number: int
    key: str
    policy: bool

    @property
    def label(self) -> str:
        """The setting as a sentence says it."""
        where = "a policy sets it, and only the policy can take it away" if self.policy else "the user's own setting"
        return f"{self.name} is {self.number} ({where})"


@dataclass(frozen=True)
class OfficeSettings:
    """What is switched off for one user; None for what is not."""

    presence_off: OfficeSetting | None = None
    icons_off_in_mail: OfficeSetting | None = None
    own_type_library: bool | None = None


def parse_settings(tree: HiveTree, version: str | None, signed_in: bool) -> OfficeSettings:
    """Return the settings for the installed version of Office."""
    integration = _setting(tree, version, _IM, "TurnOffPresenceIntegration")
    icon = _setting(tree, version, _IM, "TurnOffPresenceIcon")
    persona = _setting(tree, version, _PERSONA_MENU, "Enabled")
    off = [one for one, number in ((integration, 1), (icon, 2)) if one and one.number == number]
    in_mail = [one for one, number in ((icon, 1), (persona, 0)) if one and one.number == number]
    library = rf"_classes\{TYPE_LIBRARY}".casefold() in tree.more if signed_in else None
    return OfficeSettings(next(iter(off), None), next(iter(in_mail), None), library)


def _setting(tree: HiveTree, version: str | None, key: str, name: str) -> OfficeSetting | None:
    for root in (_POLICIES, _OWN):
        path = rf"{root}\Microsoft\Office\{version}\{key}"
        printed = tree.more.get(path.casefold())
        number = printed.number(name) if printed else None
        if number is not None:
            return OfficeSetting(name, number, path, policy=root == _POLICIES)
    return None
