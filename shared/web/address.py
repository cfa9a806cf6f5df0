"""Which addresses may be dialled: global unicast alone, by our own list, since `is_global` lets transition ranges
through and differs between Python versions."""

import re
from collections.abc import Iterable
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from shared.errors import CODES
from shared.settings import Settings
from shared.web.urls import Url, ip_of

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA's special-purpose registries, multicast, and what is reserved.
NOT_PUBLIC_V4 = [
    IPv4Network(network)
    for network in """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
    192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4
    240.0.0.0/4""".split()
]
GLOBAL_V6 = IPv6Network("2000::/3")
# Inside it: protocol assignments (Teredo, ORCHID, benchmarking), documentation, 6to4, the former 6bone.
NOT_PUBLIC_V6 = [IPv6Network(n) for n in "2001::/23 2001:db8::/32 2002::/16 3ffe::/16 3fff::/20".split()]
ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214: the interface identifier's upper half, an IPv4 address follows

LOCAL_NAMES = ("localhost", "localdomain", "local", "internal", "intranet", "lan", "home.arpa")


class FetchError(Exception):
    """Why a request came to nothing: a code of errors.CODES, and a reason that shows no internal address."""

    def __init__(self, code: str, reason: str) -> None:
        if code not in CODES:
            raise ValueError(f"{code!r} is not in CODES")
        super().__init__(f"{code}: {reason}")
        self.code, self.reason = code, reason


def allowed(ip: Address, allow_networks: Iterable[Network] = ()) -> bool:
    """Whether `ip` may be dialled: global unicast, or in one of the networks that are allowed in addition."""
    if isinstance(ip, IPv6Address) and ip.scope_id is not None:
        return False
    if any(ip in network for network in allow_networks):
        return True
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in NOT_PUBLIC_V4)
    if ip not in GLOBAL_V6 or any(ip in network for network in NOT_PUBLIC_V6):
        return False
    embedded = int(ip) & 0xFFFFFFFF
    return int(ip) >> 32 & 0xFFFFFFFF not in ISATAP or allowed(IPv4Address(embedded))


def is_local(host: str) -> bool:
    """Names that a network gives to its own machines, the cloud's metadata server among them."""
    return "." not in host or any(f".{host}".endswith(f".{name}") for name in LOCAL_NAMES)


def is_opted_out(company: str, settings: Settings) -> bool:
    """Whether the owner of this company key, or of the domain above it, asked not to be read."""
    return any(company == name or company.endswith(f".{name}") for name in settings.opt_out)


def is_own(url: Url, hosts: tuple[str, ...]) -> bool:
    own = _own(hosts)
    return own.fullmatch(url.host) is not None or own.fullmatch(f"{url.host}:{url.dialled_port}") is not None


@cache
def _own(hosts: tuple[str, ...]) -> re.Pattern[str]:
    """A * stands for a part of a label."""
    return re.compile("|".join(re.escape(host).replace(r"\*", "[^.]*") for host in hosts))


def judge(url: Url, settings: Settings, *, https_only: bool = False) -> None:
    """Raises `address_not_allowed` for what can be told without a look-up; the rest is judged when it is dialled."""
    reason, ip = "", ip_of(url.host)
    if https_only and url.scheme != "https":
        reason = "Only https addresses are called."
    elif settings.ports and url.dialled_port not in settings.ports:
        reason = "The port is not one that is dialled."
    elif is_own(url, settings.own_hosts):
        reason = "The address is Firmograph's own."
    elif ip and not allowed(ip, settings.allow_networks):
        reason = "The address is not a public one."
    elif not ip and is_local(url.host) and not settings.allow_networks:
        reason = "The name belongs to a private network."
    if reason:
        raise FetchError("address_not_allowed", reason)
