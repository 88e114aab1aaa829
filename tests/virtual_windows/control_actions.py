"""The actions of the control interface on a machine: a function each.

Each takes the machine and the request's arguments and returns plain data. To add an action, add a
function with `@action`; its parameters are its arguments, for HTTP and for the command line alike.
"""

from __future__ import annotations

import inspect
import typing as t

from .machine.describe_values import read_value
from .machine.errors import Win32Error
from .machine.profile_service import SignInError
from .machine.reader import DescriptionError, Reader
from .machine.registry import HKLM, HKU

if t.TYPE_CHECKING:
    from .fleet import Member

Result = dict[str, t.Any]
ACTIONS: dict[str, t.Callable[..., Result]] = {}
_ROOTS = {"HKLM": HKLM, "HKU": HKU}


class ActionError(Exception):
    """The action failed; the message says why."""


def action(function: t.Callable[..., Result]) -> t.Callable[..., Result]:
    """Make a function an action, named like it with hyphens."""
    ACTIONS[function.__name__.replace("_", "-")] = function
    return function


def perform(member: Member, name: str, arguments: dict[str, t.Any]) -> Result:
    """Do an action.

    Raises:
        ActionError: when it is unknown, its arguments do not fit, or the machine refuses.
    """
    function = ACTIONS.get(name)
    if function is None:
        raise ActionError(f"there is no action '{name}' (there are: {', '.join(sorted(ACTIONS))})")
    try:
        inspect.signature(function).bind(member, **arguments)
    except TypeError as failure:
        raise ActionError(f"{name}: {failure}") from failure
    try:
        return function(member, **arguments)
    except (Win32Error, SignInError, DescriptionError, ValueError, RuntimeError) as failure:
        raise ActionError(f"{name}: {failure}") from failure
    except KeyError as failure:
        raise ActionError(f"{name}: {failure.args[0]}") from failure


@action
def dump(member: Member) -> Result:
    """Return everything about the machine."""
    return member.machine.dump()


@action
def seed(member: Member, description: dict[str, t.Any]) -> Result:
    """Reset the machine to a description: what a fleet file says below its name, except the network."""
    member.machine.seed(description)
    return {"message": f"{member.name} is as described"}


@action
def sign_in(member: Member, user: str) -> Result:
    """Sign a user in."""
    session = member.machine.sign_in(user)
    profile = member.machine.profile_of(user)
    return {"message": f"{user} is signed in (session {session.id}, {profile.path})", "temporary": profile.status & 1}


@action
def sign_out(member: Member, user: str, linger: bool = False) -> Result:
    """Sign a user out; `linger` leaves the hive in the middle of being unloaded."""
    member.machine.sign_out(user, linger=linger)
    return {"message": f"{user} is {'signing' if linger else 'signed'} out"}


@action
def start(member: Member, user: str, client: str, until: str = "running") -> Result:
    """Start an IM client, until it is `starting` or `running`."""
    im_client = member.machine.clients.get(user, client)
    if until not in ("starting", "running"):
        raise ValueError(f"until must be starting or running, not {until!r}")
    im_client.start(until=until)
    return {"message": f"{im_client.description.name} of {user} is {im_client.state}"}


@action
def stop(member: Member, user: str, client: str) -> Result:
    """Stop an IM client in an orderly way."""
    im_client = member.machine.clients.get(user, client)
    im_client.stop()
    return {"message": f"{im_client.description.name} of {user} is {im_client.state}"}


@action
def crash(member: Member, user: str, client: str) -> Result:
    """Let an IM client die; what it wrote stays."""
    im_client = member.machine.clients.get(user, client)
    im_client.crash()
    return {"message": f"{im_client.description.name} of {user} is {im_client.state}"}


@action
def take_over(member: Member, user: str, client: str) -> Result:
    """Let an IM client make itself the default."""
    im_client = member.machine.clients.get(user, client)
    im_client.take_over()
    return {"message": f"{im_client.description.name} took over from {user}'s default"}


@action
def default(member: Member, user: str) -> Result:
    """Return the user's DefaultIMApp, hive loaded or not."""
    value = member.machine.default_of(user)
    return {"message": "none" if value is None else str(value), "default": value}


@action
def set(member: Member, key: str, name: str, data: t.Any, type: str = "", user: str = "") -> Result:  # noqa: A001, A002
    """Set a value; `key` is a full path, or with `user` relative to that user's hive, loaded or not."""
    value = read_value(Reader({name: {"type": type, "data": data} if type else data}, "set"), name)
    machine = member.machine
    with machine.lock:
        path = _path(member, user, key)
        if path:
            machine.registry.create_key(path)
            machine.registry.set_value(path, value)
        else:
            machine.hive_of(user).ensure(key).set(value)
    return {"message": f"{key}, {name or '(default)'} is {value.data!r}"}


@action
def delete(member: Member, key: str, name: str, user: str = "") -> Result:
    """Delete a value; `key` as for `set`."""
    machine = member.machine
    with machine.lock:
        path = _path(member, user, key)
        if path:
            machine.registry.delete_value(path, name)
        else:
            hive_key = machine.hive_of(user).at(key)
            if hive_key is None or not hive_key.unset(name):
                raise ValueError(f"{user} has no value '{name}' in {key}")
    return {"message": f"{key}, {name or '(default)'} is gone"}


@action
def mount(member: Member, key: str, what: str) -> Result:
    """Load a hive at a key, as `reg load` does: a file, or the hive of an account."""
    member.machine.mount(full_path(key), what)
    return {"message": f"{what} is mounted at {key}"}


@action
def unmount(member: Member, key: str) -> Result:
    """Unload the hive at a key."""
    member.machine.registry.unload_hive(full_path(key))
    return {"message": f"nothing is mounted at {key}"}


@action
def hold(member: Member, user: str, owner: str = "backup.exe") -> Result:
    """Let a program hold a user's hive file, so that it cannot be loaded."""
    handle = member.machine.hold_hive(user, owner)
    return {"message": f"{owner} holds {handle.path}"}


@action
def hold_key(member: Member, key: str) -> Result:
    """Let a program hold a key open, so that its hive cannot be unloaded."""
    return {"message": f"{member.machine.hold_key(full_path(key)).path} is held open"}


@action
def release(member: Member) -> Result:
    """Let go of all that `hold` and `hold-key` hold."""
    return {"message": f"released {', '.join(member.machine.release()) or 'nothing'}"}


@action
def requests(member: Member) -> Result:
    """Return the requests to the WinRM service since the log was last cleared."""
    log = member.log
    fields = ("number", "kind", "detail", "bytes_in", "bytes_out", "status", "fault", "authentication")
    entries = [{field: getattr(entry, field) for field in fields} for entry in log.entries]
    return {"requests": entries, "count": log.count(), "writes": len(log.writes()), "programs": log.programs}


@action
def clear(member: Member) -> Result:
    """Forget the requests so far."""
    member.log.clear()
    return {"message": f"the log of {member.name} is empty"}


@action
def power_off(member: Member) -> Result:
    """Switch the machine off: connections are cut and refused."""
    member.power_off()
    return {"message": f"{member.name} is off"}


@action
def power_on(member: Member) -> Result:
    """Switch the machine on again."""
    member.power_on()
    return {"message": f"{member.name} is on"}


def full_path(key: str) -> str:
    """Return `key` with its root spelled out."""
    root, backslash, rest = key.partition("\\")
    return _ROOTS.get(root.upper(), root) + backslash + rest


def _path(member: Member, user: str, key: str) -> str:
    """Return the full path of a key; empty for one of a user's hive that is loaded nowhere."""
    if not user:
        return full_path(key)
    hive = member.machine.profile_of(user).hive
    return f"{hive.mounted_at}\\{key}" if hive is not None and hive.mounted_at else ""
