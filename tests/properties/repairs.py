"""What generated specs must be so that admission takes most of them: parts that only fit together by chance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Spec = dict[str, Any]

HTTP_ALONE = ("HTTP", "GRPC", "HTTP2")


def repaired(kind: str, spec: Spec) -> Spec:
    """The spec, with what contradicts itself removed."""
    repair = _REPAIRS.get(kind)
    if repair is not None:
        repair(spec)
    return spec


def _service_entry(spec: Spec) -> None:
    resolution = spec["resolution"]
    if resolution == "DYNAMIC_DNS":
        spec["hosts"] = ["*.example.com"]
        spec.pop("addresses", None)
    elif resolution.startswith("DNS"):
        spec["hosts"] = [host for host in spec["hosts"] if "*" not in host] or ["one.example.com"]
        spec["addresses"] = [address for address in spec.get("addresses", ()) if "/" not in address]
    if resolution in ("NONE", "DYNAMIC_DNS"):
        spec.pop("endpoints", None)
    spec["ports"] = list({port["number"]: port for port in spec["ports"]}.values())
    for index, port in enumerate(spec["ports"]):
        port["name"] = f"port-{index}"
        if resolution == "DYNAMIC_DNS" or len(spec["hosts"]) > 1:
            port["protocol"] = HTTP_ALONE[index % len(HTTP_ALONE)]
    for endpoint in spec.get("endpoints", ())[1:] if resolution == "DNS_ROUND_ROBIN" else ():
        spec["endpoints"].remove(endpoint)
    for endpoint in spec.get("endpoints", ()):
        endpoint["ports"] = {"port-0": 9000} if "ports" in endpoint else {}
        if resolution == "STATIC":
            endpoint["address"] = endpoint["address"].replace("one.example.com", "10.7.0.9")


def _destination_rule(spec: Spec) -> None:
    if "workloadSelector" in spec:
        spec.pop("exportTo", None)
    for index, subset in enumerate(spec.get("subsets", ())):
        subset["name"] = f"v{index + 1}"
    policies = [spec, *spec.get("subsets", ())]
    for owner in policies:
        if not owner.get("trafficPolicy"):
            owner.pop("trafficPolicy", None)


def _virtual_service(spec: Spec) -> None:
    for protocol in ("http", "tls", "tcp"):
        for rule in spec.get(protocol, ()):
            targets = rule.get("route", ())
            if len(targets) > 1:
                targets[0]["weight"] = 10
            for match in rule.get("match", ()) if protocol == "tls" else ():
                match["sniHosts"] = [host.replace("*", "sni") for host in spec["hosts"]]


def _sidecar(spec: Spec) -> None:
    listeners = spec.get("egress", [])
    listeners.sort(key=lambda listener: "port" not in listener)
    with_port = {listener["port"]["number"]: listener for listener in listeners if "port" in listener}
    without = [listener for listener in listeners if "port" not in listener][:1]
    spec["egress"] = [*with_port.values(), *without]
    spec["ingress"] = list({item["port"]["number"]: item for item in spec.get("ingress", ())}.values())
    policy = spec.get("outboundTrafficPolicy", {})
    if "egressProxy" in policy:
        policy["mode"] = "ALLOW_ANY"
        policy["egressProxy"] = {"host": "one.example.com", "port": {"number": 443}}


def _peer_authentication(spec: Spec) -> None:
    if "portLevelMtls" in spec and not spec.get("selector"):
        spec["selector"] = {"matchLabels": {"app": "web"}}


_REPAIRS: dict[str, Callable[[Spec], None]] = {
    "DestinationRule": _destination_rule,
    "PeerAuthentication": _peer_authentication,
    "ServiceEntry": _service_entry,
    "Sidecar": _sidecar,
    "VirtualService": _virtual_service,
}
