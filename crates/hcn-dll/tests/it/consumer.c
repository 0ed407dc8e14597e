/*
 * A program of nobody's that talks HCN: the DLL from system32 alone, functions by name, texts freed with
 * CoTaskMemFree. It prints what it sees, one line a call, for the test to compare.
 *
 *   consumer names NAME...      which of these does computenetwork.dll export?
 *   consumer story              a network, an endpoint, a namespace; attached, listed, detached, gone
 *   consumer refusals           calls that fail, with their records
 *   consumer make COUNT         so many namespaces, each closed
 *   consumer list               how many namespaces there are
 *   consumer version            HNSCall of vmcompute.dll
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <objbase.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void *HCN;
static HMODULE dll;

static HMODULE load(const char *name)
{
    HMODULE module = LoadLibraryExA(name, NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    if (!module) {
        printf("cannot load %s: %lu\n", name, GetLastError());
        exit(3);
    }
    return module;
}

static FARPROC function(const char *name)
{
    FARPROC found = GetProcAddress(dll, name);
    if (!found) {
        printf("no %s\n", name);
        exit(3);
    }
    return found;
}

static GUID guid(unsigned char last)
{
    GUID id = {0x11223344, 0x5566, 0x7788, {0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, last}};
    return id;
}

static void put(const wchar_t *text)
{
    for (; text && *text; text++)
        putchar(*text < 128 ? (char)*text : '?');
}

/* One line: the call, its code, its answer or its record. Both are freed. */
static void tell(const char *call, HRESULT code, PWSTR answer, PWSTR record)
{
    printf("%s %08lx", call, (unsigned long)code);
    if (answer) {
        putchar(' ');
        put(answer);
    }
    if (record) {
        printf(" record ");
        put(record);
    }
    putchar('\n');
    CoTaskMemFree(answer);
    CoTaskMemFree(record);
}

#define V2 L"\"SchemaVersion\":{\"Major\":2,\"Minor\":0}"

static HCN create(const char *name, GUID id, const wchar_t *settings)
{
    HCN handle = NULL;
    PWSTR record = NULL;
    HRESULT(WINAPI *call)(const GUID *, PCWSTR, HCN *, PWSTR *) = (void *)function(name);
    HRESULT code = call(&id, settings, &handle, &record);
    tell(name, code, NULL, record);
    return handle;
}

static HCN create_endpoint(HCN network, GUID id, const wchar_t *settings)
{
    HCN handle = NULL;
    PWSTR record = NULL;
    HRESULT(WINAPI *call)(HCN, const GUID *, PCWSTR, HCN *, PWSTR *) = (void *)function("HcnCreateEndpoint");
    HRESULT code = call(network, &id, settings, &handle, &record);
    tell("HcnCreateEndpoint", code, NULL, record);
    return handle;
}

static HCN open_by_id(const char *name, GUID id)
{
    HCN handle = NULL;
    PWSTR record = NULL;
    HRESULT(WINAPI *call)(const GUID *, HCN *, PWSTR *) = (void *)function(name);
    HRESULT code = call(&id, &handle, &record);
    tell(name, code, NULL, record);
    return handle;
}

static void enumerate(const char *name, const wchar_t *query)
{
    PWSTR answer = NULL, record = NULL;
    HRESULT(WINAPI *call)(PCWSTR, PWSTR *, PWSTR *) = (void *)function(name);
    HRESULT code = call(query, &answer, &record);
    tell(name, code, answer, record);
}

static void query(const char *name, HCN handle, const wchar_t *text)
{
    PWSTR answer = NULL, record = NULL;
    HRESULT(WINAPI *call)(HCN, PCWSTR, PWSTR *, PWSTR *) = (void *)function(name);
    HRESULT code = call(handle, text, &answer, &record);
    tell(name, code, answer, record);
}

static void modify(const char *name, HCN handle, const wchar_t *settings)
{
    PWSTR record = NULL;
    HRESULT(WINAPI *call)(HCN, PCWSTR, PWSTR *) = (void *)function(name);
    HRESULT code = call(handle, settings, &record);
    tell(name, code, NULL, record);
}

static void delete_by_id(const char *name, GUID id)
{
    PWSTR record = NULL;
    HRESULT(WINAPI *call)(const GUID *, PWSTR *) = (void *)function(name);
    HRESULT code = call(&id, &record);
    tell(name, code, NULL, record);
}

static void close_handle(const char *name, HCN handle)
{
    HRESULT(WINAPI *call)(HCN) = (void *)function(name);
    tell(name, call(handle), NULL, NULL);
}

#define ENDPOINT L"11223344-5566-7788-99aa-bbccddeeff02"
#define MOVE(verb) \
    L"{\"ResourceType\":\"Endpoint\",\"RequestType\":\"" verb L"\",\"Settings\":{\"EndpointId\":\"" ENDPOINT L"\"}}"

static void story(void)
{
    HCN network = create("HcnCreateNetwork", guid(1),
                         L"{\"Name\":\"lab\",\"Type\":\"NAT\",\"Ipams\":[{\"Subnets\":[{\"IpAddressPrefix\":\"10.1.0.0/24\"}]}]," V2 L"}");
    HCN endpoint = create_endpoint(
        network, guid(2),
        L"{\"Name\":\"nic\",\"IpConfigurations\":[{\"IpAddress\":\"10.1.0.5\"}],\"MacAddress\":\"00-15-5D-00-00-05\"," V2 L"}");
    HCN namespace = create("HcnCreateNamespace", guid(3), L"{" V2 L"}");
    modify("HcnModifyNamespace", namespace, MOVE(L"Add"));
    query("HcnQueryNamespaceProperties", namespace, L"{" V2 L"}");
    query("HcnQueryEndpointProperties", endpoint, L"{" V2 L"}");
    query("HcnQueryNamespaceProperties", namespace, NULL);
    enumerate("HcnEnumerateNetworks", NULL);
    enumerate("HcnEnumerateEndpoints", L"{\"Filter\":\"{\\\"Name\\\":\\\"nic\\\"}\"," V2 L"}");
    enumerate("HcnEnumerateNamespaces", L"{}");
    modify("HcnModifyNamespace", namespace, MOVE(L"Remove"));
    delete_by_id("HcnDeleteEndpoint", guid(2));
    delete_by_id("HcnDeleteNetwork", guid(1));
    delete_by_id("HcnDeleteNamespace", guid(3));
    close_handle("HcnCloseEndpoint", endpoint);
    close_handle("HcnCloseNetwork", network);
    close_handle("HcnCloseNamespace", namespace);
    enumerate("HcnEnumerateNamespaces", NULL);
}

static void refusals(void)
{
    create("HcnCreateNamespace", guid(3), L"{\"CreateWithCompartment\":true," V2 L"}");
    create("HcnCreateNamespace", guid(3), L"{\"SchemaVersion\":\"2.0\"}");
    create("HcnCreateNamespace", guid(3), L"{");
    create("HcnCreateNamespace", guid(3), NULL);
    open_by_id("HcnOpenNamespace", guid(3));
    open_by_id("HcnOpenNetwork", guid(1));
    delete_by_id("HcnDeleteEndpoint", guid(2));
    create_endpoint(NULL, guid(2), L"{}");
    close_handle("HcnCloseNamespace", (HCN)4711);
    enumerate("HcnEnumerateLoadBalancers", NULL);
}

static void make(int count)
{
    HRESULT(WINAPI *call)(const GUID *, PCWSTR, HCN *, PWSTR *) = (void *)function("HcnCreateNamespace");
    HRESULT(WINAPI *close)(HCN) = (void *)function("HcnCloseNamespace");
    GUID none = {0};
    for (int i = 0; i < count; i++) {
        HCN handle = NULL;
        PWSTR record = NULL;
        HRESULT code = call(&none, L"{" V2 L"}", &handle, &record);
        if (FAILED(code)) {
            tell("HcnCreateNamespace", code, NULL, record);
            exit(1);
        }
        close(handle);
    }
}

static void list(void)
{
    PWSTR answer = NULL, record = NULL;
    HRESULT(WINAPI *call)(PCWSTR, PWSTR *, PWSTR *) = (void *)function("HcnEnumerateNamespaces");
    HRESULT code = call(NULL, &answer, &record);
    int quotes = 0;
    for (const wchar_t *at = answer; at && *at; at++)
        quotes += *at == L'"';
    printf("%08lx %d namespaces\n", (unsigned long)code, quotes / 2);
}

static void version(void)
{
    PWSTR answer = NULL;
    dll = load("vmcompute.dll");
    HRESULT(WINAPI *call)(PCWSTR, PCWSTR, PCWSTR, PWSTR *) = (void *)function("HNSCall");
    HRESULT code = call(L"GET", L"/globals/version", L"", &answer);
    tell("HNSCall", code, answer, NULL);
}

int main(int argc, char **argv)
{
    const char *job = argc > 1 ? argv[1] : "";
    dll = load("computenetwork.dll");
    if (!strcmp(job, "names")) {
        for (int i = 2; i < argc; i++)
            function(argv[i]);
        printf("%d names\n", argc - 2);
    } else if (!strcmp(job, "story")) {
        story();
    } else if (!strcmp(job, "refusals")) {
        refusals();
    } else if (!strcmp(job, "make") && argc > 2) {
        make(atoi(argv[2]));
    } else if (!strcmp(job, "list")) {
        list();
    } else if (!strcmp(job, "version")) {
        version();
    } else {
        printf("what?\n");
        return 2;
    }
    return 0;
}
