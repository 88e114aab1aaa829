/* Runs in front of Wine's reg.exe: adds LOAD and UNLOAD, which that lacks, and passes on everything else.
 *
 * Logs the command line of every start to the file %STANDIN_LOG%. Hive files are in the format of Wine's RegSaveKey.
 * As on Windows, LOAD fails where there is such a key or the file is loaded already, creates a file that is missing,
 * and UNLOAD fails where no hive is loaded or a key of it is held open. The state is kept here:
 *
 *   HKLM\Software\presence.office.standin\mounts   value "HKEY_USERS\name": the file
 *   HKLM\Software\presence.office.standin\busy     value = a file or a mounted key: that many more tries fail
 *
 * Called as ping.exe, it logs its start and does not wait.
 */
#include <windows.h>
#include <shellapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOOKS L"Software\\presence.office.standin\\"

static void note(const WCHAR *command)
{
    static char text[65536];
    WCHAR path[MAX_PATH];
    DWORD size;
    HANDLE file;
    if (!GetEnvironmentVariableW(L"STANDIN_LOG", path, MAX_PATH)) return;
    size = WideCharToMultiByte(CP_UTF8, 0, command, -1, text, sizeof(text) - 1, NULL, NULL);
    text[size - 1] = '\n';
    file = CreateFileW(path, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_ALWAYS, 0, NULL);
    WriteFile(file, text, size, &size, NULL);
    CloseHandle(file);
}

/* Runs Wine's own reg.exe with exactly the same arguments.
 *
 * Its output is changed to that of Windows (see registry_differences.py): errors go to standard error, an empty key is
 * not printed, and a default value that is not set is followed by a blank line.
 */
static int hand_on(const WCHAR *arguments, BOOL one_value)
{
    static WCHAR command[32768];
    SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};
    STARTUPINFOW startup = {.cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION process;
    HANDLE pipe, out;
    char *text = NULL;
    DWORD code = 1, size = 0, got;
    CreatePipe(&pipe, &startup.hStdOutput, &inherited, 0);
    SetHandleInformation(pipe, HANDLE_FLAG_INHERIT, 0);
    startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    swprintf(command, 32768, L"C:\\windows\\system32\\reg.exe%ls", arguments);
    if (!CreateProcessW(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process)) return 1;
    CloseHandle(startup.hStdOutput);
    for (text = malloc(65536); ReadFile(pipe, text + size, 65536, &got, NULL) && got; text = realloc(text, size + 65538))
        size += got;
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    if (size == 2) size = 0;
    if (!code && one_value && size > 3 && memcmp(text + size - 4, "\r\n\r\n", 4))
    {
        memcpy(text + size, "\r\n", 2);
        size += 2;
    }
    out = code ? startup.hStdError : GetStdHandle(STD_OUTPUT_HANDLE);
    if (size) WriteFile(out, text, size, &got, NULL);
    return code;
}

static BOOL busy(const WCHAR *what)
{
    DWORD times = 0, size = sizeof(times);
    RegGetValueW(HKEY_LOCAL_MACHINE, BOOKS L"busy", what, RRF_RT_REG_DWORD, NULL, &times, &size);
    if (!times) return FALSE;
    times--;
    RegSetKeyValueW(HKEY_LOCAL_MACHINE, BOOKS L"busy", what, REG_DWORD, &times, sizeof(times));
    return TRUE;
}

static BOOL loaded(const WCHAR *file)
{
    HKEY books;
    WCHAR name[1024], data[1024];
    BOOL found = FALSE;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, BOOKS L"mounts", 0, KEY_READ, &books)) return FALSE;
    for (DWORD i = 0;; i++)
    {
        DWORD length = 1024, size = sizeof(data);
        if (RegEnumValueW(books, i, name, &length, NULL, NULL, (BYTE *)data, &size)) break;
        found = found || !lstrcmpiW(data, file);
    }
    RegCloseKey(books);
    return found;
}

static void allow(const WCHAR *privilege)
{
    TOKEN_PRIVILEGES wanted = {.PrivilegeCount = 1};
    HANDLE token;
    OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &token);
    LookupPrivilegeValueW(NULL, privilege, &wanted.Privileges[0].Luid);
    wanted.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    AdjustTokenPrivileges(token, FALSE, &wanted, 0, NULL, NULL);
}

static LSTATUS load(const WCHAR *path, const WCHAR *name, const WCHAR *file)
{
    HKEY key;
    LSTATUS code;
    if (busy(file) || loaded(file)) return ERROR_SHARING_VIOLATION;
    if (!RegOpenKeyExW(HKEY_USERS, name, 0, KEY_READ, &key)) return ERROR_ACCESS_DENIED;
    if (GetFileAttributesW(file) == INVALID_FILE_ATTRIBUTES)
        code = RegCreateKeyExW(HKEY_USERS, name, 0, NULL, 0, KEY_READ, NULL, &key, NULL);
    else
        code = RegLoadKeyW(HKEY_USERS, name, file);
    if (code) return code;
    return RegSetKeyValueW(HKEY_LOCAL_MACHINE, BOOKS L"mounts", path, REG_SZ, file, (lstrlenW(file) + 1) * sizeof(WCHAR));
}

static LSTATUS unload(const WCHAR *path, const WCHAR *name)
{
    WCHAR file[1024];
    DWORD size = sizeof(file);
    HKEY key;
    LSTATUS code = RegGetValueW(HKEY_LOCAL_MACHINE, BOOKS L"mounts", path, RRF_RT_REG_SZ, NULL, file, &size);
    if (code) return code;
    if (busy(path)) return ERROR_ACCESS_DENIED;
    code = RegOpenKeyExW(HKEY_USERS, name, 0, KEY_READ, &key);
    if (code) return code;
    DeleteFileW(file);
    code = RegSaveKeyW(key, file, NULL);
    RegCloseKey(key);
    if (!code) code = RegDeleteTreeW(HKEY_USERS, name);
    return code ? code : RegDeleteKeyValueW(HKEY_LOCAL_MACHINE, BOOKS L"mounts", path);
}

int main(void)
{
    static WCHAR path[1024];
    const WCHAR *line = GetCommandLineW(), *arguments = line, *name;
    WCHAR program[MAX_PATH], **words;
    int count;
    LSTATUS code;

    note(line);
    GetModuleFileNameW(NULL, program, MAX_PATH);
    if (!lstrcmpiW(program + lstrlenW(program) - 8, L"ping.exe")) return 0;
    for (BOOL quoted = FALSE; *arguments && (quoted || *arguments != ' '); arguments++)
        if (*arguments == '"') quoted = !quoted;
    words = CommandLineToArgvW(line, &count);
    if (count < 3 || (lstrcmpiW(words[1], L"load") && lstrcmpiW(words[1], L"unload")))
        return hand_on(arguments, count > 3 && !lstrcmpiW(words[1], L"query") && words[3][1] == 'v');
    name = wcschr(words[2], '\\');
    if (!name || (wcsncmp(words[2], L"HKU\\", 4) && wcsncmp(words[2], L"HKEY_USERS\\", 11))) return 1;
    swprintf(path, 1024, L"HKEY_USERS%ls", name++);
    allow(L"SeBackupPrivilege");
    allow(L"SeRestorePrivilege");
    code = lstrcmpiW(words[1], L"load") ? unload(path, name) : count < 4 ? 1 : load(path, name, words[3]);
    if (code) fprintf(stderr, "stand-in: error %ld\n", code);
    return code ? 1 : 0;
}
