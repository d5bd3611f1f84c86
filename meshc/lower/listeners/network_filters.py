"""The end of TCP chains: a protocol and a TCP proxy in, the filters that handle the bytes out (spec: listeners 17)."""

from __future__ import annotations

from dataclasses import replace

from meshc.ir.access_log import AccessLog
from meshc.ir.duration import SECOND, Duration
from meshc.ir.network_filter import MongoProxy, MySqlProxy, NetworkFilter, PeerExchange, RedisProxy, TcpProxy
from meshc.ir.node import node
from meshc.ir.stats import Stats
from meshc.lower.http.traffic import Traffic
from meshc.lower.http.workload_facts import WorkloadFacts
from meshc.lower.telemetry.access_logs import access_logs
from meshc.lower.telemetry.stats import stats_filters
from meshc.model.api import Telemetry
from meshc.model.mesh import Mesh
from meshc.model.protocol import Protocol
from meshc.model.shared import shared

_REDIS_TIMEOUT = 5 * SECOND


def protocol_stack(mesh: Mesh, protocol: Protocol, proxy: TcpProxy) -> tuple[NetworkFilter, ...]:
    """The TCP proxy, behind a filter that knows the protocol if there is one; Redis has a proxy of its own."""
    features = mesh.features
    if protocol is Protocol.MONGO and features.pilot_enable_mongo_filter:
        return (MongoProxy(stat_prefix=proxy.stat_prefix), proxy)
    if protocol is Protocol.MYSQL and features.pilot_enable_mysql_filter:
        return (MySqlProxy(stat_prefix=proxy.stat_prefix), proxy)
    if protocol is Protocol.REDIS and features.pilot_enable_redis_filter:
        first = proxy.cluster or next((weighted.cluster for weighted in proxy.weighted), "")
        return (RedisProxy(stat_prefix=proxy.stat_prefix, cluster=first, op_timeout=_REDIS_TIMEOUT),)
    return (proxy,)


def peer_exchange(mesh: Mesh) -> tuple[PeerExchange, ...]:
    """The exchange of metadata over TCP, with which connections to the workload and through gateways start."""
    features = mesh.features
    if not features.pilot_enable_metadata_exchange:
        return ()
    return (PeerExchange(additional_labels=tuple(sorted(set(features.pilot_mx_additional_labels)))),)


@node
class TcpFacts:
    """What a workload adds to its TCP chains: metrics, access logs, and the idle timeout of its metadata."""

    stats: tuple[Stats, ...]
    access_logs: tuple[AccessLog, ...]
    idle_timeout: Duration | None

    def complete(self, filters: tuple[NetworkFilter, ...]) -> tuple[NetworkFilter, ...]:
        """The filters with access logs, and with the idle timeout if they have none."""
        return tuple(self._completed(f) if isinstance(f, TcpProxy) else f for f in filters)

    def _completed(self, proxy: TcpProxy) -> TcpProxy:
        idle = proxy.idle_timeout if proxy.idle_timeout is not None else self.idle_timeout
        return replace(proxy, access_logs=self.access_logs, idle_timeout=idle)


def tcp_facts(mesh: Mesh, workload: WorkloadFacts, traffic: Traffic) -> TcpFacts:
    """The facts of a workload; the same object for all workloads to which the same applies."""
    return _tcp_facts(mesh, workload.telemetries, traffic, workload.http.idle_timeout)


@shared
def _tcp_facts(
    mesh: Mesh, telemetries: tuple[Telemetry, ...], traffic: Traffic, idle_timeout: Duration | None
) -> TcpFacts:
    return TcpFacts(
        stats=stats_filters(mesh, telemetries, traffic),
        access_logs=access_logs(mesh, telemetries, traffic).tcp,
        idle_timeout=idle_timeout,
    )
