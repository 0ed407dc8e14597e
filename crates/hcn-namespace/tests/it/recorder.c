/* A computenetwork.dll that writes down what arrives: every call with its texts, every handle that is opened
 * and closed, and every text of ours that the caller gives back to the COM task allocator.
 * The file to write to is named by HCN_RECORD; HCN_REFUSE=1 makes HcnCreateNamespace refuse. */
#define COBJMACROS
#define CINTERFACE
#include <windows.h>
#include <objidl.h>
#include <stdio.h>

static void *handed_out[16];
static int count;

static void note(const char *what, const WCHAR *text)
{
    char path[1024], line[4096];
    GetEnvironmentVariableA("HCN_RECORD", path, sizeof path);
    FILE *file = fopen(path, "ab");
    if (text)
        WideCharToMultiByte(CP_UTF8, 0, text, -1, line, sizeof line, NULL, NULL);
    fprintf(file, text ? "%s %s\n" : "%s\n", what, line);
    fclose(file);
}

static HRESULT STDMETHODCALLTYPE query_interface(IMallocSpy *self, REFIID id, void **out)
{
    (void)id;
    *out = self;
    return S_OK;
}
static ULONG STDMETHODCALLTYPE keep(IMallocSpy *self) { (void)self; return 1; }
static SIZE_T STDMETHODCALLTYPE pre_alloc(IMallocSpy *self, SIZE_T size) { (void)self; return size; }
static void *STDMETHODCALLTYPE post_alloc(IMallocSpy *self, void *actual) { (void)self; return actual; }
static void *STDMETHODCALLTYPE pre_free(IMallocSpy *self, void *request, BOOL spied)
{
    (void)self, (void)spied;
    for (int i = 0; i < count; i++)
        if (request && handed_out[i] == request) {
            handed_out[i] = NULL;
            note("free", NULL);
        }
    return request;
}
static void STDMETHODCALLTYPE post_free(IMallocSpy *self, BOOL spied) { (void)self, (void)spied; }
static SIZE_T STDMETHODCALLTYPE pre_realloc(IMallocSpy *self, void *request, SIZE_T size, void **new_request, BOOL spied)
{
    (void)self, (void)spied;
    *new_request = request;
    return size;
}
static void *STDMETHODCALLTYPE post_realloc(IMallocSpy *self, void *actual, BOOL spied) { (void)self, (void)spied; return actual; }
static void *STDMETHODCALLTYPE pre_any(IMallocSpy *self, void *request, BOOL spied) { (void)self, (void)spied; return request; }
static SIZE_T STDMETHODCALLTYPE post_get_size(IMallocSpy *self, SIZE_T actual, BOOL spied) { (void)self, (void)spied; return actual; }
static int STDMETHODCALLTYPE post_did_alloc(IMallocSpy *self, void *request, BOOL spied, int actual)
{
    (void)self, (void)request, (void)spied;
    return actual;
}
static void STDMETHODCALLTYPE heap(IMallocSpy *self) { (void)self; }

static IMallocSpyVtbl table = { query_interface, keep, keep, pre_alloc, post_alloc, pre_free, post_free, pre_realloc,
    post_realloc, pre_any, post_get_size, pre_any, post_did_alloc, heap, heap };
static IMallocSpy spy = { &table };

static WCHAR *hand_out(const WCHAR *text)
{
    static BOOL watched;
    if (!watched)
        watched = SUCCEEDED(CoRegisterMallocSpy(&spy));
    SIZE_T size = (lstrlenW(text) + 1) * sizeof *text;
    WCHAR *copy = CoTaskMemAlloc(size);
    memcpy(copy, text, size);
    handed_out[count++] = copy;
    note("text", text);
    return copy;
}

static WCHAR id_text[64];

__declspec(dllexport) HRESULT WINAPI HcnCreateNamespace(const GUID *id, const WCHAR *settings, void **handle, WCHAR **record)
{
    char refuse[2] = "";
    note("HcnCreateNamespace", settings);
    StringFromGUID2(id, id_text, 64);
    id_text[37] = 0; /* without the closing brace; the opening one is skipped below */
    if (GetEnvironmentVariableA("HCN_REFUSE", refuse, sizeof refuse)) {
        *record = hand_out(L"{\"Success\":false,\"Error\":\"Not on a Sunday \xd83d\xde34. \",\"ErrorCode\":2151350299}");
        return 0x803B001B;
    }
    *handle = &count;
    note("open", NULL);
    return S_OK;
}

__declspec(dllexport) HRESULT WINAPI HcnQueryNamespaceProperties(void *handle, const WCHAR *query, WCHAR **out, WCHAR **record)
{
    WCHAR document[128];
    (void)record;
    note(handle == &count ? "HcnQueryNamespaceProperties" : "a wrong handle", query);
    swprintf(document, 128, L"{\"ID\":\"%ls\"}", id_text + 1);
    *out = hand_out(document);
    return S_OK;
}

__declspec(dllexport) HRESULT WINAPI HcnCloseNamespace(void *handle)
{
    note(handle == &count ? "close" : "a wrong handle", NULL);
    return S_OK;
}
