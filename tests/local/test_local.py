"""`./deploy.sh local`, end to end."""

import asyncio
import json
import os
import signal
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest

from shared.embedded.local.options import invalid, parse
from tests import patience
from tests.local.conftest import Local, Site, members, stopped

HOME = """<!doctype html><html lang="en"><head><title>Harrow Lamps</title>
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Organization", "name": "Harrow Lamps",
"email": "light@harrow-lamps.com"}</script></head>
<body><h1>Harrow Lamps</h1><p>We make lamps for lighthouses, and have done so for as long as there were ships.</p></body></html>"""
LOOPBACK = ("--allow-network", "127.0.0.0/8")


async def test_the_sample_company_becomes_a_profile_and_a_verified_webhook_then_comes_from_the_cache(
    local: Local,
) -> None:
    first = await local("--once")
    assert (first.status, first.left) == (0, []), first.err
    for expected in (
        "Larkmoor Instruments plc",
        "hello@larkmoor-instruments.com",
        "+442079460142",
        "Imogen Talbreck",
        "103,480,000 USD, FY2025",
        "registration: status",
        "isin, GB99LARKMR02",
        "Field Hydrologist",
        "Siltwatch 3 sees through",
        "scrape.completed, signature verified",
    ):
        assert expected in first.out
    assert "answered from the cache" not in first.out
    assert "internal.larkmoor-instruments" not in first.out, "robots.txt forbids the page that says so"

    again = await local("--once")
    assert (again.status, again.left) == (0, []), again.err
    assert "answered from the cache" in again.out
    assert "Larkmoor Instruments plc" in again.out
    assert "signature verified" in again.out


async def test_with_json_stdout_has_one_profile_a_line_and_stderr_one_line_for_each_failing_address(
    local: Local, site: Site, new_site: Callable[[], Awaitable[Site]], unused_tcp_port: int
) -> None:
    document, hermit = await new_site(), await new_site()
    site.pages["/"] = ("text/html", HOME)
    document.pages["/"] = ("application/pdf", "%PDF-1.7")
    hermit.pages |= {"/": ("text/html", HOME), "/robots.txt": ("text/plain", "User-agent: *\nDisallow: /\n")}
    codes = {
        f"http://127.0.0.1:{unused_tcp_port}": "unreachable",
        document.base: "not_html",
        hermit.base: "robots_disallowed",
        "http://10.0.0.1": "address_not_allowed",
        "http://[::ffff:169.254.169.254]": "address_not_allowed",
    }
    run = await local(*LOOPBACK, "--json", *codes, site.base, site.base + "/")
    assert (run.status, run.left) == (1, [])
    profiles = [json.loads(line) for line in run.out.splitlines()]
    assert [profile["identity"]["name"] for profile in profiles] == ["Harrow Lamps"] * 2
    assert all(profile["sources"]["/identity/name"][0]["url"] == site.base + "/" for profile in profiles)
    failures = [line.split(": ")[:2] for line in run.err.splitlines() if ": " in line]
    assert failures == [list(one) for one in codes.items()]
    assert set(hermit.asked) == {"/robots.txt"}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--workers", "0"), "--workers"),
        (("--workers", "two"), "--workers"),
        (("--allow-network", "127.0.0.0/99"), "127.0.0.0/99"),
        (("--serve",), "--key-file"),
        (("--serve", "--port", "8000"), "--key-file"),
        (("--serve", "--port", "65536", "--key-file", "k"), "65536"),
        (("--serve", "--port", "8000", "--key-file", "k", "example.com"), "--serve"),
        (("--port", "8000"), "--serve"),
    ],
)
def test_bad_usage_is_one_line_and_status_2(
    arguments: tuple[str, ...], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse([*arguments])
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert complaint in printed.err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--frob",), "--frob"),
        (("example.com", "https://www.linkedin.com/company/example"), "invalid_address"),
        (("--data", "/dev/null/x"), "/dev/null/x"),
    ],
)
async def test_what_can_not_be_done_is_one_line_and_status_2(
    local: Local, arguments: tuple[str, ...], complaint: str
) -> None:
    run = await local(*arguments)
    assert (run.status, run.out, run.left) == (2, "", [])
    assert complaint in run.err
    assert run.err.count("\n") == 1
    assert not (local.folder / ".firmograph").exists()


async def test_a_broken_setting_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRMOGRAPH_MAX_PAGES", "many")
    assert "FIRMOGRAPH_MAX_PAGES" in await stopped(tmp_path / "data", "--once")


@pytest.mark.parametrize("url", ["", "not an address", "https://www.linkedin.com/company/example"])
def test_what_is_no_companys_address_is_one_line(url: str) -> None:
    assert "invalid_address" in "".join(invalid([url, "example.com"])) and len(invalid([url, "example.com"])) == 1


STALE = "a stale key"


async def key_in(file: Path) -> str:
    async with asyncio.timeout(patience.SECONDS):
        while not file.exists() or file.read_text().strip() == STALE:
            await asyncio.sleep(0.05)
    return file.read_text().strip()


async def test_serve_answers_the_key_in_the_file_and_keeps_the_folder_until_it_is_ended_and_again(
    local: Local, site: Site, unused_tcp_port: int
) -> None:
    file, keys = local.folder / "key", set()
    arguments = ("--serve", "--port", str(unused_tcp_port), "--key-file", str(file))
    for number, workers in ((signal.SIGKILL, "2"), (signal.SIGTERM, "1")):
        file.write_text(STALE)
        serving = await local.start(*arguments, "--workers", workers)
        key = await key_in(file)
        keys.add(key)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        async with aiohttp.ClientSession(f"http://127.0.0.1:{unused_tcp_port}") as session:
            async with session.get("/api/v1/account", headers={"authorization": f"Bearer {key}"}) as answer:
                assert answer.status == 200
            async with session.get("/api/v1/account", headers={"authorization": f"Bearer {STALE}"}) as answer:
                assert answer.status == 401
            order = {"json": {"url": site.base}, "headers": {"authorization": f"Bearer {key}"}}
            async with session.post("/api/v1/scrape/company", **order) as answer:
                assert (await answer.json())["code"] == "address_not_allowed", "without --allow-network"
        if number == signal.SIGKILL:
            other = await local("--once")
            assert (other.status, other.out, other.left) == (2, "", [])
            assert "in use" in other.err and other.err.count("\n") == 1
            assert len(members(serving.process.pid)) == 4, "the command, its host, two workers"
        serving.interrupt(number)
        if number == signal.SIGKILL:
            await serving.process.wait()
            async with asyncio.timeout(patience.SECONDS):
                while members(serving.process.pid):
                    await asyncio.sleep(0.05)
        else:
            run = await serving.end()
            assert (run.status, run.out, run.left) == (128 + number, "", [])
            assert "Traceback" not in run.err
    assert (len(keys), site.asked) == (1, [])


async def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"port {port}" in await stopped(data, "--serve", "--port", port, "--key-file", str(tmp_path / "key"))
        (data / "sample-port").write_text(port)
        assert f"port {port}" in await stopped(data, "--once")


@pytest.mark.parametrize("where", ["missing/key", "folder", "file/key"])
async def test_a_key_file_that_can_not_be_written_is_one_line_before_the_host_starts(
    tmp_path: Path, unused_tcp_port: int, where: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    data = tmp_path / "data"
    assert where in await stopped(data, "--serve", "--port", str(unused_tcp_port), "--key-file", str(tmp_path / where))
    assert not (data / "master-key").exists(), "nothing was started"


async def test_a_command_that_ends_early_leaves_nothing_running_and_goes_on_next_time(local: Local, site: Site) -> None:
    site.pages["/"] = ("text/html", HOME)
    site.gate.clear()
    for ended_by in (signal.SIGINT, "the host's death"):
        site.reached.clear()
        reading = await local.start(*LOOPBACK, "--json", site.base, FIRMOGRAPH_STOP_SECONDS="0.2")
        await site.reached.wait()
        if isinstance(ended_by, signal.Signals):
            reading.interrupt(ended_by)
        else:
            [host] = [one for one in members(reading.process.pid) if "shared.embedded.host" in one.command]
            os.kill(host.id, signal.SIGKILL)
        run = await reading.end()
        status = 128 + ended_by if isinstance(ended_by, signal.Signals) else 1
        assert (run.status, run.out, run.left) == (status, "", [])
        assert "Traceback" not in run.err
    assert "the host ended" in run.err
    site.gate.set()
    again = await local(*LOOPBACK, "--json", site.base)
    assert (again.status, again.left) == (0, []), again.err
    assert json.loads(again.out)["identity"]["name"] == "Harrow Lamps"


async def test_a_reader_that_has_seen_enough_ends_the_command(local: Local, site: Site) -> None:
    site.pages["/"] = ("text/html", HOME)
    site.gate.clear()
    reader, writer = os.pipe()
    reading = await local.start(*LOOPBACK, site.base, stdout=writer)
    os.close(writer)
    await site.reached.wait()
    os.close(reader)
    site.gate.set()
    run = await reading.end()
    assert (run.status, run.left) == (1, [])
    assert "Traceback" not in run.err and "Exception" not in run.err
