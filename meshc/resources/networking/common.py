"""Messages that several kinds of networking.istio.io share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from meshc.resources.message import Duration, Int32, Message, UInt32, mapping, message, named
from meshc.resources.selector import PortSelector


@message
class StringMatch(Message):
    """How a string is matched; at most one field is set, none matches any value that is present."""

    exact: str | None = None
    prefix: str | None = None
    regex: str | None = None


@message
class Destination(Message):
    """Host, subset and port that a request is sent to."""

    host: str = ""
    subset: str = ""
    port: PortSelector | None = None


@message
class WorkloadSelector(Message):
    """`workloadSelector` of Sidecar, ServiceEntry and EnvoyFilter: workloads by `labels`."""

    labels: Mapping[str, str] = mapping()


@message
class HTTPRetry(Message):
    """Retry policy of a route, and of the mesh (`defaultHttpRetryPolicy`)."""

    attempts: Int32 = 0
    per_try_timeout: Duration | None = None
    retry_on: str = ""
    retry_remote_localities: bool | None = None
    retry_ignore_previous_hosts: bool | None = None
    backoff: Duration | None = None


@message
class TcpKeepalive(Message):
    """TCP keepalive of a connection; 0 probes are the operating system's."""

    probes: UInt32 = 0
    time: Duration | None = None
    interval: Duration | None = None


@message
class TcpSettings(Message):
    """`connectionPool.tcp`."""

    max_connections: Int32 = 0
    connect_timeout: Duration | None = None
    tcp_keepalive: TcpKeepalive | None = None
    max_connection_duration: Duration | None = None
    idle_timeout: Duration | None = None


H2UpgradePolicy = Literal["DEFAULT", "DO_NOT_UPGRADE", "UPGRADE"]


@message
class HttpSettings(Message):
    """`connectionPool.http`."""

    http1_max_pending_requests: Int32 = 0
    http2_max_requests: Int32 = 0
    max_requests_per_connection: Int32 = 0
    max_retries: Int32 = 0
    idle_timeout: Duration | None = None
    h2_upgrade_policy: H2UpgradePolicy = "DEFAULT"
    use_client_protocol: bool = False
    max_concurrent_streams: Int32 = 0


@message
class ConnectionPoolSettings(Message):
    """Limits on the connections of a client to a service, or of a sidecar to its application."""

    tcp: TcpSettings | None = None
    http: HttpSettings | None = None


@message
class Distribute(Message):
    """`distribute[]`: weights in percent of the localities that receive the traffic of `from`."""

    from_: str = named("from", "")
    to: Mapping[str, UInt32] = mapping()


@message
class Failover(Message):
    """`failover[]`: the region that takes over for another."""

    from_: str = named("from", "")
    to: str = ""


@message
class LocalityLoadBalancerSetting(Message):
    """Locality load balancing of a DestinationRule or of the mesh (`localityLbSetting`)."""

    distribute: tuple[Distribute, ...] = ()
    failover: tuple[Failover, ...] = ()
    failover_priority: tuple[str, ...] = ()
    enabled: bool | None = None


TLSProtocol = Literal["TLS_AUTO", "TLSV1_0", "TLSV1_1", "TLSV1_2", "TLSV1_3"]


@message
class TLSCertificate(Message):
    """`tlsCertificates[]` of a server: a certificate with its key, as files in the proxy."""

    server_certificate: str = ""
    private_key: str = ""
    ca_certificates: str = ""


@message
class ServerTLSSettings(Message):
    """TLS of a Gateway server or a Sidecar ingress listener."""

    https_redirect: bool = False
    mode: Literal["PASSTHROUGH", "SIMPLE", "MUTUAL", "AUTO_PASSTHROUGH", "ISTIO_MUTUAL", "OPTIONAL_MUTUAL"] = (
        "PASSTHROUGH"
    )
    server_certificate: str = ""
    private_key: str = ""
    ca_certificates: str = ""
    ca_crl: str = ""
    credential_name: str = ""
    credential_names: tuple[str, ...] = ()
    ca_cert_credential_name: str = ""
    tls_certificates: tuple[TLSCertificate, ...] = ()
    subject_alt_names: tuple[str, ...] = ()
    verify_certificate_spki: tuple[str, ...] = ()
    verify_certificate_hash: tuple[str, ...] = ()
    min_protocol_version: TLSProtocol = "TLS_AUTO"
    max_protocol_version: TLSProtocol = "TLS_AUTO"
    cipher_suites: tuple[str, ...] = ()
