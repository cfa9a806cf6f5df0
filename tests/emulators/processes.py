"""Google's Firestore and Pub/Sub emulators. One pair serves all test processes of a run, and stops with the last of
them, however that ends: each holds a shared lock, and `python -m tests.emulators.processes FOLDER`, which owns the
emulators, waits for the exclusive one."""

import fcntl
import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import patience
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
JAVA = ("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Duser.language=en")
INSTALL = "install Java 11 or newer and `gcloud components install beta cloud-firestore-emulator pubsub-emulator`"


class EmulatorError(RuntimeError):
    """An emulator did not start; the message says why."""


def platform_folder() -> Path | None:
    gcloud = shutil.which("gcloud")
    return Path(gcloud).resolve().parents[1] / "platform" if gcloud else None


def missing() -> str | None:
    """What keeps the emulators from running here, and what to install."""
    folder = platform_folder()
    if folder is None:
        return f"gcloud is not installed: https://cloud.google.com/sdk, then {INSTALL}"
    if not shutil.which("java"):
        return f"java is not installed: {INSTALL}"
    if not (firestore_jar(folder) and pubsub_jar(folder)):
        return f"gcloud has no emulators: {INSTALL}"
    return None


def firestore_jar(folder: Path) -> Path | None:
    return next(folder.glob("cloud-firestore-emulator/cloud-firestore-emulator.jar"), None)


def pubsub_jar(folder: Path) -> Path | None:
    return next(folder.glob("pubsub-emulator/lib/cloud-pubsub-emulator-*.jar"), None)


class Emulator:
    """One of them, on a port that it keeps over restarts; what it holds is lost with its process."""

    def __init__(self, command: list[str], log: Path) -> None:
        self.command, self.log, self.port = command, log, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @classmethod
    def firestore(cls, log: Path, *, functions: str = "") -> "Emulator":
        """`functions`: host:port to which it posts the events of registered triggers."""
        folder = platform_folder()
        assert folder
        main = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
        command = [*JAVA, "-cp", str(firestore_jar(folder)), main, "start"]
        return cls(command + ([f"--functions_emulator={functions}"] if functions else []), log)

    @classmethod
    def pubsub(cls, log: Path) -> "Emulator":
        folder = platform_folder()
        assert folder
        return cls([*JAVA, "-jar", str(pubsub_jar(folder))], log)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [*self.command, "--host=127.0.0.1", f"--port={self.port}"]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def wait_until_ready(self) -> None:
        end = time.monotonic() + patience.SECONDS
        while not self._answers():
            assert self.process
            if self.process.poll() is not None or time.monotonic() > end:
                raise EmulatorError(f"{' '.join(self.command)} did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.address}/", timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    @contextmanager
    def running(self) -> Iterator["Emulator"]:
        try:
            self.start()
            self.wait_until_ready()
            yield self
        finally:
            self.kill()


@dataclass(frozen=True)
class Addresses:
    """host:port of each."""

    firestore: str
    pubsub: str


@contextmanager
def shared_emulators(folder: Path) -> Iterator[Addresses]:
    """The pair of everybody who names the same folder."""
    found = folder / "addresses.json"
    with (folder / "users").open("w") as users, (folder / "starting").open("w") as starting:
        fcntl.flock(users, fcntl.LOCK_SH)
        fcntl.flock(starting, fcntl.LOCK_EX)
        if not found.exists():
            _start_keeper(folder, found)
        fcntl.flock(starting, fcntl.LOCK_UN)
        yield Addresses(**json.loads(found.read_text()))


def _start_keeper(folder: Path, found: Path) -> None:
    log = folder / "keeper.log"
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", __name__, str(folder)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # an interrupt at the terminal is for the tests; the keeper sees them end
        )
    while not found.exists():
        if keeper.poll() is not None:
            raise EmulatorError(log.read_text())
        time.sleep(0.05)


def keep(folder: Path) -> None:
    """Runs the emulators until nobody holds the shared lock."""
    firestore, pubsub = Emulator.firestore(folder / "firestore.log"), Emulator.pubsub(folder / "pubsub.log")
    found, draft = folder / "addresses.json", folder / "addresses.draft"
    try:
        firestore.start()
        pubsub.start()
        firestore.wait_until_ready()
        pubsub.wait_until_ready()
        draft.write_text(json.dumps({"firestore": firestore.address, "pubsub": pubsub.address}))
        draft.rename(found)
        with (folder / "users").open() as users:
            fcntl.flock(users, fcntl.LOCK_EX)
            found.unlink()
    finally:
        firestore.kill()
        pubsub.kill()


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
