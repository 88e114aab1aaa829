r"""Awkward command lines through Wine's cmd.exe and through ours: same standard output, same exit code.

Wine is an independent implementation, and its own tests are recorded on Windows. Lines on which Wine 8 is known to
differ from Windows are in the second table with the results of Windows, and only our side is tested. One Wine process
runs all lines: a cmd that reads them from a file and starts `cmd /c` for each.
"""

from __future__ import annotations

import subprocess
import tempfile

import pytest

from tests.conformance.wine import Wine
from tests.virtual_windows.cmd.console import Console
from tests.virtual_windows.machine import Machine

FOLDER = r"C:\users\Public"
VARIABLES = {
    "T_WORD": "qwertyQWERTY",
    "T_SPECIAL": "a^b%c!d",
    "T_AMP": '"x&y"',
    "T_SPACES": "a b  c",
    "T_NUMBER": "12",
    "T_LIST": "one,two;three",
}
MARK = "@@@"

# One a line; lines run one after the other, so those about the registry may build on earlier ones.
SAME = r"""
echo  two  blanks
echo.
echo.dot
echo:colon
echo/slash
echo;semicolon
echo on
echo a;b,c=d
echo a)b
echo (a)
@@echo a
=echo a
:label & echo a
rem a & echo b
echo a & rem b & echo c
echo "a & b"
echo a^&b
echo ^<tag^>
echo "a^b" a^b a^^b
echo ^"a ^& b^"
echo a&echo b
echo a&&echo b
(echo a&echo b)
((echo a)&(echo b))
(echo (a^))
echo a &
echo a>nul&echo b
echo a>nul 2>&1
echo 1>nul
echo a 2>nul
echo a2>nul
echo "a>nul"
echo a 1>&2
echo a 3>&1
echo a 2>&1 1>nul
>nul echo a
>nul (echo a)
<nul echo a
echo a | echo b
echo a | cmd /c echo b
echo %T_WORD% %t_word% [%T_SPACES%] %T_AMP%
echo %T_UNDEFINED% 100% %% %%T_NUMBER%%
echo %T_NUMBER%%T_NUMBER% %T_NUMBER%T_NUMBER%
echo %T_WORD:~2% %T_WORD:~0,3% %T_WORD:~-3% %T_WORD:~-3,1% %T_WORD:~2,-2%
echo %T_WORD:qw=az% %T_WORD:*TY=_% %T_WORD:ty=% %T_LIST:,= %
echo %T_WORD:% %T_NOPE:~0,1% %T_NOPE:a=b%
set T_NEW=1& cmd /v:on /c echo [!T_NEW!]
set T_NEW=1 & cmd /v:on /c echo [!T_NEW!]
set "T_NEW=a b" & cmd /v:on /c echo [!T_NEW!]
set "T_A=x" y & set T_A
set T_A="x" & set T_A
set T_NU
set T_NOPE
set T_
set T_WORD=&set T_WORD
for %i in (a,b;c) do @echo %i
for %i in ("a b" c) do @echo %i %~i
for %i in (a b) do @for %j in (1 2) do @echo %i%j
for %i in () do @echo %i
for %i in (C:\a\b.txt) do @echo %~nxi %~di %~pi %~ni
for /l %i in (1,1,3) do @echo %i
for /l %i in (3,-1,1) do @echo %i
for /l %i in (1,1,0) do @echo %i
for /f "tokens=1,2 delims=," %a in ("x,y,z") do @echo %a-%b-%c
for /f "tokens=1,3" %a in ("x y z") do @echo %a-%b-%c
for /f "tokens=1,2,3" %a in ("x y") do @echo [%a][%b][%c]
for /f "tokens=1-2*" %a in ("w x y z") do @echo [%a][%b][%c]
for /f "tokens=2-4 delims=\." %a in ("HKEY_USERS\presence.office.5") do @echo %a-%b-%c
for /f "tokens=*" %a in ("  lead") do @echo [%a]
for /f "delims=" %a in ("x y z") do @echo [%a]
for /f %a in ("a;b") do @echo %a
for /f "skip=1" %a in ('echo a^&echo b') do @echo %a
for /f "delims=" %a in ('echo "a & b"') do @echo %a
for /f "usebackq tokens=2" %a in ('x y z') do @echo [%a]
for /f "usebackq" %a in (`echo x y`) do @echo [%a]
if 1==2 echo yes
if not 1==2 echo yes
if a==A (echo same) else echo different
if /i a==A (echo same) else echo different
if "a b"=="a b" echo yes
if (a)==(a) echo yes
if a == a echo spaced
if a==a(echo glued)
if 9 LSS 10 echo number
if "9" LSS "10" (echo number) else echo text
if B LSS a (echo less) else echo more
if 010 EQU 8 echo octal
if 0x10 EQU 16 echo hexadecimal
if -1 LSS 0 echo negative
if /i a EQU A echo yes
if defined T_WORD (echo yes) else echo no
if not defined T_NOPE echo no
if errorlevel 1 (echo one) else echo zero
if exist nul echo nul
if not exist nosuch.txt echo missing
if exist "C:\users" if exist C:\users\ if exist C:\users\* echo folder
if 1==1 if 2==3 (echo a) else echo b
if 1==2 (echo a) else if 1==1 (echo b) else echo c
if 1==0 (echo a) & echo b
if 1==1 echo a else echo b
if 1 GTR 0 (if 2 GTR 1 (echo both))
if "%T_NOPE%"=="" (echo empty) else echo kept
exit 3
exit /b 4
exit 010
echo a & exit 5 & echo b
cmd /c exit 6
cmd /c "echo "a b""
cmd /c echo "x" y
cmd /c "echo a" "b"
cmd /c ""cmd" /c echo x"
cmd /s /c "echo "a b""
"C:\windows\system32\cmd.exe" /Q/D/C echo a
cmd /c"echo joined"
cmd /v:off /c echo !T_WORD!
cmd /v:on /c echo !T_WORD! !T_UNDEFINED! a!b !T_NOPE:~0,1!
cmd /v:on /c "set A=1& echo !A!& set A=2& echo !A!"
cmd /v:on /c "echo !T_SPECIAL!"
cmd /v:on /c "echo !T_AMP!"
cmd /v:on /c "echo x ^^ y"
cmd /v:on /c "for %i in (a!b) do @echo %i"
cmd /v:on /c "if !T_NUMBER!==12 echo twelve"
set /a 1+2*3
set /a (1+2)*3
set /a -7/2
set /a 5%3
set /a 0x10+010
set /a "1<<4|3"
set /a 6^3
set /a "6^3"
set /a -1>>1
set /a 2147483647+1
set /a T_NUMBER+1
set /a "A=1, A+=4"
set /a !0
set /a ~5
type nul
type nosuch.txt
cd \windows& cd
cd nosuch
title x & echo y
reg add HKCU\Software\T_CMD /v one /d "a b" /f >nul & reg query HKCU\Software\T_CMD
reg query hkcu\SOFTWARE\t_cmd /v ONE
reg query HKCU\Software\T_CMD\ /s
reg add HKCU\Software\T_CMD /v two /t REG_DWORD /d 0017 /f >nul & reg query HKCU\Software\T_CMD /v two
reg add HKCU\Software\T_CMD /v two /t REG_DWORD /d 0xFF /f >nul & reg query HKCU\Software\T_CMD /v two
reg add HKCU\Software\T_CMD /v three /t REG_MULTI_SZ /d x\0y /f >nul & reg query HKCU\Software\T_CMD /v three
reg add HKCU\Software\T_CMD /v "a \"q\" b" /d "c\\" /f >nul & reg query HKCU\Software\T_CMD /v "a \"q\" b"
reg add HKCU\Software\T_CMD /v exp /t REG_EXPAND_SZ /d "%T_NOPE%\x" /f >nul & reg query HKCU\Software\T_CMD /v exp
reg add HKCU\Software\T_CMD /v odd /t REG_BINARY /d abc /f >nul & reg query HKCU\Software\T_CMD /v odd
reg add HKCU\Software\T_CMD /ve /d default /f >nul & reg query HKCU\Software\T_CMD /ve
reg add HKCU\Software\T_CMD\sub\below /f >nul & reg query HKCU\Software\T_CMD\sub
reg query HKCU\Software\T_CMD\sub /s
reg delete HKCU\Software\T_CMD /va /f >nul & reg query HKCU\Software\T_CMD
reg query HKCU\Software\T_CMD /v nope >nul
reg query HKCU\Software\nope >nul
reg query nope >nul
reg add HKCU\Software\T_CMD /v d /t REG_DWORD /d x /f >nul
reg add HKCU\Software\T_CMD /v d /t REG_DWORD /f >nul
reg add HKCU\Software\T_CMD /v d /t nope /f >nul
reg add HKCU\Software\T_CMD /v d /d 1 /d 2 /f >nul
reg add HKCU\Software\T_CMD\\ /f >nul
reg delete HKCU\Software\T_CMD /v nope /f >nul
reg delete HKCU\Software\T_CMD /f >nul
reg delete HKCU\Software\T_CMD /f >nul
"""

CHAINS = "Wine 8 runs what follows && and || whatever the code; Windows: Wine's test_builtins.cmd, 'Testing chains'"
CODES = "Wine 8 exits with ERRORLEVEL, Windows with the last command's return code: Wine's test_builtins.cmd, cmd /c"
DELAYED = "Wine 8 expands only the bare !NAME!; Windows: Stack Overflow 4094699, phase 5"
LEADING = "Wine 8 takes a redirection with a handle in front of a command for its name; Windows: test_builtins.cmd"
NO_LINES = "for /f that finds no line returns 1 on Windows: github.com/iBotPeaches/Apktool/pull/2973"
AT_BLOCK = "Wine 8 loses what follows @ and a parenthesis or an IF; Windows: test_builtins.cmd, '@ with chains'"
SYNTAX = "Wine 8 goes on after a syntax error or says nothing; Windows exits with 1: test_builtins.cmd, 'syntax error'"
ECHO = "these characters end the name of an internal command on Windows: Stack Overflow 4094699, 7.1"
ARITHMETIC = "Wine 8 has no errors in set /a; Windows: Stack Overflow 34987885"

# line: what Windows prints and exits with, and how that is known
DIFFERENT: dict[str, tuple[str, int, str]] = {
    "echo a||echo b": ("a\r\n", 0, CHAINS),
    "echo a & echo b && echo c || echo d": ("a \r\nb \r\nc \r\n", 0, CHAINS),
    "nosuchprogram && echo after": ("", 1, CHAINS),
    "nosuchprogram": ("", 1, CODES),
    "nosuchprogram & echo after": ("after\r\n", 0, CODES),
    'cmd /v:on /c "nosuchprogram & echo !errorlevel!"': ("9009\r\n", 0, CODES),
    'cmd /v:on /c "nosuchprogram || echo !errorlevel!"': ("1\r\n", 0, CODES),
    'cmd /v:on /c "cmd /c exit 3& echo !errorlevel!"': ("3\r\n", 0, CODES),
    'cmd /v:on /c "set T_NOPE& echo !errorlevel!"': ("1\r\n", 0, CODES),
    "cmd /v:on /c echo !T_WORD:~0,2!": ("qw\r\n", 0, DELAYED),
    "cmd /v:on /c echo !T_WORD:qw=x!": ("xertyxERTY\r\n", 0, DELAYED),
    'cmd /v:on /c "echo x !T_NUMBER! ^^ y"': ("x 12  y\r\n", 0, DELAYED),
    "2>nul echo x": ("x\r\n", 0, LEADING),
    "9>nul echo x": ("x\r\n", 0, LEADING),
    "(echo a>&2) 2>&1": ("a\r\n", 0, LEADING),
    "(echo a 1>&2) 2>nul": ("", 0, LEADING),
    'for /f "eol=x" %a in ("x y z") do @echo [%a]': ("", 1, NO_LINES),
    "for /f %a in ('exit 3') do @echo %a": ("", 1, NO_LINES),
    'for /f "tokens=2" %a in ("x") do @echo %a': ("", 1, NO_LINES),
    'for /f %a in (";a b") do @echo %a': ("", 1, "lines that begin with ; are comments by default: for /?"),
    "for %i in (a) do @if %i==a (echo yes) else echo no": ("yes\r\n", 0, AT_BLOCK),
    "for /l %i in (1,2,6) do @(echo %i)": ("1\r\n3\r\n5\r\n", 0, AT_BLOCK),
    'cmd /v:on /c "for %i in (1 2) do @(set A=%i& echo !A!)"': ("1\r\n2\r\n", 0, AT_BLOCK),
    "(echo a & echo b) | cmd /c echo c": ("c\r\n", 0, "Wine 8 does not pipe a block; Windows: 'chain pipe'"),
    "echo(": ("\r\n", 0, "test_builtins.cmd: echo(3 prints 3"),
    "echo(3": ("3\r\n", 0, "test_builtins.cmd: echo(3 prints 3"),
    "echo,x": ("x\r\n", 0, ECHO),
    "echo[x": ("x\r\n", 0, ECHO),
    "echo+x": ("x\r\n", 0, ECHO),
    ",;=echo x": ("x\r\n", 0, "Wine 8 skips only one kind of leading delimiter"),
    "cmd/c echo joined": ("joined\r\n", 0, "Wine 8 looks for a program called cmd/c"),
    "for %%i in (a) do echo x": ("", 1, SYNTAX),
    "for i in (a) do echo x": ("", 1, SYNTAX),
    "for %i in (a)": ("", 1, SYNTAX),
    "if 1==1": ("", 1, SYNTAX),
    "& echo a": ("", 1, SYNTAX),
    "echo a > > nul": ("", 1, SYNTAX),
    "echo a >": ("", 1, SYNTAX),
    "echo a | | echo b": ("", 1, SYNTAX),
    "echo a &&& echo b": ("", 1, SYNTAX),
    "(echo a) (echo b)": ("", 1, SYNTAX),
    "()": ("", 1, SYNTAX),
    "echo a >&9": ("", 1, "Wine 8 does not notice that handle 9 is not open"),
    "<nosuch.txt echo a": ("", 1, "a failed redirection counts as failure: Stack Overflow 10354016"),
    "set /a 5/0": ("", 1, ARITHMETIC),
    "set /a 1+": ("", 1, ARITHMETIC),
    "set /a (1": ("", 1, ARITHMETIC),
    "set /a 08": ("", 1, ARITHMETIC),
    "call": ("", 1, "(call) sets ERRORLEVEL to 1: Stack Overflow 34968021"),
    "type": ("", 1, "Wine's test_builtins.bat, 'success/failure for TYPE command'"),
    "if cmdextversion 2 echo two": ("two\r\n", 0, "Wine 8 does not know cmdextversion: if /?"),
    "reg add HKCU\\Software\\T_CMD /v q /t REG_QWORD /d 5000000000 /f >nul & reg query HKCU\\Software\\T_CMD": (
        "\r\nHKEY_CURRENT_USER\\Software\\T_CMD\r\n    q    REG_QWORD    0x12a05f200\r\n\r\n",
        0,
        "Wine 8 cannot print a REG_QWORD",
    ),
}


@pytest.fixture(scope="module")
def console():
    """Yield a console of a virtual machine."""
    machine = Machine("desk1", speed=1000)
    yield Console(machine, cwd=FOLDER, environment=VARIABLES)
    machine.close()


def wines(wine: Wine, lines: list[str]) -> list[tuple[str, int]]:
    """Run the lines in Wine; return standard output and exit code of each."""
    script = f"cd /d {FOLDER}\n"
    for line in lines:
        # Escaped as a whole, so that the cmd that reads it passes it on unchanged.
        escaped = "".join(f"^{char}" if char in '^&|<>()"' else char for char in f'"{line}"')
        script += f"<nul cmd /c {escaped}\n<nul echo {MARK}%errorlevel%\n"
    environment = {**VARIABLES, **wine.environment}
    with tempfile.TemporaryFile() as file:  # from a pipe, Wine's cmd reads only one line
        file.write(script.encode())
        file.seek(0)
        command = ["wine", "cmd", "/q"]
        done = subprocess.run(command, stdin=file, env=environment, capture_output=True, check=True, timeout=120)
    answers = []
    rest = done.stdout.decode().partition("\r\n")[2]  # the banner
    for _unused in lines:
        output, _unused, rest = rest.partition(MARK)
        code, _unused, rest = rest.partition("\r\n")
        answers.append((output, int(code)))
    return answers


def test_same_as_wine(console, wine, record_property):
    lines = SAME.strip("\n").split("\n")
    wrong = []
    for line, (output, code) in zip(lines, wines(wine, lines), strict=True):
        ours = console.run(line)
        if (ours.out, ours.code) != (output, code):
            wrong.append(f"{line}\n  Wine {code}: {output!r}\n  ours {ours.code}: {ours.out!r}")
    assert not wrong, "\n".join(wrong)
    record_property("lines of cmd beside Wine's", len(lines))


@pytest.mark.parametrize("line", DIFFERENT)
def test_where_wine_is_not_windows(console, line):
    output, code, because = DIFFERENT[line]
    ours = console.run(line)
    assert (ours.out, ours.code) == (output, code), because
