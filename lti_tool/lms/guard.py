"""Keeps calls away from the operator's own network.

The check sits where the connection is made, on the host that is really connected to, so that neither a URL that two
parsers read differently nor a name that changes its address between check and use gets around it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl

from urllib3 import PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from lti_tool.errors import LMSRejectedError

MOST_HOSTS, MOST_CONNECTIONS = 64, 64
"""Connections are kept for the next request, as many as threads can use: a new one costs more than a score."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the open internet, also when it is written inside another."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour or ip.teredo or ip in NAT64:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def checked_addresses(host: str, port: int, *, is_private_host: bool) -> list[str]:
    """Return the addresses of the host to connect to; raise `LMSRejectedError` when one of them is not public."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
    if not is_private_host and not all(is_public(address) for address in addresses):
        raise LMSRejectedError(f"{host} is an address of a private network. It is not called.")
    return addresses


class _Guard:
    """What both kinds of connection do before they connect."""

    private_hosts: frozenset[str] = frozenset()
    host: str
    port: int
    _dns_host: str

    def _new_conn(self) -> socket.socket:
        name, is_private_host = self._dns_host, self.host.lower() in self.private_hosts
        if not is_private_host and not isinstance(self, HTTPSConnection):
            raise LMSRejectedError(f"{self.host} is only called by https.")
        *others, last = checked_addresses(self.host.strip("[]"), self.port, is_private_host=is_private_host)
        try:
            for address in others:
                with contextlib.suppress(NewConnectionError, ConnectTimeoutError):
                    return self._connect_to(address)
            return self._connect_to(last)
        finally:
            self._dns_host = name

    def _connect_to(self, address: str) -> socket.socket:
        self._dns_host = address
        return super()._new_conn()  # type: ignore[misc,no-any-return]


class GuardedPools(PoolManager):
    """Connects where the guard allows, once: trying again is the outbox's business."""

    def __init__(self, private_hosts: frozenset[str], time_outs: tuple[float, float], trusted: str) -> None:
        """Make them; `time_outs` are the seconds to connect and to wait for each part of an answer."""
        connect, read = time_outs
        super().__init__(
            MOST_HOSTS,
            maxsize=MOST_CONNECTIONS,
            retries=False,
            timeout=Timeout(connect=connect, read=read),
            ssl_context=_trusting(trusted),
        )
        guard = {"private_hosts": private_hosts}
        http = type("GuardedHTTP", (_Guard, HTTPConnection), guard)
        https = type("GuardedHTTPS", (_Guard, HTTPSConnection), guard)
        self.pool_classes_by_scheme = {
            "http": type("GuardedHTTPPool", (HTTPConnectionPool,), {"ConnectionCls": http}),
            "https": type("GuardedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": https}),
        }


def _trusting(certificates: str) -> ssl.SSLContext:
    """Return what checks an LMS's certificate and name; one for all connections, as reading the file takes long."""
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.load_verify_locations(certificates)
    return context
