"""Which letters a login can carry, in a sentence that shows none of the password."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import LoginRefusedError
from ansible_collections.presence.office.plugins.plugin_utils.wsman.login import Login, refused

ANY_LETTER = "pä ss:%!€пароль密码😀"
VARIABLE = "ansible_winrm_transport"
BASIC = ("basic", "plaintext", "ssl")
WIDE = ("ntlm", "credssp", "negotiate", "kerberos")


def login(method, user="ada", password="x", **more):
    return Login(method, VARIABLE, user, password, **more)


@pytest.mark.parametrize("method", WIDE)
def test_every_other_login_carries_any_letter(method):
    login(method, "Администратор", ANY_LETTER, as_line=True).check()


@pytest.mark.parametrize("method", ["ntlm", "credssp", "negotiate"])
def test_ntlm_carries_line_breaks_and_nul_as_well(method):
    login(method, password="a\nb\0").check()


@pytest.mark.parametrize("method", BASIC)
def test_basic_carries_latin_1(method):
    login(method, "jörg", "pä ss:%!").check()


@pytest.mark.parametrize(
    ("method", "user", "password", "sentence"),
    [
        *((one, "ada", ANY_LETTER, "cannot carry the password, which holds letters beyond Latin-1") for one in BASIC),
        ("basic", "Админ", "x", "cannot carry the user name, which holds letters beyond Latin-1"),
        ("basic", "a:da", "x", "cannot carry a user name with a colon"),
        ("basic", "ada", "secret\n", "cannot carry the password, which holds a control character"),
        ("basic", "ada", "sec\0ret", "cannot carry the password, which holds a control character"),
        ("kerberos", "ada", "sec\nret", "Kerberos cannot carry a password with a line break or a NUL"),
        ("kerberos", "ada", "sec\0ret", "Kerberos cannot carry a password with a line break or a NUL"),
    ],
)
def test_what_a_login_cannot_carry_names_one_that_can(method, user, password, sentence):
    with pytest.raises(LoginRefusedError, match=f"{sentence}.*: set {VARIABLE} to .*(ntlm|credssp)") as raised:
        login(method, user, password, as_line=True).check()
    assert password == "x" or password not in str(raised.value)


@pytest.mark.parametrize("method", [*BASIC, *WIDE])
@pytest.mark.parametrize(
    ("user", "password", "sentence"),
    [
        ("ad\udce9a", "x", "the user name holds a character that no login can carry"),
        ("ada", "s3cret\udce9", "the password holds a character that no login can carry"),
        ("ada\n", "x", "the user name holds a control character"),
    ],
)
def test_what_no_login_can_carry_is_said(method, user, password, sentence):
    with pytest.raises(LoginRefusedError, match=sentence) as raised:
        login(method, user, password).check()
    assert "s3cret" not in str(raised.value)
    str(raised.value).encode()


def test_a_line_break_is_no_obstacle_where_the_password_is_no_line():
    login("kerberos", password="a\nb").check()


def test_a_certificate_sends_no_password_and_nothing_given_is_nothing_wrong():
    for method in ("certificate", *BASIC, *WIDE):
        Login(method, VARIABLE).check()


@pytest.mark.parametrize(
    ("method", "user", "password", "doubt"),
    [
        ("basic", "ada", "plain", ""),
        ("basic", "ada", "pässword", "letters beyond ASCII.*set ansible_winrm_transport to ntlm, credssp or kerberos"),
        ("basic", "jörg", "x", "letters beyond ASCII"),
        ("ntlm", "jörg", "pässword", ""),
        ("ntlm", "strauß", "x", "the user name holds a letter whose capital is several letters"),
        ("kerberos", "strauß", "x", ""),
        ("ntlm", "ada", "secret\n", "the password ends with a line break: is that meant"),
        ("certificate", None, None, ""),
    ],
)
def test_a_refused_login_says_what_its_letters_may_have_done(method, user, password, doubt):
    told = refused(LoginRefusedError("refused"), login(method, user, password))

    with pytest.raises(LoginRefusedError, match=f"^refused; .*{doubt}" if doubt else "^refused$"):
        raise told
    assert "pässword" not in str(told)


def test_a_login_does_not_show_its_password():
    assert "s3cret" not in repr(login("ntlm", password="s3cret"))
