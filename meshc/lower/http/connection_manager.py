"""HTTP connection managers: facts of a workload and a listener in, `HttpSettings` out; for every kind of traffic."""

from __future__ import annotations

from meshc.ir.address import PrefixRange
from meshc.ir.http_connection_manager import Codec, Http1, HttpSettings
from meshc.lower.http.facts import path_normalization
from meshc.lower.http.filters import http_filters
from meshc.lower.http.hcm_facts import HcmFacts
from meshc.lower.http.traffic import Traffic
from meshc.lower.telemetry.access_logs import access_logs
from meshc.lower.telemetry.tracing import tracing
from meshc.model.api import parse_prefix
from meshc.model.mesh import Mesh
from meshc.model.shared import shared

_SERVER_NAME = "istio-envoy"


@shared
def http_settings(mesh: Mesh, facts: HcmFacts) -> HttpSettings:
    """The settings of a connection manager: all of it but its statistics' name and its routes.

    Listeners of one workload, and workloads that differ in nothing that matters, share one answer (spec: listeners 18,
    inbound 10).
    """
    workload, http = facts.workload, facts.workload.http
    inbound, arriving = facts.traffic is Traffic.INBOUND, facts.traffic is not Traffic.OUTBOUND
    traced = tracing(mesh, workload.telemetries, facts.traffic, workload.spans)
    path = path_normalization(mesh.config)
    remote = _uses_remote_address(mesh, facts)
    return HttpSettings(
        filters=http_filters(mesh, facts),
        codec=Codec.HTTP3 if facts.http3 else Codec.AUTO,
        tracing=traced.tracing,
        access_logs=access_logs(mesh, workload.telemetries, facts.traffic).http,
        http1=_http1(mesh, facts),
        http2=inbound and facts.http2,
        idle_timeout=http.idle_timeout,
        server_name=_server_name(facts),
        pass_server_header=http.pass_server_header,
        use_remote_address=remote,
        xff_trusted_hops=http.xff_trusted_hops,
        internal_ranges=_internal_ranges(mesh) if remote or mesh.features.enable_hcm_internal_networks else (),
        forward_client_cert=http.client_cert if arriving else None,
        client_cert_details=http.client_cert_details if arriving else None,
        generate_request_id=http.generate_request_id,
        request_id_sampling=traced.request_id_sampling,
        append_forwarded_port=http.append_forwarded_port,
        normalize_path=path.normalize,
        merge_slashes=path.merge_slashes,
        unescape_slashes=path.unescape_slashes,
        proxy_100_continue=mesh.features.enable_100_continue_headers,
    )


def _http1(mesh: Mesh, facts: HcmFacts) -> Http1 | None:
    """Gateways always state their options, sidecars only options that are not the default."""
    options = Http1(
        accept_http10=facts.workload.http.accept_http10 or mesh.features.pilot_http10,
        allow_absolute_url=facts.explicit_proxy,
        preserve_header_case=facts.workload.http.preserve_header_case,
    )
    return options if options != Http1() or facts.traffic is Traffic.GATEWAY else None


def _server_name(facts: HcmFacts) -> str:
    """Towards the workload's own application, Envoy keeps its own name."""
    if facts.workload.http.pass_server_header:
        return ""
    return facts.workload.http.server_name or ("" if facts.traffic is Traffic.OUTBOUND else _SERVER_NAME)


def _uses_remote_address(mesh: Mesh, facts: HcmFacts) -> bool:
    if facts.traffic is Traffic.OUTBOUND:
        return mesh.features.pilot_sidecar_use_remote_address and not facts.explicit_proxy
    return facts.traffic is Traffic.GATEWAY


@shared
def _internal_ranges(mesh: Mesh) -> tuple[PrefixRange, ...]:
    """The address ranges of the mesh's networks as written, by address and length."""
    cidrs = (e.from_cidr or "" for network in mesh.networks.networks.values() for e in network.endpoints)
    known = [prefix for prefix in map(parse_prefix, cidrs) if prefix is not None]
    known.sort(key=lambda p: (p.version, p.ip.packed, p.network.prefixlen))
    return tuple(PrefixRange(address=str(p.ip), length=p.network.prefixlen) for p in known)
