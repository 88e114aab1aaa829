"""The messages of cmd.exe and its programs, in the machine's language.

No code may depend on their wording, and a German machine is there to prove it. The English texts, and the German ones
of cmd, `reg query` and the system, are quoted from public reports; the other German texts are modelled on them.
Texts of the system ("Access is denied.") are looked up by their Win32 number.
"""

from __future__ import annotations

import typing as t

from ..machine import errors

if t.TYPE_CHECKING:
    from ..machine import Machine, Win32Error

_ENGLISH = {
    "not_recognized": "'{0}' is not recognized as an internal or external command,\r\noperable program or batch file.",
    "unexpected": "{0} was unexpected at this time.",
    "syntax": "The syntax of the command is incorrect.",
    "line_too_long": "The input line is too long.\r\nThe syntax of the command is incorrect.",
    "command_too_long": "The command line is too long.",
    "disabled": "The command prompt has been disabled by your administrator.",
    "duplicate_handle": "The handle could not be duplicated\r\nduring redirection of handle {0}.",
    "not_defined": "Environment variable {0} not defined",
    "echo_on": "ECHO is on.",
    "echo_off": "ECHO is off.",
    "not_found": "Could Not Find {0}",
    "no_drive": "The system cannot find the drive specified.",
    "divide_by_zero": "Divide by zero error.",
    "missing_operand": "Missing operand.",
    "missing_operator": "Missing operator.",
    "unbalanced": "Unbalanced parenthesis.",
    "invalid_number": "Invalid number.  Numeric constants are either decimal (17),\r\n"
    "hexadecimal (0x11), or octal (021).",
    "error": "ERROR: {0}",
    "done": "The operation completed successfully.",
    "reg_not_found": "The system was unable to find the specified registry key or value.",
    "reg_invalid_key": "Invalid key name.",
    "reg_invalid_syntax": "Invalid syntax.",
    "reg_same_key": "The registry entry cannot be copied onto itself.",
    "reg_invalid_type": "Invalid syntax. Specify valid value for '/t'.",
    "reg_invalid_data": "Invalid syntax. Specify valid numeric value for '/d'.",
    "reg_usage": 'Type "{0} /?" for usage.',
    "reg_overwrite": "Value {0} exists, overwrite(Yes/No)? ",
    "reg_delete_key": "Permanently delete the registry key {0} (Yes/No)? ",
    "reg_delete_value": "Delete the registry value {0} (Yes/No)? ",
    "reg_delete_all": "Delete all values under the registry key {0} (Yes/No)? ",
    "reg_cancelled": "The operation was canceled by the user.",
    "reg_matches": "End of search: {0} match(es) found.",
    "reg_default": "(Default)",
    "reg_not_set": "(value not set)",
    "ping_pinging": "Pinging {0} with {1} bytes of data:",
    "ping_reply": "Reply from {0}: bytes={1} time<1ms TTL=128",
    "ping_statistics": "Ping statistics for {0}:",
    "ping_packets": "    Packets: Sent = {0}, Received = {0}, Lost = 0 (0% loss),",
    "ping_times": "Approximate round trip times in milli-seconds:",
    "ping_average": "    Minimum = 0ms, Maximum = 0ms, Average = 0ms",
    "ping_unknown": "Ping request could not find host {0}. Please check the name and try again.",
    "ping_option": "Bad option {0}.",
    "timeout_input": "ERROR: Input redirection is not supported, exiting the process immediately.",
    "findstr_open": "FINDSTR: Cannot open {0}",
    "findstr_arguments": "FINDSTR: Bad command line",
}

_GERMAN = {
    "not_recognized": 'Der Befehl "{0}" ist entweder falsch geschrieben oder\r\nkonnte nicht gefunden werden.',
    "unexpected": '"{0}" kann syntaktisch an dieser Stelle nicht verarbeitet werden.',
    "syntax": "Syntaxfehler.",
    "line_too_long": "Die eingegebene Zeile ist zu lang.\r\nSyntaxfehler.",
    "command_too_long": "Die Befehlszeile ist zu lang.",
    "disabled": "Die Eingabeaufforderung ist vom Administrator deaktiviert worden.",
    "duplicate_handle": "Das Handle konnte bei der Umleitung von Handle {0}\r\nnicht dupliziert werden.",
    "not_defined": "Die Umgebungsvariable {0} ist nicht definiert.",
    "echo_on": "ECHO ist eingeschaltet (ON).",
    "echo_off": "ECHO ist ausgeschaltet (OFF).",
    "not_found": "{0} konnte nicht gefunden werden",
    "no_drive": "Das System kann das angegebene Laufwerk nicht finden.",
    "divide_by_zero": "Division durch Null.",
    "missing_operand": "Fehlender Operand.",
    "missing_operator": "Fehlender Operator.",
    "unbalanced": "Nicht übereinstimmende Klammern.",
    "invalid_number": "Ungültige Zahl. Numerische Konstanten sind entweder dezimale (17),\r\n"
    "hexadezimale (0x11) oder oktale (021) Zahlen.",
    "error": "FEHLER: {0}",
    "done": "Der Vorgang wurde erfolgreich beendet.",
    "reg_not_found": "Der angegebene Registrierungsschlüssel bzw. Wert wurde nicht gefunden.",
    "reg_invalid_key": "Ungültiger Schlüsselname.",
    "reg_invalid_syntax": "Ungültige Syntax.",
    "reg_same_key": "Der Registrierungseintrag kann nicht auf sich selbst kopiert werden.",
    "reg_invalid_type": "Ungültige Syntax. Geben Sie einen gültigen Wert für '/t' an.",
    "reg_invalid_data": "Ungültige Syntax. Geben Sie einen gültigen numerischen Wert für '/d' an.",
    "reg_usage": 'Geben Sie "{0} /?" ein, um die Syntax anzuzeigen.',
    "reg_overwrite": "Der Wert {0} ist bereits vorhanden. Überschreiben (Ja/Nein)? ",
    "reg_delete_key": "Möchten Sie den Registrierungsschlüssel {0} unwiderruflich löschen (Ja/Nein)? ",
    "reg_delete_value": "Möchten Sie den Registrierungswert {0} löschen (Ja/Nein)? ",
    "reg_delete_all": "Möchten Sie alle Werte unter dem Registrierungsschlüssel {0} löschen (Ja/Nein)? ",
    "reg_cancelled": "Der Vorgang wurde durch den Benutzer abgebrochen.",
    "reg_matches": "Suche beendet: {0} Übereinstimmung(en) gefunden.",
    "reg_default": "(Standard)",
    "reg_not_set": "(Wert nicht gesetzt)",
    "ping_pinging": "Ping wird ausgeführt für {0} mit {1} Bytes Daten:",
    "ping_reply": "Antwort von {0}: Bytes={1} Zeit<1ms TTL=128",
    "ping_statistics": "Ping-Statistik für {0}:",
    "ping_packets": "    Pakete: Gesendet = {0}, Empfangen = {0}, Verloren = 0\r\n    (0% Verlust),",
    "ping_times": "Ca. Zeitangaben in Millisek.:",
    "ping_average": "    Minimum = 0ms, Maximum = 0ms, Mittelwert = 0ms",
    "ping_unknown": 'Ping-Anforderung konnte Host "{0}" nicht finden. Überprüfen Sie den Namen, und\r\n'
    "versuchen Sie es erneut.",
    "ping_option": "Ungültige Option {0}.",
    "timeout_input": "FEHLER: Die Eingabeumleitung wird nicht unterstützt. Der Vorgang wird sofort beendet.",
    "findstr_open": "FINDSTR: {0} kann nicht geöffnet werden.",
    "findstr_arguments": "FINDSTR: Ungültige Befehlszeile",
}

_GERMAN_SYSTEM = {
    errors.FILE_NOT_FOUND: "Das System kann die angegebene Datei nicht finden.",
    errors.PATH_NOT_FOUND: "Das System kann den angegebenen Pfad nicht finden.",
    errors.ACCESS_DENIED: "Zugriff verweigert",
    errors.INVALID_HANDLE: "Das Handle ist ungültig.",
    errors.SHARING_VIOLATION: "Der Prozess kann nicht auf die Datei zugreifen, da sie von einem anderen\r\n"
    "Prozess verwendet wird.",
    errors.FILE_EXISTS: "Die Datei ist vorhanden.",
    errors.INVALID_PARAMETER: "Falscher Parameter.",
    errors.INVALID_NAME: "Die Syntax für den Dateinamen, Verzeichnisnamen oder die Datenträgerbezeichnung\r\n"
    "ist falsch.",
    errors.DIR_NOT_EMPTY: "Das Verzeichnis ist nicht leer.",
    errors.BAD_PATHNAME: "Der angegebene Pfad ist unzulässig.",
    errors.BUSY: "Die angeforderte Ressource wird bereits verwendet.",
    errors.KEY_DELETED: "Es wurde versucht, einen Registrierungsschlüssel einem unzulässigen Vorgang zu\r\n"
    "unterziehen, der zum Löschen markiert wurde.",
}

_LANGUAGES = {"en": _ENGLISH, "de": _GERMAN}


def text(machine: Machine, key: str, *arguments: object) -> str:
    """Return one message, without a line end."""
    return _LANGUAGES[machine.language][key].format(*arguments)


def system_text(machine: Machine, error: Win32Error) -> str:
    """Return the system's text for a Win32 error."""
    if machine.language == "de":
        return _GERMAN_SYSTEM.get(error.code, f"Windows-Fehler {error.code}.")
    return error.message
