"""`meshc compile`: the configuration of one or more proxies, in the format and dialect asked for."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from meshc.cli import inputs
from meshc.cli.proxy_choice import choose
from meshc.cli.report import Report, Threshold
from meshc.cli.stages import Stage, print_stage
from meshc.envoy.config import RESOURCE_TYPES, ResourceType
from meshc.envoy.interception import Interception
from meshc.output.certificates import NoCertificateError
from meshc.output.deliver import Delivery, DeliveryError, Dialect, Format, deliver
from meshc.output.folder import UnsafeNameError
from meshc.output.text import Syntax

app = typer.Typer(add_completion=False)


class TypeChoice(Enum):
    """The resource types that `--type` knows."""

    listeners = "listeners"
    routes = "routes"
    clusters = "clusters"
    endpoints = "endpoints"
    secrets = "secrets"
    extensions = "extensions"


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def compile(
    paths: inputs.Paths,
    proxy: Annotated[
        list[str],
        typer.Option("--proxy", "-p", help="<pod>.<namespace> or <workload>.<namespace>.", show_default=False),
    ] = [],  # noqa: B006
    proxies: Annotated[
        Path | None, typer.Option("--proxies", help="YAML with `proxies`: name, type, metadata, cluster.")
    ] = None,
    format: Annotated[
        Format | None, typer.Option("--format", help="Default: bootstrap for one proxy, else resources.")
    ] = None,
    dialect: Annotated[
        Dialect | None,
        typer.Option("--dialect", help="For a stock Envoy or for istio-proxy; default: by format."),
    ] = None,
    output: Annotated[Syntax, typer.Option("--output", "-o", help="How to print.")] = Syntax.JSON,
    out: Annotated[
        Path | None, typer.Option("--out", help="A file, or a folder where there are several files.")
    ] = None,
    certs: Annotated[
        Path | None, typer.Option("--certs", help="Folder of `meshc certs`, for mutual TLS without an agent.")
    ] = None,
    interception: Annotated[
        Interception,
        typer.Option(help="none: a stock Envoy listens on loopback ports; redirect: iptables send it everything."),
    ] = Interception.NONE,
    type: Annotated[list[TypeChoice], typer.Option("--type", help="Only these types.", show_default=False)] = [],  # noqa: B006
    stage: Annotated[Stage | None, typer.Option("--stage", help="Print what a stage makes, as YAML.")] = None,
    mesh_config: inputs.MeshConfigFile = None,
    mesh_networks: inputs.MeshNetworksFile = None,
    features: inputs.FeaturesFile = None,
    cluster: inputs.Clusters = [],  # noqa: B006
    endpoint_map: inputs.EndpointMap = None,
    fail_on: inputs.FailOn = Threshold.ERROR,
    verbose: inputs.Verbose = False,
    quiet: inputs.Quiet = False,
) -> None:
    """Compile manifests to the Envoy configuration that istiod would push to each proxy."""
    report = Report(verbose, quiet, fail_on)
    compiler = inputs.load(report, paths, mesh_config, mesh_networks, features, cluster, endpoint_map)
    chosen = choose(compiler, report, proxy, proxies)
    if stage is not None:
        print_stage(stage, compiler, chosen)
    else:
        types: tuple[ResourceType, ...] = tuple(choice.value for choice in type) or RESOURCE_TYPES
        what, whom = Delivery.defaults(format, dialect, len(chosen))
        wanted = Delivery(what, whom, output, out, types, certs, interception)
        configs = (compiler.compile(proxy) for proxy in chosen)
        try:
            deliver(configs, len(chosen), wanted, compiler.findings, sys.stdout.buffer.write)
        except (DeliveryError, NoCertificateError, UnsafeNameError) as error:
            raise report.usage(str(error)) from None
    report.end(compiler.findings)
