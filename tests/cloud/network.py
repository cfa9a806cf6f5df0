"""A network of its own for what would otherwise be in the public internet: a kernel namespace with nothing but a
loopback interface, on which a public address is at home. No packet can leave it, and no rule about addresses has to be
relaxed in it."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ADDRESS = "3000::1"  # global unicast, in a block that IANA has given to nobody
SCRIPT = f"""
ip link set lo up
ip -6 address add {ADDRESS}/128 dev lo nodad
mount --bind "$1" /etc/hosts
echo up
exec cat
"""
CLONE_NEWNET = 0x40000000


def missing() -> str | None:
    """What keeps a namespace from being made here."""
    lacking = [tool for tool in ("unshare", "nsenter", "ip", "mount") if not shutil.which(tool)]
    if lacking:
        return f"{', '.join(lacking)} not installed: apt-get install iproute2 util-linux mount"
    if subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True).returncode:
        return "a network namespace can't be made here: run as root, in a container with CAP_SYS_ADMIN"
    return None


@dataclass(frozen=True)
class Network:
    holder: int  # a process in it

    def inside(self, *command: str) -> list[str]:
        """The command, to be run in it, with its names."""
        return ["nsenter", f"--target={self.holder}", "--net", "--mount", *command]

    @contextmanager
    def entered(self) -> Iterator[None]:
        """This thread makes its sockets there, and starts its processes there."""
        with Path("/proc/thread-self/ns/net").open() as before, Path(f"/proc/{self.holder}/ns/net").open() as there:
            move_to(there.fileno())
            try:
                yield
            finally:
                move_to(before.fileno())


def move_to(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@contextmanager
def network(names: Mapping[str, str], folder: Path) -> Iterator[Network]:
    """With these names' addresses; it lasts as long as its holder, which ends with this process at the latest."""
    hosts = folder / "hosts"
    hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{ip} {name}\n" for name, ip in names.items()))
    command = ["unshare", "--net", "--mount", "sh", "-euc", SCRIPT, "sh", str(hosts)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin and holder.stdout
        if holder.stdout.readline() != "up\n":
            raise RuntimeError(f"no network namespace: exit status {holder.wait()}")
        try:
            yield Network(holder.pid)
        finally:
            holder.stdin.close()
