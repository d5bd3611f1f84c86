"""`meshc proxies`: the proxies of the mesh, how they were found, and what each gets."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Annotated, Any

import typer

from meshc.cli import inputs
from meshc.cli.report import Report, Threshold
from meshc.compile import Compiler
from meshc.model.workloads import POD
from meshc.scope.discovery import Sign, sign_of
from meshc.scope.proxy import Proxy

app = typer.Typer(add_completion=False)


class Layout(Enum):
    """How the list is printed."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def proxies(
    paths: inputs.Paths,
    namespace: Annotated[
        list[str], typer.Option("--namespace", "-n", help="Only proxies of these namespaces.", show_default=False)
    ] = [],  # noqa: B006
    resources: Annotated[
        bool, typer.Option("--resources", "-r", help="Count the resources that each proxy gets, and their bytes.")
    ] = False,
    output: Annotated[Layout, typer.Option("--output", "-o", help="How to print.")] = Layout.TABLE,
    mesh_config: inputs.MeshConfigFile = None,
    mesh_networks: inputs.MeshNetworksFile = None,
    features: inputs.FeaturesFile = None,
    cluster: inputs.Clusters = [],  # noqa: B006
    endpoint_map: inputs.EndpointMap = None,
    fail_on: inputs.FailOn = Threshold.ERROR,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="As --resources, and print informational findings too.")
    ] = False,
    quiet: inputs.Quiet = False,
) -> None:
    """List the proxies of the mesh, how they were found and what each gets."""
    report = Report(verbose, quiet, fail_on)
    compiler = inputs.load(report, paths, mesh_config, mesh_networks, features, cluster, endpoint_map)
    chosen = [proxy for proxy in compiler.proxies() if not namespace or proxy.namespace in namespace]
    if not chosen:
        where = f" in {', '.join(namespace)}" if namespace else ""
        raise report.nothing(f"no proxies: no workload{where} has a sidecar or is a gateway", compiler.findings)
    rows = [_row(compiler, proxy, resources or verbose) for proxy in chosen]
    _print(rows, output)
    report.end(compiler.findings)


def _row(compiler: Compiler, proxy: Proxy, resources: bool) -> dict[str, Any]:
    """A proxy as plain values; with `resources`, the number and the bytes of what it gets by type."""
    row: dict[str, Any] = {
        "name": proxy.name,
        "namespace": proxy.namespace,
        "type": proxy.kind.value,
        "workload": proxy.metadata["WORKLOAD_NAME"],
        "addresses": list(proxy.ips),
        "foundBy": _found_by(compiler, proxy),
        "assumed": _is_assumed(proxy),
        "object": str(proxy.origin.at("")),
        "location": str(proxy.origin.location or ""),
    }
    if resources:
        row["resources"] = _resources(compiler, proxy)
    return row


def _found_by(compiler: Compiler, proxy: Proxy) -> str:
    """What shows that there is a proxy; that of an assumed pod, whose injection is assumed too, names its workload."""
    sign = sign_of(compiler.mesh, proxy.pod) if proxy.pod is not None else None
    if sign is None:
        return ""
    if not _is_assumed(proxy):
        return sign.value
    workload = f"{proxy.origin.kind} {proxy.origin.name}"
    return f"assumed injection of {workload}" if sign is Sign.TLS_MODE else f"{sign.value}, assumed of {workload}"


def _is_assumed(proxy: Proxy) -> bool:
    """No object of the input is the pod; its origin is the template of a workload."""
    return proxy.origin.kind != POD


def _resources(compiler: Compiler, proxy: Proxy) -> dict[str, dict[str, int]]:
    from meshc.envoy.config import RESOURCE_TYPES

    config = compiler.compile(proxy)
    return {
        kind: {"count": len(config.of(kind)), "bytes": sum(len(r.wire) for r in config.of(kind))}
        for kind in RESOURCE_TYPES
    }


def _print(rows: Sequence[dict[str, Any]], layout: Layout) -> None:
    match layout:
        case Layout.TABLE:
            sys.stdout.writelines(_table(rows))
        case Layout.JSON:
            print(json.dumps(rows, indent=2, ensure_ascii=False))
        case Layout.YAML:
            from meshc.envoy.encode import yaml_text

            sys.stdout.write(yaml_text(rows))


_HEAD = ("NAME", "NAMESPACE", "TYPE", "WORKLOAD", "ADDRESS", "FOUND BY")
_NUMBERS = ("LISTENERS", "ROUTES", "CLUSTERS", "ENDPOINTS", "SECRETS", "BYTES")


def _table(rows: Sequence[dict[str, Any]]) -> Iterable[str]:
    """Aligned columns, numbers to the right, no colour: the same on a terminal and in a pipe."""
    numbers = _NUMBERS if "resources" in rows[0] else ()
    cells = [(*_HEAD[:-1], *numbers, _HEAD[-1]), *(_cells(row) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    right = range(len(_HEAD) - 1, len(_HEAD) - 1 + len(numbers))
    for row in cells:
        columns = (
            text.rjust(width) if i in right else text.ljust(width)
            for i, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "   ".join(columns).rstrip() + "\n"


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    counted = row.get("resources", {})
    numbers = [str(counted[kind]["count"]) for kind in map(str.lower, _NUMBERS[:-1]) if counted]
    if counted:
        numbers.append(str(sum(each["bytes"] for each in counted.values())))
    names = (row["name"], row["namespace"], row["type"], row["workload"], ",".join(row["addresses"]))
    return (*names, *numbers, row["foundBy"])
