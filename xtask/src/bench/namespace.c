/*
 * What hcn-namespace is compared with: as little as a C program can do. The DLL from system32, the calls, the id.
 *
 *   namespace create        makes a namespace and prints its GUID
 *   namespace delete GUID   deletes it
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <objbase.h>
#include <stdio.h>
#include <string.h>

typedef HRESULT (WINAPI *create_fn)(REFGUID, PCWSTR, void **, PWSTR *);
typedef HRESULT (WINAPI *close_fn)(void *);
typedef HRESULT (WINAPI *delete_fn)(REFGUID, PWSTR *);

static int refused(const char *call, HRESULT code)
{
    fprintf(stderr, "%s: %08lx\n", call, (unsigned long)code);
    return 1;
}

static int create(HMODULE dll)
{
    create_fn create = (create_fn)(void *)GetProcAddress(dll, "HcnCreateNamespace");
    close_fn close = (close_fn)(void *)GetProcAddress(dll, "HcnCloseNamespace");
    void *handle = NULL;
    PWSTR record = NULL;
    wchar_t text[40];
    GUID id;
    HRESULT code;

    if (!create || !close)
        return refused("GetProcAddress", GetLastError());
    CoCreateGuid(&id);
    code = create(&id, L"{\"SchemaVersion\":{\"Major\":2,\"Minor\":0}}", &handle, &record);
    if (code < 0)
        return refused("HcnCreateNamespace", code);
    code = close(handle);
    if (code < 0)
        return refused("HcnCloseNamespace", code);
    StringFromGUID2(&id, text, 40);
    printf("%ls\n", text);
    return 0;
}

static int delete(HMODULE dll, const char *word)
{
    delete_fn delete = (delete_fn)(void *)GetProcAddress(dll, "HcnDeleteNamespace");
    PWSTR record = NULL;
    wchar_t text[40];
    GUID id;
    HRESULT code;

    if (!delete)
        return refused("GetProcAddress", GetLastError());
    MultiByteToWideChar(CP_ACP, 0, word, -1, text, 40);
    code = CLSIDFromString(text, &id);
    if (code < 0)
        return refused("CLSIDFromString", code);
    code = delete(&id, &record);
    return code < 0 ? refused("HcnDeleteNamespace", code) : 0;
}

int main(int count, char **words)
{
    HMODULE dll = LoadLibraryExA("computenetwork.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);

    if (!dll)
        return refused("LoadLibraryEx", GetLastError());
    if (count == 2 && !strcmp(words[1], "create"))
        return create(dll);
    if (count == 3 && !strcmp(words[1], "delete"))
        return delete(dll, words[2]);
    return 2;
}
