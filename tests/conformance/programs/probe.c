/* The tests' agent inside Wine, in one process: the registry, StdRegProv through COM, and command lines.
 *
 * Reads requests from standard input and answers each with one line. Words are separated by blanks; a text is a dot
 * and its UTF-16 code units, four hexadecimal digits each, so that no code page is involved.
 *
 *   key KEY                         creates a key                        -> code
 *   seed KEY NAME TYPE BYTES        writes a raw value                   -> code
 *   wipe KEY                        deletes a key and all below it       -> code
 *   dump KEY                        -> code, then "key" PATH and "value" NAME TYPE BYTES
 *   wmi METHOD ROOT KEY NAME DATA   StdRegProv; "-" leaves an argument out
 *                                   -> "return" CODE, then "sNames", "Types", "sValue", if any; or "unknown"
 *   run LINE CWD [NAME VALUE]...    CreateProcess                        -> code, standard output, standard error
 *
 * KEY begins with HKEY_CURRENT_USER\, HKEY_LOCAL_MACHINE\ or HKEY_USERS\.
 */
#define COBJMACROS
#include <windows.h>
#include <wbemidl.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINE (1 << 22)
#define MAX_WORDS 1024

static char line[MAX_LINE];
static char *words[MAX_WORDS];
static int count;

static void put_bytes(const BYTE *bytes, DWORD size)
{
    putchar('.');
    while (size--) printf("%02x", *bytes++);
}

static void put_text(const WCHAR *text)
{
    putchar('.');
    while (*text) printf("%04x", *text++);
}

static unsigned digits(const char *hex, int number)
{
    char part[5] = {0};
    memcpy(part, hex, number);
    return strtoul(part, NULL, 16);
}

/* The text of a word; the caller frees it. NULL for "-". */
static WCHAR *text(const char *word)
{
    size_t length = (strlen(word) - 1) / 4;
    WCHAR *out;
    if (*word == '-') return NULL;
    out = calloc(length + 1, sizeof(WCHAR));
    for (size_t i = 0; i < length; i++) out[i] = digits(word + 1 + 4 * i, 4);
    return out;
}

static BYTE *bytes(const char *word, DWORD *size)
{
    BYTE *out = calloc(strlen(word), 1);
    *size = (strlen(word) - 1) / 2;
    for (DWORD i = 0; i < *size; i++) out[i] = digits(word + 1 + 2 * i, 2);
    return out;
}

/* The root of a path; `rest` is what is below it. */
static HKEY root(const WCHAR *path, const WCHAR **rest)
{
    const WCHAR *end = wcschr(path, '\\');
    *rest = end ? end + 1 : L"";
    if (!wcsncmp(path, L"HKEY_CURRENT_USER", 17)) return HKEY_CURRENT_USER;
    if (!wcsncmp(path, L"HKEY_USERS", 10)) return HKEY_USERS;
    return HKEY_LOCAL_MACHINE;
}

static LSTATUS create(const WCHAR *path, HKEY *key)
{
    const WCHAR *rest;
    HKEY above = root(path, &rest);
    return RegCreateKeyExW(above, rest, 0, NULL, 0, KEY_ALL_ACCESS, NULL, key, NULL);
}

static void do_key(void)
{
    WCHAR *path = text(words[1]);
    HKEY key;
    LSTATUS code = create(path, &key);
    if (!code) RegCloseKey(key);
    printf("%ld", code);
    free(path);
}

static void do_seed(void)
{
    WCHAR *path = text(words[1]), *name = text(words[2]);
    DWORD size;
    BYTE *data = bytes(words[4], &size);
    HKEY key;
    LSTATUS code = create(path, &key);
    if (!code)
    {
        code = RegSetValueExW(key, name, 0, strtoul(words[3], NULL, 10), data, size);
        RegCloseKey(key);
    }
    printf("%ld", code);
    free(path);
    free(name);
    free(data);
}

static void do_wipe(void)
{
    WCHAR *path = text(words[1]);
    const WCHAR *rest;
    HKEY above = root(path, &rest);
    printf("%ld", RegDeleteTreeW(above, rest));
    free(path);
}

static void dump(HKEY above, const WCHAR *path, const WCHAR *shown)
{
    static WCHAR name[16400];
    HKEY key;
    DWORD length, type, size;
    if (RegOpenKeyExW(above, path, 0, KEY_READ, &key)) return;
    printf(" key ");
    put_text(shown);
    for (DWORD i = 0;; i++)
    {
        BYTE *data;
        length = ARRAYSIZE(name);
        if (RegEnumValueW(key, i, name, &length, NULL, &type, NULL, &size)) break;
        data = malloc(size + 1);
        RegQueryValueExW(key, name, NULL, &type, data, &size);
        printf(" value ");
        put_text(name);
        printf(" %lu ", type);
        put_bytes(data, size);
        free(data);
    }
    for (DWORD i = 0;; i++)
    {
        WCHAR *below;
        length = ARRAYSIZE(name);
        if (RegEnumKeyExW(key, i, name, &length, NULL, NULL, NULL, NULL)) break;
        below = calloc(wcslen(shown) + length + 2, sizeof(WCHAR));
        wcscpy(below, shown);
        if (*shown) wcscat(below, L"\\");
        wcscat(below, name);
        dump(key, wcsrchr(below, '\\') ? wcsrchr(below, '\\') + 1 : below, below);
        free(below);
    }
    RegCloseKey(key);
}

static void do_dump(void)
{
    WCHAR *path = text(words[1]);
    const WCHAR *rest;
    HKEY above = root(path, &rest), key;
    LSTATUS code = RegOpenKeyExW(above, rest, 0, KEY_READ, &key);
    printf("%ld", code);
    if (!code)
    {
        RegCloseKey(key);
        dump(above, rest, L"");
    }
    free(path);
}

static IWbemServices *services;
static IWbemClassObject *provider;

static HRESULT connect_wmi(void)
{
    static const GUID locator_class = {0x4590f811, 0x1d3a, 0x11d0, {0x89, 0x1f, 0, 0xaa, 0, 0x4b, 0x2e, 0x24}};
    static const GUID locator_iid = {0xdc12a687, 0x737f, 0x11cf, {0x88, 0x4d, 0, 0xaa, 0, 0x4b, 0x2e, 0x24}};
    IWbemLocator *locator;
    BSTR namespace = SysAllocString(L"ROOT\\DEFAULT"), class = SysAllocString(L"StdRegProv");
    HRESULT hr = CoInitialize(NULL);
    if (SUCCEEDED(hr)) hr = CoCreateInstance(&locator_class, NULL, CLSCTX_INPROC_SERVER, &locator_iid, (void **)&locator);
    if (SUCCEEDED(hr)) hr = IWbemLocator_ConnectServer(locator, namespace, NULL, NULL, NULL, 0, NULL, NULL, &services);
    if (SUCCEEDED(hr)) hr = IWbemServices_GetObject(services, class, 0, NULL, &provider, NULL);
    SysFreeString(namespace);
    SysFreeString(class);
    return hr;
}

static void give(IWbemClassObject *in, const WCHAR *name, const WCHAR *value, long number)
{
    VARIANT variant;
    VariantInit(&variant);
    V_VT(&variant) = value ? VT_BSTR : VT_I4;
    if (value)
        V_BSTR(&variant) = SysAllocString(value);
    else
        V_I4(&variant) = number;
    IWbemClassObject_Put(in, name, 0, &variant, 0);
    VariantClear(&variant);
}

static void put_array(SAFEARRAY *array, BOOL texts)
{
    LONG first = 0, last = -1;
    SafeArrayGetLBound(array, 1, &first);
    SafeArrayGetUBound(array, 1, &last);
    for (LONG i = first; i <= last; i++)
    {
        BSTR one;
        LONG number;
        putchar(' ');
        if (!texts)
        {
            SafeArrayGetElement(array, &i, &number);
            printf("%ld", number);
            continue;
        }
        SafeArrayGetElement(array, &i, &one);
        put_text(one ? one : L"");
        SysFreeString(one);
    }
}

static void put_output(IWbemClassObject *out, const WCHAR *name)
{
    VARIANT variant;
    if (FAILED(IWbemClassObject_Get(out, name, 0, &variant, NULL, NULL))) return;
    if (V_VT(&variant) == VT_I4)
        printf(" %ls %lu", name, (unsigned long)V_I4(&variant));
    else if (V_VT(&variant) == VT_BSTR && V_BSTR(&variant))
    {
        printf(" %ls ", name);
        put_text(V_BSTR(&variant));
    }
    else if (V_VT(&variant) & VT_ARRAY)
    {
        printf(" %ls", name);
        put_array(V_ARRAY(&variant), (V_VT(&variant) & VT_TYPEMASK) == VT_BSTR);
    }
    VariantClear(&variant);
}

static void do_wmi(void)
{
    static const WCHAR *outputs[] = {L"ReturnValue", L"sNames", L"Types", L"sValue", L"uValue"};
    WCHAR *method = text(words[1]), *key = text(words[3]), *name = text(words[4]), *data = NULL;
    BOOL number = words[5][0] != '.' && words[5][0] != '-';
    IWbemClassObject *signature = NULL, *in = NULL, *out = NULL;
    BSTR class = SysAllocString(L"StdRegProv"), method_name = SysAllocString(method);
    HRESULT hr = provider ? S_OK : connect_wmi();
    if (SUCCEEDED(hr)) hr = IWbemClassObject_GetMethod(provider, method, 0, &signature, NULL);
    if (hr == (HRESULT)WBEM_E_NOT_FOUND || hr == (HRESULT)WBEM_E_INVALID_METHOD || (SUCCEEDED(hr) && !signature))
    {
        printf("unknown");
        goto done;
    }
    if (SUCCEEDED(hr)) hr = IWbemClassObject_SpawnInstance(signature, 0, &in);
    if (SUCCEEDED(hr))
    {
        give(in, L"hDefKey", NULL, (long)strtoul(words[2], NULL, 10));
        if (key) give(in, L"sSubKeyName", key, 0);
        if (name) give(in, L"sValueName", name, 0);
        if (words[5][0] == '.') give(in, L"sValue", data = text(words[5]), 0);
        if (number) give(in, L"uValue", NULL, (long)strtoul(words[5], NULL, 10));
        hr = IWbemServices_ExecMethod(services, class, method_name, 0, NULL, in, &out, NULL);
    }
    printf(FAILED(hr) ? "hresult %08lx" : "done", hr);
    if (SUCCEEDED(hr) && out)
        for (int i = 0; i < (int)ARRAYSIZE(outputs); i++) put_output(out, outputs[i]);
done:
    if (out) IWbemClassObject_Release(out);
    if (in) IWbemClassObject_Release(in);
    if (signature) IWbemClassObject_Release(signature);
    SysFreeString(class);
    SysFreeString(method_name);
    free(method);
    free(key);
    free(name);
    free(data);
}

struct reader
{
    HANDLE pipe;
    BYTE *data;
    DWORD size;
};

static DWORD WINAPI read_all(void *argument)
{
    struct reader *reader = argument;
    DWORD got;
    for (;;)
    {
        reader->data = realloc(reader->data, reader->size + 65536);
        if (!ReadFile(reader->pipe, reader->data + reader->size, 65536, &got, NULL) || !got) return 0;
        reader->size += got;
    }
}

static void do_run(void)
{
    WCHAR *command = text(words[1]), *folder = text(words[2]);
    SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};
    STARTUPINFOW startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION process;
    struct reader readers[2] = {{0}};
    HANDLE threads[2], writers[2];
    DWORD code = GetLastError();
    for (int i = 3; i + 1 < count; i += 2)
    {
        WCHAR *name = text(words[i]), *value = text(words[i + 1]);
        SetEnvironmentVariableW(name, value);
        free(name);
        free(value);
    }
    for (int i = 0; i < 2; i++)
    {
        CreatePipe(&readers[i].pipe, &writers[i], &inherited, 0);
        SetHandleInformation(readers[i].pipe, HANDLE_FLAG_INHERIT, 0);
    }
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = CreateFileW(L"NUL", GENERIC_READ, 0, &inherited, OPEN_EXISTING, 0, NULL);
    startup.hStdOutput = writers[0];
    startup.hStdError = writers[1];
    if (CreateProcessW(NULL, command, NULL, NULL, TRUE, 0, NULL, folder, &startup, &process))
    {
        for (int i = 0; i < 2; i++)
        {
            CloseHandle(writers[i]);
            threads[i] = CreateThread(NULL, 0, read_all, &readers[i], 0, NULL);
        }
        WaitForSingleObject(process.hProcess, INFINITE);
        WaitForMultipleObjects(2, threads, TRUE, INFINITE);
        GetExitCodeProcess(process.hProcess, &code);
        CloseHandle(process.hProcess);
        CloseHandle(process.hThread);
        printf("%lu ", code);
    }
    else
        printf("not-started-%lu ", GetLastError());
    for (int i = 0; i < 2; i++)
    {
        put_bytes(readers[i].data, readers[i].size);
        putchar(' ');
        CloseHandle(readers[i].pipe);
        free(readers[i].data);
    }
    CloseHandle(startup.hStdInput);
    for (int i = 3; i + 1 < count; i += 2)
    {
        WCHAR *name = text(words[i]);
        SetEnvironmentVariableW(name, NULL);
        free(name);
    }
    free(command);
    free(folder);
}

int main(void)
{
    static const struct
    {
        const char *name;
        void (*run)(void);
    } requests[] = {{"key", do_key}, {"seed", do_seed}, {"wipe", do_wipe},
                    {"dump", do_dump}, {"wmi", do_wmi}, {"run", do_run}};
    _setmode(0, _O_BINARY);
    _setmode(1, _O_BINARY);
    while (fgets(line, sizeof(line), stdin))
    {
        count = 0;
        for (char *word = strtok(line, " \r\n"); word && count < MAX_WORDS; word = strtok(NULL, " \r\n"))
            words[count++] = word;
        for (int i = 0; count && i < (int)ARRAYSIZE(requests); i++)
            if (!strcmp(words[0], requests[i].name)) requests[i].run();
        putchar('\n');
        fflush(stdout);
    }
    return 0;
}
