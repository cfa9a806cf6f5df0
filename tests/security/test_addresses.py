"""No request ever reaches a private address: the rule, and real listeners that accept nobody."""

import asyncio
import ipaddress
import re
import socket
import sys
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from shared.settings import Settings
from shared.web.address import allowed, is_own, judge
from shared.web.client import Answer, Client, FetchError
from shared.web.connections import Connections
from shared.web.urls import parse
from tests.security.conftest import ORIGIN, SETTINGS, Trap

FORBIDDEN = """
    127.0.0.1 127.8.9.10 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255
    169.254.169.254 172.16.0.1 172.31.255.255 192.168.1.1 192.0.0.8 192.0.0.192 192.0.2.2 192.88.99.1 198.18.0.1
    198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
    :: ::1 ::2 ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 ::127.0.0.1 ::8.8.8.8
    fc00::1 fd00::2 fd00:ec2::254 fe80::1 febf::1 fec0::1 feff::1 ff02::1 ff0e::1 100::1 100:0:0:1::1
    64:ff9b::a00:1 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 64:ff9b:1::10.0.0.1
    2002:7f00:1::1 2002:a00:1:: 2002:808:808::1 2001::1 2001:0:7f00:1:: 2001:2::1 2001:10::1 2001:20::1 2001:1ff::1
    2001:db8::1 3ffe::1 3fff::1 3fff:fff::1 4000::1 5f00::1 8000::1 1fff::1
    2400::5efe:10.0.0.1 2400::200:5efe:127.0.0.1
""".split()
PUBLIC = """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 169.253.1.1 169.255.0.1
    172.15.255.255 172.32.0.1 192.0.1.1 192.167.1.1 192.169.1.1 198.17.255.255 198.20.0.1 223.255.255.255
    2001:200::1 2001:4860:4860::8888 2003::1 2400::1 2606:4700:4700::1111 2a00:1450::1 2c0f::1 3ffd::1
    2400::5efe:8.8.8.8 2400::127.0.0.1
""".split()
SPELLINGS = """
    2130706433 0x7f000001 0x7F.1 0x7f.0x0.0x0.0x1 017700000001 0177.0.0.1 00000177.0.0.01 127.1 127.0.1 127.0.0.1.
    0 0x0 0.0 167772161 0xa9fea9fe 2852039166 0251.0376.0251.0376 １２７.0.0.1 ①②⑦.⓪.⓪.① 127。0。0。1 127．0．0．1 ０ｘ７ｆ.1
    [0:0:0:0:0:ffff:7f00:1] [::FFFF:127.0.0.1] [0000::0001] [::ffff:a9fe:a9fe] 1\u00ad27.0.0.1
    localhost LOCALHOST ｌocalhost localhost. app.localhost metadata.google.internal metadata metadata.google.internal.
    printer.local intranet db.internal router.lan nas.home.arpa
""".split()
IMPOSSIBLE = """
    [fe80::1%25eth0] [fe80::1%eth0] [::1%25lo] [::1%1] 0x7f.0.0.0x1.0 127.0.0.08 256.0.0.1 127.0.0.1.1 1.2.3.4.5
    0x100000000 [::1 ::1] [127.0.0.1] [v1.fe80::1] %31%32%37.0.0.1 127%2e0.0.1 127.0.0.1%00.good.test
""".split()
TRICKS = """
    http://good.test@127.0.0.1:{port}/ http://good.test:80@127.0.0.1:{port}/ http://127.0.0.1:{port}\\@good.test/
    http://good.test\\@127.0.0.1:{port}/ http:\\\\127.0.0.1:{port}\\ http:/\\/127.0.0.1:{port}/ http:///127.0.0.1:{port}/
    http://127.0.0.1:{port}#@good.test/ http://127.0.0.1:{port}?@good.test/ http://good.test#@127.0.0.1:{port}/
    http://good.test%40127.0.0.1:{port}/ http://127.0.0.1%2f@good.test:{port}/ http://@127.0.0.1:{port}/
    http://user:pass@127.0.0.1:{port}/ http://127.0.0.1:{port}:80/ http://good.test:80:{port}/ http://127.0.0.1\t:{port}/
    http://127.0.\n0.1:{port}/ \x01http://127.0.0.1:{port}/ HTTP://127.0.0.1:{port} http:127.0.0.1:{port}/
    gopher://127.0.0.1:{port}/ file://127.0.0.1/etc/passwd ws://127.0.0.1:{port}/ //127.0.0.1:{port}/
    http://[::1]:{port}@good.test/ http://[good.test]@[::1]:{port}/ http://127.0.0.1:０{port}/ unix:///run/docker.sock
""".strip().split("\x20")
TRICKS = [trick.strip("\x20\x0a") for trick in TRICKS if trick.strip("\x20\x0a")]
REFUSALS = {"address_not_allowed", "invalid_address", "dns_failed"}

Ask = Callable[[Client, str], Awaitable[Answer]]


async def get(client: Client, url: str) -> Answer:
    return await client.get(url)


async def post(client: Client, url: str) -> Answer:
    return await client.post(url, body=b"{}", headers={}, seconds=5)


@pytest.fixture(params=[get, post])
def ask(request: pytest.FixtureRequest) -> Ask:
    return request.param  # type: ignore[no-any-return]


async def nowhere(_: str) -> list[str]:
    raise OSError("no such name")


async def loopback(_: str) -> list[str]:
    return ["127.0.0.1"]


async def refusals(
    ask: Ask, urls: Iterable[str], trap: Trap, resolve: Callable[[str], Awaitable[list[str]]] = nowhere
) -> dict[str, str]:
    """The code with which each URL was refused, once it is sure that nobody was accepted."""
    codes = {}
    for url in urls:
        async with Client(SETTINGS, resolve=resolve) as client:
            with pytest.raises(FetchError) as caught:
                await ask(client, url)
        assert not re.search(r"\d[.:]|::|\d{3}", caught.value.reason), "a reason shows an address"
        codes[url] = caught.value.code
    # A connection that had been accepted before this one would have been noted before it.
    reader, writer = await asyncio.open_connection("127.0.0.1", trap.port)
    assert await reader.read() != b""
    writer.close()
    assert len(trap.accepted) == 1, trap.accepted
    trap.accepted.clear()
    return codes


def bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def test_an_address_that_is_not_global_unicast_is_not_allowed() -> None:
    assert [address for address in FORBIDDEN if allowed(ipaddress.ip_address(address))] == []


def test_a_global_unicast_address_is_allowed() -> None:
    assert [address for address in PUBLIC if not allowed(ipaddress.ip_address(address))] == []


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6, network="2000::/3"), st.ip_addresses()))
def test_nothing_is_allowed_that_python_calls_private_or_multicast(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert not allowed(ip) or (ip.is_global and not ip.is_multicast)


def test_a_scope_id_is_refused_even_in_an_allowed_network() -> None:
    network = ipaddress.ip_network("fe80::/10")
    assert allowed(ipaddress.ip_address("fe80::1"), [network])
    assert not allowed(ipaddress.ip_address("fe80::1%eth0"), [network])


def test_an_allowed_network_opens_nothing_else() -> None:
    networks = [ipaddress.ip_network("127.0.0.0/8")]
    assert allowed(ipaddress.ip_address("127.4.5.6"), networks)
    for other in ("10.0.0.1", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"):
        assert not allowed(ipaddress.ip_address(other), networks)


async def test_the_trap_is_reached_where_its_address_is_allowed(trap: Trap, ask: Ask) -> None:
    everything = Settings(platform="embedded", allow_networks=("0.0.0.0/0", "::/0"), ports=())
    async with Client(everything, resolve=nowhere) as client:
        for host in ("127.0.0.1", "0.0.0.0", "2130706433", "[::1]", "[::ffff:127.0.0.1]"):
            assert (await ask(client, f"http://{host}:{trap.port}/")).body == b"secret"
    assert len(trap.accepted) == 5


def every(codes: dict[str, str], *expected: str) -> None:
    assert {url: code for url, code in codes.items() if code not in expected} == {}


PRIVATE_HOSTS = [*map(bracketed, FORBIDDEN), *SPELLINGS]


async def test_a_private_host_is_refused_however_it_is_spelled(trap: Trap, ask: Ask) -> None:
    urls = [f"http://{host}:{trap.port}/" for host in PRIVATE_HOSTS]
    every(await refusals(ask, urls, trap, loopback), "address_not_allowed")


def test_the_cloud_refuses_a_private_host_before_any_look_up(subtests: pytest.Subtests) -> None:
    for host in PRIVATE_HOSTS:
        for url in (f"https://{host}/", f"http://{host}:80/hook?x=1"):
            with subtests.test(url), pytest.raises(FetchError, match="address_not_allowed"):
                judge(parse(url), Settings())


async def test_a_host_that_no_browser_would_read_is_refused(trap: Trap, ask: Ask) -> None:
    urls = [f"http://{host}:{trap.port}/" for host in IMPOSSIBLE]
    every(await refusals(ask, urls, trap), "invalid_address")


async def test_userinfo_and_backslash_tricks_reach_nothing(trap: Trap, ask: Ask) -> None:
    urls = [trick.format(port=trap.port) for trick in TRICKS]
    every(await refusals(ask, urls, trap), *REFUSALS)


async def test_a_public_name_that_resolves_to_a_private_address_is_refused(trap: Trap, ask: Ask) -> None:
    answers = [
        *FORBIDDEN,
        "fe80::1%eth0",
        "::1%lo",
        "not an address",
        "127.1",
        "2130706433",
        "127.0.0.1:80",
        "[::1]:80",
    ]
    names = {f"n{number}.example.com": answer for number, answer in enumerate(answers)}

    async def resolve(name: str) -> list[str]:
        return [names[name]]

    urls = [f"http://{name}:{trap.port}/" for name in names]
    every(await refusals(ask, urls, trap, resolve), "address_not_allowed")


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "::ffff:127.0.0.1"])
async def test_a_name_with_one_private_address_among_public_ones_is_refused_whole(
    address: str, order: int, trap: Trap, ask: Ask
) -> None:
    async def resolve(_: str) -> list[str]:
        return [ORIGIN, address, ORIGIN][::order]

    # The trap listens at ORIGIN too: the name's public half is not dialled either.
    every(await refusals(ask, [f"http://mixed.example.com:{trap.port}/"], trap, resolve), "address_not_allowed")


async def hello(request: web.BaseRequest) -> web.Response:
    return web.Response(text="hello", headers={"Connection": "close"})


async def test_a_name_that_changes_its_answer_between_look_ups_reaches_only_what_was_judged(
    trap: Trap, ask: Ask, origin: Callable[..., Awaitable[str]]
) -> None:
    port = (await origin(hello)).rpartition(":")[2]
    answers = iter([[ORIGIN], ["127.0.0.1"], [ORIGIN], ["::1"], ["127.0.0.1"]])

    async def resolve(_: str) -> list[str]:
        return next(answers)

    async with Client(SETTINGS, resolve=resolve) as client:
        for _ in range(3):  # each on a new connection, with the addresses of the first look-up
            assert (await ask(client, f"http://rebind.example.com:{port}/")).body == b"hello"
        with pytest.raises(FetchError, match="address_not_allowed"):
            await ask(client, f"http://rebind.example.com:{trap.port}/")
    async with Client(SETTINGS, resolve=resolve) as client:
        assert (await ask(client, f"http://rebind.example.com:{port}/")).body == b"hello"
    async with Client(SETTINGS, resolve=resolve) as client:
        with pytest.raises(FetchError, match="address_not_allowed"):
            await ask(client, f"http://rebind.example.com:{port}/")
    every(await refusals(ask, [f"http://rebind.example.com:{trap.port}/"], trap, resolve), "address_not_allowed")


async def redirecting(request: web.BaseRequest) -> web.Response:
    """To where its query says."""
    return web.Response(status=302, headers={"Location": request.query.get("to", "/")})


async def test_a_redirect_to_a_private_address_is_refused(trap: Trap, origin: Callable[..., Awaitable[str]]) -> None:
    base = await origin(redirecting)
    urls = [f"{base}/?to={quote(f'http://{host}:{trap.port}/latest/')}" for host in PRIVATE_HOSTS]
    every(await refusals(get, urls, trap, loopback), "address_not_allowed")


async def test_a_redirect_by_a_trick_reaches_nothing(trap: Trap, origin: Callable[..., Awaitable[str]]) -> None:
    base = await origin(redirecting)
    tricks = [*(f"http://{host}:{trap.port}/" for host in IMPOSSIBLE), *(t.format(port=trap.port) for t in TRICKS)]
    urls = [f"{base}/?to={quote(trick)}" for trick in tricks if not set(trick) & {"\n", "\x01"}]  # no header has those
    every(await refusals(get, urls, trap), *REFUSALS, "too_many_redirects")  # some mean a path at the origin itself


async def test_a_redirect_to_a_name_that_resolves_to_a_private_address_is_refused(
    trap: Trap, origin: Callable[..., Awaitable[str]]
) -> None:
    async def resolve(_: str) -> list[str]:
        return ["127.0.0.1"]

    base = await origin(redirecting)
    url = f"{base}/?to=http://inner.example.com:{trap.port}/"
    every(await refusals(get, [url], trap, resolve), "address_not_allowed")


async def test_a_webhook_is_not_redirected_at_all(trap: Trap, origin: Callable[..., Awaitable[str]]) -> None:
    base = await origin(redirecting)
    async with Client(SETTINGS) as client:
        answer = await client.post(f"{base}/hook?to=http://127.0.0.1:{trap.port}/", body=b"{}", headers={}, seconds=5)
    assert (answer.status, trap.accepted) == (302, [])


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"])
async def test_the_socket_alone_refuses_what_nobody_judged_before(host: str, trap: Trap) -> None:
    connector = aiohttp.TCPConnector(socket_factory=Connections(SETTINGS).socket_for)
    async with aiohttp.ClientSession(connector=connector) as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(f"http://{host}:{trap.port}/")
    assert trap.accepted == []


def test_the_socket_refuses_scoped_addresses_and_other_ports() -> None:
    settings = Settings(platform="embedded", allow_networks=("fe80::/10", "127.0.0.0/8"), ports=(80, 443))
    connections = Connections(settings)
    tcp = (socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
    connections.socket_for((socket.AF_INET6, *tcp, ("fe80::1", 80, 0, 0))).close()
    connections.socket_for((socket.AF_INET, *tcp, ("127.0.0.1", 443))).close()
    for family, address in [
        (socket.AF_INET6, ("fe80::1", 80, 0, 2)),
        (socket.AF_INET6, ("fe80::1%2", 80, 0, 0)),
        (socket.AF_INET, ("127.0.0.1", 22)),
    ]:
        with pytest.raises(OSError, match="not allowed"):
            connections.socket_for((family, *tcp, address))


async def test_policy_holds_for_the_first_address_and_for_each_redirect(
    ask: Ask, origin: Callable[..., Awaitable[str]]
) -> None:
    called = []

    async def noting(request: web.BaseRequest) -> web.StreamResponse:
        called.append(request.path)
        return await redirecting(request)

    base = await origin(noting)
    own = SETTINGS.model_copy(update={"own_hosts": (base.removeprefix("http://"),)})
    other_ports = SETTINGS.model_copy(update={"ports": (80, 443)})
    for client in (Client(SETTINGS, https_only=True), Client(own), Client(other_ports)):
        async with client:
            with pytest.raises(FetchError, match="address_not_allowed"):
                await ask(client, f"{base}/first")
    assert called == []
    own = SETTINGS.model_copy(update={"own_hosts": ("api.example.com",)})
    async with Client(own) as client:
        with pytest.raises(FetchError, match="address_not_allowed"):
            await client.get(f"{base}/?to=https://api.example.com/v1/")
    assert called == ["/"]


async def test_a_kept_connection_is_not_shared_with_a_stricter_client(origin: Callable[..., Awaitable[str]]) -> None:
    async def keeping(_: web.BaseRequest) -> web.Response:
        return web.Response(text="hello")

    base = await origin(keeping)
    async with Client(SETTINGS) as lax, Client(Settings(platform="embedded", ports=())) as strict:
        assert (await lax.get(base)).body == b"hello"
        with pytest.raises(FetchError, match="address_not_allowed"):
            await strict.get(base)


async def test_localhost_is_read_where_its_network_is_allowed(trap: Trap) -> None:
    async def resolve(_: str) -> list[str]:
        return ["::1", "127.0.0.1"]

    settings = Settings(platform="embedded", allow_networks=("127.0.0.0/8",), ports=())
    for how in (resolve, None):  # None: the system's own resolver
        async with Client(settings, resolve=how) as client:
            assert (await client.get(f"http://localhost:{trap.port}/")).body == b"secret"
    assert {str(name[0]) for name in trap.accepted} == {"127.0.0.1"}  # type: ignore[index]


async def test_a_local_name_may_not_resolve_to_the_public_net_even_where_a_network_is_allowed(trap: Trap) -> None:
    async def resolve(_: str) -> list[str]:
        return ["8.8.8.8"]

    every(await refusals(get, ["http://db.internal/"], trap, resolve), "address_not_allowed")


@pytest.mark.parametrize("port", [22, 25, 6379, 8080, 11211])
def test_only_the_ports_of_the_settings_are_dialled(port: int) -> None:
    judge(parse("http://example.com:443/"), Settings())
    judge(parse("https://example.com:80/"), Settings())
    with pytest.raises(FetchError, match="address_not_allowed"):
        judge(parse(f"http://example.com:{port}/"), Settings())


def test_a_webhook_must_be_https_where_the_settings_say_so() -> None:
    judge(parse("https://example.com/"), Settings(), https_only=True)
    with pytest.raises(FetchError, match="address_not_allowed"):
        judge(parse("http://example.com/"), Settings(), https_only=True)


@pytest.mark.parametrize(
    "url", ["https://API.example.com./x", "https://api.example.com:443/", "http://ａpi.example.com/"]
)
def test_our_own_host_is_never_called(url: str) -> None:
    with pytest.raises(FetchError, match="address_not_allowed"):
        judge(parse(url), Settings(own_hosts=("api.example.com",)))


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("api-4kzq3w7v2a-uc.a.run.app", True),
        ("sweep-4kzq3w7v2a-ew.a.run.app", True),
        ("api-123456789012.us-central1.run.app", True),
        ("myapi-4kzq3w7v2a-uc.a.run.app", False),
        ("api-4kzq3w7v2a-uc.a.run.app.example.com", False),
        ("api-x.evil.a.run.app", False),
        ("apixa.run.app", False),
        ("shop-4kzq3w7v2a-uc.a.run.app", False),
    ],
)
def test_our_own_host_is_known_where_the_platform_makes_a_part_of_its_name(host: str, own: bool) -> None:
    hosts = ("api-123456789012.us-central1.run.app", "api-*.a.run.app", "sweep-*.a.run.app")
    assert is_own(parse(f"https://{host}/"), hosts) is own
    assert not is_own(parse(f"https://{host}/"), ())


def test_our_own_port_is_never_called_while_others_of_the_host_are() -> None:
    settings = Settings(platform="embedded", allow_networks=("127.0.0.0/8",), ports=(), own_hosts=("127.0.0.1:8000",))
    judge(parse("http://127.0.0.1:8001/"), settings)
    with pytest.raises(FetchError, match="address_not_allowed"):
        judge(parse("http://127.0.0.1:8000/"), settings)


@pytest.mark.parametrize(
    "unsafe", [{"allow_networks": ("127.0.0.0/8",)}, {"ports": ()}, {"hosts": {"a.com": "1.1.1.1"}}]
)
def test_the_cloud_refuses_to_start_with_an_open_rule(unsafe: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="embedded"):
        Settings(platform="google", **unsafe)  # type: ignore[arg-type]


async def test_a_proxy_of_the_environment_is_not_used(trap: Trap) -> None:
    program = (
        "import asyncio\n"
        "from shared.settings import Settings\n"
        "from shared.web.client import Client, FetchError\n"
        "async def main():\n"
        "    async def resolve(_): return ['127.0.0.2']\n"
        "    s = Settings(platform='embedded', allow_networks=('127.0.0.2/32',), ports=())\n"
        "    async with Client(s, resolve=resolve) as client:\n"
        "        try: await client.get('http://example.com:9/')\n"
        "        except FetchError as error: print(error.code)\n"
        "asyncio.run(main())\n"
    )
    proxy = f"http://127.0.0.1:{trap.port}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, env={"HTTP_PROXY": proxy, "http_proxy": proxy, "ALL_PROXY": proxy}, stdout=-1
    )
    output, _ = await process.communicate()
    assert (output.strip(), trap.accepted) == (b"unreachable", [])
