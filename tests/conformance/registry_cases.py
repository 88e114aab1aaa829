r"""The table of registry cases: initial values, and one operation on them.

Each case runs by `reg.exe` in a command line and by StdRegProv, on both sides; the answers and the registry afterwards
are compared. Each case has a key of its own.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from tests.virtual_windows.machine.values import Value, ValueType

SZ, DWORD = ValueType.SZ, ValueType.DWORD
Verb = t.Literal["put", "get", "delete", "create", "delete_key", "list", "list_all", "copy", "copy_all"]


@dataclass(frozen=True)
class Case:
    """One operation on the registry.

    Attributes:
        title: name of the case.
        verb: put, get or delete a value; create, delete or list a key; list everything below one;
            or copy one's values, or all below it, to `target`.
        key: relative to the case's own key.
        value: which value, and for put its data; for get the type requested from StdRegProv.
        given: initial values, by their key; a key without values has an empty list.
        root: the parent of the case's own key.
        target: of a copy; relative, like `key`.
    """

    title: str
    verb: Verb
    key: str = ""
    value: Value = field(default_factory=lambda: Value("", SZ, ""))
    given: dict[str, list[Value]] = field(default_factory=lambda: {"": []})
    root: str = r"HKEY_CURRENT_USER\Software"
    target: str = ""


def _text(name: str, data: str = "x") -> Value:
    return Value(name, SZ, data)


NAMES = {
    "plain": "DefaultIMApp",
    "a letter": "a",
    "digits": "0123",
    "a blank inside": "two words",
    "a blank in front": " front",
    "a blank behind": "behind ",
    "two blanks": "a  b",
    "umlauts": "Größe",
    "sharp s": "ß",
    "Greek sigma": "\u03a3\u03c3\u03c2",
    "dotless i": "\u0131I\u0130i",
    "Cyrillic": "Имя",
    "Chinese": "默认",
    "beyond the first plane": "smile \U0001f600",
    "combining mark": "e\u0301",
    "a backslash": r"a\b",
    "a backslash at the end": "a\\",
    "a slash": "a/b",
    "an ampersand": "a&b",
    "a caret": "a^b",
    "a percent sign": "a%b",
    "an exclamation mark": "a!b",
    "a bar and angles": "a|b<c>d",
    "parentheses": "(a)",
    "delimiters": "a;b,c=d",
    "an apostrophe": "it's",
    "a quote": 'say "x"',
    "an at sign": "@",
    "a dot": ".",
    "like a switch": "/v",
    "as long as a key's name": "n" * 255,
    "longer than a key's name": "n" * 1000,
}

TEXTS = {
    "empty": "",
    "a letter": "x",
    "blanks": "   ",
    "blanks around": "  a b  ",
    "umlauts": "Grüße aus Köln",
    "Chinese": "漢字かな",
    "beyond the first plane": "\U0001f600\U0001f680",
    "right to left": "שלום",
    "a path": r"C:\Program Files\Acme\chat.exe",
    "a backslash at the end": "C:\\Temp\\",
    "two backslashes at the end": "C:\\Temp\\\\",
    "quotes": '"C:\\a b\\c.exe" -x "y"',
    "a quote after a backslash": 'a\\"b',
    "a GUID": "{5F3C1A52-9C0B-4A39-9A9D-0E5C1F2B7A11}",
    "an ampersand": "R&D",
    "a caret": "a^^b^",
    "a percent sign": "100% of it",
    "an exclamation mark": "Hello!",
    "a bar and angles": "<a|b>",
    "zero as text": r"a\0b",
    "like a switch": "/f",
    "four blanks": "a    REG_SZ    b",
    "a line's length": "y" * 1000,
    "thousands": "z" * 5000,
}

KEYS = {
    "plain": "Lync",
    "a blank inside": "Cisco Jabber",
    "a blank in front": " front",
    "umlauts": "Größe",
    "Chinese": "默认",
    "beyond the first plane": "\U0001f600",
    "specials": "a&b^c(d)",
    "a percent sign": "50%",
    "a slash": "a/b",
    "a dot": "a.b",
    "three levels": r"one\two\three",
    "longest name": "k" * 255,
}

MANY = [_text(f"value{number:02}", str(number)) for number in range(30)]

TYPED: dict[str, Value] = {
    "REG_SZ": Value("v", SZ, "text"),
    "REG_EXPAND_SZ": Value("v", ValueType.EXPAND_SZ, r"%T_NOPE%\x"),
    "REG_DWORD": Value("v", DWORD, 7),
    "REG_DWORD at its largest": Value("v", DWORD, 0xFFFFFFFF),
    "REG_DWORD zero": Value("v", DWORD, 0),
    "REG_QWORD": Value("v", ValueType.QWORD, 5_000_000_000),
    "REG_BINARY": Value("v", ValueType.BINARY, b"\x00\x0f\xff"),
    "REG_BINARY empty": Value("v", ValueType.BINARY, b""),
    "REG_MULTI_SZ": Value("v", ValueType.MULTI_SZ, ["a", "b c", "ü"]),
    "REG_MULTI_SZ of one": Value("v", ValueType.MULTI_SZ, ["a"]),
    "REG_MULTI_SZ empty": Value("v", ValueType.MULTI_SZ, []),
    "REG_NONE": Value("v", ValueType.NONE, b""),
}


def _names() -> list[Case]:
    return [
        case
        for what, name in NAMES.items()
        for case in (
            Case(f"write a value: {what}", "put", value=_text(name, "new")),
            Case(f"read a value: {what}", "get", value=_text(name), given={"": [_text(name, "old")]}),
            Case(f"delete a value: {what}", "delete", value=_text(name), given={"": [_text(name), _text("other")]}),
        )
    ]


def _texts() -> list[Case]:
    return [
        case
        for what, text in TEXTS.items()
        for case in (
            Case(f"write a text: {what}", "put", value=_text("v", text)),
            Case(f"read a text: {what}", "get", value=_text("v"), given={"": [_text("v", text)]}),
        )
    ]


def _keys() -> list[Case]:
    return [
        case
        for what, name in KEYS.items()
        for case in (
            Case(f"create a key: {what}", "create", name),
            Case(f"list a key: {what}", "list", name, given={name: [_text("v")]}),
            Case(f"delete a key: {what}", "delete_key", name, given={name: [_text("v")], "other": []}),
        )
    ]


def _types() -> list[Case]:
    return [
        case
        for what, value in TYPED.items()
        for case in (
            Case(f"list a type: {what}", "list", given={"": [value]}),
            Case(f"read a type: {what}", "get", value=value, given={"": [value]}),
            Case(f"write a type: {what}", "put", value=value),
            Case(f"text in place of {what}", "put", value=_text("v", "new"), given={"": [value]}),
        )
    ]


def _copies() -> list[Case]:
    everything = {"a": list(TYPED.values())[:1] + MANY, r"a\b": [_text("x")], r"a\b\c": [], "other": [_text("v")]}
    return [
        *(
            Case(f"copy a value: {what}", "copy", "a", given={"a": [value]}, target="b")
            for what, value in TYPED.items()
        ),
        *(
            Case(f"copy a text: {what}", "copy", "a", given={"a": [_text("v", text)], "b": [_text("v")]}, target="b")
            for what, text in TEXTS.items()
        ),
        Case(
            "copy onto others", "copy", "a", given={"a": [_text("v", "n")], "b": [_text("V"), _text("w")]}, target="b"
        ),
        Case("copy over another type", "copy", "a", given={"a": [_text("v")], "b": [Value("v", DWORD, 7)]}, target="b"),
        Case("copy a default value", "copy", "a", given={"a": [_text("", "d")]}, target="b"),
        Case("copy an empty key", "copy", "a", given={"a": []}, target=r"b\c"),
        Case("copy a missing key", "copy", "nope", target="b"),
        Case("copy a key onto itself", "copy", "a", given={"a": [_text("v")]}, target="A"),
        Case("copy values only", "copy", "a", given=everything, target="other"),
        Case("copy all below", "copy_all", "a", given=everything, target="other"),
    ]


OTHERS = [
    Case("default value, not set", "get", value=_text("")),
    Case("default value, empty", "get", value=_text(""), given={"": [_text("", "")]}),
    Case("default value, set", "get", value=_text(""), given={"": [_text("", "d")]}),
    Case("default value, written", "put", value=_text("", "d")),
    Case("default value, overwritten", "put", value=_text("", "e"), given={"": [_text("", "d")]}),
    Case("default value, deleted", "delete", value=_text(""), given={"": [_text("", "d"), _text("v")]}),
    Case("default value, deleted though not set", "delete", value=_text("")),
    Case("default value, listed", "list", given={"": [_text("", "d"), _text("v")]}),
    Case("case of a value's name, read", "get", value=_text("DEFAULTIMAPP"), given={"": [_text("DefaultImApp", "x")]}),
    Case("case of a value's name, kept", "put", value=_text("DEFAULTIMAPP"), given={"": [_text("DefaultImApp", "x")]}),
    Case("case of a value's name, deleted", "delete", value=_text("defaultimapp"), given={"": [_text("DefaultImApp")]}),
    Case("case of umlauts", "get", value=_text("GRÖSSE"), given={"": [_text("grösse", "x")]}),
    Case("case of sharp s", "get", value=_text("STRASSE"), given={"": [_text("straße", "x")]}),
    Case("case of Greek", "get", value=_text("ΣΊΣΥΦΟΣ"), given={"": [_text("σίσυφοσ", "x")]}),
    Case("case of a key, found", "list", "LYNC", given={"Lync": [_text("v")]}),
    Case("case of a key, created", "create", "LYNC", given={"Lync": [_text("v")]}),
    Case("case of a key, deleted", "delete_key", "lync", given={"Lync": [_text("v")]}),
    Case("missing value", "get", value=_text("nope")),
    Case("missing key, read", "get", "nope", _text("v")),
    Case("missing key, written", "put", "nope", _text("v")),
    Case("missing key, listed", "list", "nope"),
    Case("missing key, deleted", "delete_key", "nope"),
    Case("missing value, deleted", "delete", value=_text("nope")),
    Case("missing value of a missing key, deleted", "delete", "nope", _text("v")),
    Case("missing key below a missing key", "create", r"a\b\c"),
    Case("empty key, listed", "list"),
    Case("key with one subkey", "list", given={"one": []}),
    Case("key with subkeys out of order", "list", given={"b": [], "a": [], "C": []}),
    Case("key with thirty subkeys", "list", given={f"sub{number:02}": [] for number in range(30)}),
    Case("key with thirty values", "list", given={"": MANY}),
    Case("values out of order", "list", given={"": [_text("b"), _text("a"), _text("C")]}),
    Case("key with values and subkeys", "list", given={"": [_text("v")], "sub": [_text("w")]}),
    Case("all below a key", "list_all", given={"": [_text("v")], "a": [_text("w")], r"a\b": [_text("x")], "c": []}),
    Case("all below an empty key", "list_all"),
    Case("all below a missing key", "list_all", "nope"),
    Case("delete a key with subkeys", "delete_key", "a", given={r"a\b": [], "c": []}),
    Case("write twice", "put", value=_text("v", "new"), given={"": [_text("v", "old")]}),
    Case("write a shorter text", "put", value=_text("v", "x"), given={"": [_text("v", "long" * 50)]}),
    Case("write beside others", "put", value=_text("v", "x"), given={"": [_text("u"), _text("w")]}),
    Case("create a key that is there", "create", "a", given={"a": [_text("v")]}),
    Case("number where a text is", "get", value=Value("v", DWORD, 0), given={"": [_text("v", "7")]}),
    Case("text where a number is", "get", value=_text("v"), given={"": [Value("v", DWORD, 7)]}),
    *(
        case
        for root in (r"HKEY_LOCAL_MACHINE\SOFTWARE", r"HKEY_USERS\.DEFAULT\Software")
        for case in (
            Case(f"{root}: written", "put", value=_text("v"), root=root),
            Case(f"{root}: read", "get", value=_text("v"), given={"": [_text("v")]}, root=root),
            Case(f"{root}: listed", "list", given={"": [_text("v")], "sub": []}, root=root),
            Case(f"{root}: deleted", "delete", value=_text("v"), given={"": [_text("v")]}, root=root),
        )
    ),
]

CASES = [*_names(), *_texts(), *_keys(), *_types(), *_copies(), *OTHERS]
