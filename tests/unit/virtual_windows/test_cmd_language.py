"""The effect of each phase of cmd.exe on a line; lines on which Wine agrees are in tests/conformance."""

from __future__ import annotations

import pytest

from tests.virtual_windows.cmd import expansion
from tests.virtual_windows.cmd.console import Console
from tests.virtual_windows.machine import Machine

VARIABLES = {
    "WORD": "qwerty",
    "AMP": "a&b|c>d",
    "QUOTED": '"',
    "BANG": "a!b",
    "CARET": "a^b",
    "PERCENT": "%WORD%",
    "COLON": "c:d",
}


@pytest.fixture(scope="module")
def console():
    machine = Machine("desk1", speed=1000)
    yield Console(machine, environment=VARIABLES)
    machine.close()


def lookup(name):
    return VARIABLES.get(name.upper())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%WORD%", "qwerty"),
        ("%word%x%WORD%", "qwertyxqwerty"),
        ("%NOPE%", "%NOPE%"),
        ("%NOPE:~1%", "%NOPE:~1%"),
        ("%NOPE%WORD%", "%NOPEqwerty"),  # the unpaired mark opens the next reference
        ("%%WORD%%", "%qwerty%"),
        ("100% of %WORD%", "100% of qwerty"),
        ("%PERCENT%", "%WORD%"),  # inserted text is not rescanned
        ("%WORD:~0,0%", ""),
        ("%WORD:~,2%", "qw"),
        ("%WORD:~,%", ""),
        ("%WORD:~-0%", "qwerty"),
        ("%WORD:~2a%", "%WORD:~2a%"),
        ("%WORD:~-2,-4%", ""),
        ("%WORD:WE=<>%", "q<>rty"),
        ("%WORD:*E=%", "rty"),
        ("%WORD:*x=y%", "qwerty"),
        ("%WORD:=y%", "%WORD:=y%"),
        ("%WORD:%", "%WORD:%"),  # the undefined variable `WORD:`
        ("%a.%b is %WORD%", "%a.%b is qwerty"),
    ],
)
def test_percent_expansion(text, expected):
    assert expansion.percent(text, lookup) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!WORD!", "qwerty"),
        ("!word:~1,2!", "we"),
        ("!WORD:w=!", "qerty"),
        ("!!WORD!!", "qwerty!"),
        ("!NOPE!", "!NOPE!"),
        ("a!b", "a!b"),
        ("!BANG!", "a!b"),
        ("!CARET!", "a^b"),
        ("a^b", "a^b"),  # without a `!` in the token, carets stay
        ("a^b!WORD!", "abqwerty"),
        ("a^^b!WORD!", "a^bqwerty"),
        ("^!WORD^!", "!WORD!"),
        ("!AMP!", "a&b|c>d"),
    ],
)
def test_delayed_expansion(text, expected):
    assert expansion.delayed(text, lookup) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%i", "C:\\a b\\c.d.txt"),
        ("%i%i", "C:\\a b\\c.d.txtC:\\a b\\c.d.txt"),
        ("%~q", "x y"),
        ("%q", '"x y"'),
        ("%~nxi", "c.d.txt"),
        ("%~ni|%~xi|%~di|%~pi|%~dpi", "c.d|.txt|C:|\\a b\\|C:\\a b\\"),
        ("%j %~j %", "%j %~j %"),
        ("%I", "%I"),  # case counts
    ],
)
def test_loop_variables(text, expected):
    assert expansion.loop_variables(text, {"i": "C:\\a b\\c.d.txt", "q": '"x y"'}) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # A value is syntax after early expansion, and text after late expansion.
        ("for /f \"delims=\" %a in ('cmd /c type nul ^& set AMP') do @echo [%a]", "[AMP=a&b|c>d]\r\n"),
        ('cmd /v:on /c "echo !AMP!"', "a&b|c>d\r\n"),
        ('cmd /v:on /c "echo !PERCENT!"', "%WORD%\r\n"),
        ('cmd /v:on /c "if !AMP!==x (echo same) else echo other"', "other\r\n"),
        # A quote in a variable that is expanded late does not open a string.
        ('cmd /v:on /c "echo !QUOTED!& echo b"', '"\r\nb\r\n'),
        # `!` in what a loop variable holds is syntax where delayed expansion is on.
        ("for /f \"delims=\" %a in ('set BANG') do @echo %a", "BANG=a!b\r\n"),
        ('cmd /v:on /c "for /f "delims=" %a in (\'echo x!WORD!^^y\') do @echo %a"', "xqwertyy\r\n"),
        ('cmd /v:on /c "for %a in (!CARET! !BANG!) do @(set X=%a& echo !X!)"', "a^b\r\na!b\r\n"),
    ],
)
def test_special_characters_after_expansion(console, line, expected):
    assert console.run(line).out == expected


def test_a_variable_that_is_expanded_early_becomes_syntax(console):
    result = console.run("echo %AMP%")  # echo a & b | c > d
    assert result.out == "a\r\n"
    assert result.err.startswith("'b' is not recognized")
    assert result.code == 255


def test_exclamation_marks_in_data_are_mangled_when_delayed_expansion_is_on(console):
    machine_line = "for /f \"tokens=2 delims==\" %a in ('set BANG') do @echo [%a^]"
    assert console.run(machine_line).out == "[a!b]\r\n"
    assert console.run(f'cmd /v:on /c "{machine_line}"').out == "[a!b]\r\n"  # unpaired, undefined: it stays
    odd = Console(console.machine, environment={"DATA": "x!WORD!^y", "WORD": "w"})
    loop = "for /f \"tokens=1* delims==\" %a in ('set DATA') do @echo %b"
    assert odd.run(loop).out == "x!WORD!^y\r\n"
    assert odd.run(f'cmd /v:on /c "{loop}"').out == "xwy\r\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("for %i in (1 2) do echo %i", "\r\n{0}>echo 1 \r\n1\r\n\r\n{0}>echo 2 \r\n2\r\n"),
        ("for %i in (1) do @echo %i", "1\r\n"),
        ("for %i in (1) do (echo a&@echo b)", "\r\n{0}>(echo a  & ) \r\na\r\nb\r\n"),
        ("for %i in (1) do echo.", "\r\n{0}>echo.\r\n\r\n"),
        ("for %i in (1) do echo a>nul", "\r\n{0}>echo a 1>nul \r\n"),
        ("for %i in (1) do if %i==1 echo a", "\r\n{0}>if 1 == 1 echo a \r\na\r\n"),
        ("for %i in (1) do (echo a)&&echo b", "\r\n{0}>(echo a )  && echo b \r\na\r\nb\r\n"),
        ("cmd /q /c for %i in (1) do echo %i", "1\r\n"),
        ("echo off & for %i in (1) do echo %i", "1\r\n"),
        ("echo a & echo b", "a \r\nb\r\n"),
    ],
)
def test_only_loops_echo_what_they_run(console, line, expected):
    assert console.run(line).out == expected.format(console.cwd)


@pytest.mark.parametrize(
    "line",
    ["(echo a", 'for /f "nonsense" %a in ("x") do echo', "if a b c", "for /q %i in (a) do echo", "echo a|", "if a=="],
)
def test_a_syntax_error_stops_the_whole_line_before_it_starts(console, line):
    result = console.run(f"echo never & {line}")
    assert result.code == 1
    assert result.err
    assert result.out == ("never \r\n" if "nonsense" in line else "")  # options of /f are read when it runs


def test_lines_are_limited_before_and_after_expansion(console):
    line = "echo " + "x" * 8185
    assert console.start(rf"C:\Windows\system32\cmd.exe /c {line}").err == "The command line is too long.\r\n"
    fits = "echo " + "x" * 8100
    assert console.run(fits).out == "x" * 8100 + "\r\n"
    long = Console(console.machine, environment={"LONG": "y" * 8000})
    assert long.run("echo %LONG%").code == 0
    assert long.run("echo %LONG%%LONG%").err.startswith("The input line is too long.")
    assert long.run('cmd /v:on /c "echo !LONG!!LONG!"').err.startswith("The input line is too long.")
    assert long.run("echo %LONG%%LONG%").code == 1


@pytest.mark.parametrize(
    ("start", "printed"),
    [
        ('cmd /c "echo "a b""', '"a b"'),
        ('cmd /c "echo a" & rem "b"', 'a" & rem "b'),
        ('cmd /s /c "echo a"', "a"),
        ('cmd /c "C:\\Windows\\System32\\whoami.exe"', "desk1\\ansible"),
        ("cmd /c whoami", "desk1\\ansible"),
        ("cmd /d/q/v:off/c echo a", "a"),
        ("cmd ignored /c echo a", "a"),
    ],
)
def test_the_quotes_of_slash_c(console, start, printed):
    assert console.start(start).out == f"{printed}\r\n"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("(call )", 0),
        ("(call)", 1),
        ("(call)& (call )", 0),
        ("reg query HKU\\nope 2>nul", 1),
        ("reg query HKU\\nope 2>nul & echo a", 0),  # the last command's code, not ERRORLEVEL
        ("reg query HKU\\nope 2>nul & exit", 1),
        ("echo a | findstr b", 1),
        ("if 1==2 echo a", 0),
        ("for %i in () do echo a", 0),
        ("for %i in (1 2) do @reg query HKU\\nope 2>nul", 1),
        ("exit -1", 0xFFFFFFFF),
        ("nosuch | echo a", 255),
        (r"C:\nosuch\program", 1),
    ],
)
def test_exit_codes(console, line, code):
    assert console.run(line).code == code


@pytest.mark.parametrize(
    ("line", "errorlevel"),
    [
        ("echo a", 7),
        ("set A=1", 7),
        ("set A=", 7),
        ("rem", 7),
        ("if 1==1 echo a", 7),
        ("for %i in (1) do @echo a", 7),
        ("for /f %i in ('type nul') do @echo a", 7),
        ("title a", 7),
        ("ver", 0),
        ("type nul", 0),
        ("cd .", 0),
        ("del nosuch", 0),
        ("(call )", 0),
        ("cmd /c exit 3", 3),
        ("nosuch", 9009),
        (r"C:\nosuch\program", 3),
        ("(nosuch || rem)", 1),
        ("cd nosuch", 1),
        ("set NOPE", 1),
        (r"echo a>C:\nosuch\file", 7),
        (r"(echo a>C:\nosuch\file) || rem", 1),
        ("echo a | findstr a", 0),
        ("timeout 1", 1),
    ],
)
def test_errorlevel(console, line, errorlevel):
    result = console.run(f'cmd /v:on /c "(cmd /c exit 7)& ({line})& echo =!errorlevel!="')
    assert result.out.endswith(f"={errorlevel}=\r\n")


def test_an_else_belongs_to_the_nearest_if(console):
    assert console.run("if 1==1 if 2==2 (echo a) else (echo b) else echo c").out == "a\r\n"
    assert console.run("if 1==1 if 2==3 (echo a) else (echo b) else echo c").out == "b\r\n"
    assert console.run("if 1==2 if 2==2 (echo a) else (echo b) else echo c").out == "c\r\n"


def test_dynamic_variables(console):
    assert console.run("echo %CD%").out == f"{console.cwd}\r\n"
    assert 0 <= int(console.run("echo %RANDOM%").out) < 32768
    assert console.run("echo %CMDCMDLINE%").out == 'C:\\Windows\\system32\\cmd.exe /C "echo %CMDCMDLINE%"\r\n'
    assert Console(console.machine, environment={"RANDOM": "4"}).run("echo %RANDOM%").out == "4\r\n"


def test_a_pipe_parses_the_command_of_each_end_again(console):
    assert console.run("echo %AMP% | findstr x").code == 1
    assert console.run('cmd /v:on /c "echo a | echo !WORD!"').out == "qwerty\r\n"
    assert console.run('cmd /v:on /c "(echo !WORD!) | findstr a-z /v"').out == "!WORD! \r\n"
    assert console.run("set A=1 | rem & if not defined A echo gone").out == "gone\r\n"


def test_set_p_reads_its_input(console):
    assert console.run('echo abc| cmd /v:on /c "set /p X=? & echo [!X!]"').out == "? [abc]\r\n"
    assert console.run("set /p X=?").code == 1
