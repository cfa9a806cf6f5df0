"""What settings make of a host: limits, faults, workers, isolation."""

import json
from pathlib import Path

from shared.embedded.functions import table
from shared.embedded.host import Host
from shared.settings import Settings
from shared.wiring import Platform
from tests import loopback
from tests.host.conftest import FIXTURES, Control, changed, drained


async def test_an_instance_of_concurrency_one_gets_one_at_a_time(
    settings: Settings, platform: Platform, control: Control
) -> None:
    async with Host(changed(settings, instance_concurrency=1, duplicate_deliveries=True)):
        await platform.topics.publish("first", {"n": 1})
        await platform.topics.publish("first", {"n": 2})
        seen = []
        for _ in range(4):
            [call] = await control.next(1)
            assert control.calls.empty()
            seen.append(call.json["n"])
            call.answer()
        await drained(settings)
        assert sorted(seen) == [1, 1, 2, 2]


async def test_two_workers_share_the_port_and_messages_whose_twins_come_beside_them(
    settings: Settings, platform: Platform, control: Control
) -> None:
    async with Host(changed(settings, duplicate_deliveries=True), workers=2) as host:
        for n in range(4):
            await platform.topics.publish("first", {"n": n})
        calls = await control.next(8)  # four at once each
        assert {call.process for call in calls} == set(host.processes)
        assert sorted(call.json["n"] for call in calls) == [0, 0, 1, 1, 2, 2, 3, 3]
        assert len({call.headers["id"] for call in calls}) == 4
        for call in calls:
            call.answer()
        await drained(settings)


async def test_isolated_functions_share_no_module_state(
    settings: Settings, platform: Platform, control: Control, tmp_path: Path
) -> None:
    folder, names = tmp_path / FIXTURES.name, ("api", "first", "notify")
    folder.mkdir()
    for name in (*names, "control.py"):
        (folder / name).symlink_to(FIXTURES / name)
    (folder / "functions.json").write_text(json.dumps({name: table(FIXTURES)[name] for name in names}))
    async with Host(changed(settings, functions=folder), isolate=True) as host, loopback.client() as client:
        assert len(set(host.processes)) == len(names)
        assert (await client.post(host.url, json={})).status_code == 200
        await platform.documents.create("outbox/abc", {})
        calls = await control.next(2)
        assert {call.function for call in calls} == {"first", "notify"}
        assert len({call.process for call in calls}) == 2
        assert [call.calls for call in calls] == [1, 1]
        for call in calls:
            call.answer()
        await drained(settings)
