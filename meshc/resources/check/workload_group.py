"""WorkloadGroups in, what istiod holds against them out (spec: tooling 20)."""

from __future__ import annotations

import re

from meshc.resources.check.names import check_labels
from meshc.resources.check.numbers import check_bounds, check_port
from meshc.resources.check.place import Place
from meshc.resources.networking import WorkloadGroup
from meshc.resources.probe import HTTPHealthCheckConfig, ReadinessProbe

_HEADER = re.compile(r"[-A-Za-z0-9]+")


def check_workload_group(group: WorkloadGroup, root: Place) -> None:
    """Labels and probe; the template's own fields are not looked at."""
    at, spec = root / "spec", group.spec
    (at / "template").need(spec.template is not None, "template")
    if spec.metadata is not None:
        check_labels(at / "metadata", "labels", spec.metadata.labels)
    check_probe(at / "probe", spec.probe)


def check_probe(at: Place, probe: ReadinessProbe | None) -> None:
    """A readiness probe of the agent: of its methods istiod knows three."""
    if probe is None:
        return
    check_bounds(at / "initialDelaySeconds", probe.initial_delay_seconds, 0)
    check_bounds(at / "timeoutSeconds", probe.timeout_seconds, 0)
    check_bounds(at / "periodSeconds", probe.period_seconds, 0)
    check_bounds(at / "successThreshold", probe.success_threshold, 0)
    check_bounds(at / "failureThreshold", probe.failure_threshold, 0)
    if probe.http_get is not None:
        _check_http(at / "httpGet", probe.http_get)
    elif probe.tcp_socket is not None:
        check_port(at / "tcpSocket" / "port", probe.tcp_socket.port)
    elif probe.exec is not None:
        (at / "exec" / "command").need(probe.exec.command, "the command")
    elif probe.grpc is not None:
        (at / "grpc").tell("MC0423", "istiod refuses probes by gRPC", "use httpGet, tcpSocket or exec")
    else:
        at.tell("MC0412", "the method of the probe is missing", "httpGet, tcpSocket or exec")


def _check_http(at: Place, probe: HTTPHealthCheckConfig) -> None:
    check_port(at / "port", probe.port)
    if probe.scheme not in ("", "HTTP", "HTTPS"):
        (at / "scheme").tell("MC0416", f"{probe.scheme!r} is not one of HTTP, HTTPS")
    for entry, header in at.each("httpHeaders", probe.http_headers):
        if not _HEADER.fullmatch(header.name):
            (entry / "name").tell("MC0408", f"{header.name!r} is no name of a header")
