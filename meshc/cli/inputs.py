"""The options that every verb with manifests has, and loading by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from meshc.cli.report import Report, Threshold
from meshc.compile import CannotLoadError, Compiler, NothingToCompileError, load_compiler
from meshc.settings import Inputs

Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH…", help="Files, folders or globs with manifests; - for stdin.", show_default=False),
]
MeshConfigFile = Annotated[
    Path | None, typer.Option("--mesh-config", help="MeshConfig as YAML, or the ConfigMap `istio` that holds it.")
]
MeshNetworksFile = Annotated[Path | None, typer.Option("--mesh-networks", help="MeshNetworks as YAML.")]
FeaturesFile = Annotated[Path | None, typer.Option("--features", help="istiod's environment flags as YAML.")]
Clusters = Annotated[
    list[str], typer.Option("--cluster", metavar="NAME=PATH", help="Objects of a further cluster.", show_default=False)
]
EndpointMap = Annotated[
    Path | None,
    typer.Option("--endpoint-map", help="YAML: pod, workload or service to its real host[:port], or a list of them."),
]
FailOn = Annotated[Threshold, typer.Option("--fail-on", help="Findings that end in exit code 1.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print informational findings too.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors alone.")]


def load(
    report: Report,
    paths: Sequence[str],
    mesh_config: Path | None,
    mesh_networks: Path | None,
    features: Path | None,
    clusters: Sequence[str],
    endpoint_map: Path | None = None,
) -> Compiler:
    """Load the mesh of a command line; ends the program with exit code 2, 3 or 4 if there is none."""
    inputs = Inputs(paths, mesh_config, mesh_networks, features, by_name(clusters), endpoint_map)
    with loading(report):
        return load_compiler(inputs)


@contextmanager
def loading(report: Report) -> Iterator[None]:
    """What is done inside loads an input; if there is none, the program ends with exit code 3 or 4."""
    try:
        yield
    except NothingToCompileError as error:
        raise report.nothing(str(error), error.findings) from None
    except CannotLoadError as error:
        raise report.unreadable(str(error), error.findings) from None


def by_name(clusters: Sequence[str]) -> dict[str, str]:
    """The further clusters of a command line, NAME=PATH each; ends the program with exit code 2 for anything else."""
    named: dict[str, str] = {}
    for text in clusters:
        name, separator, path = text.partition("=")
        if not (name and separator and path):
            raise typer.BadParameter(
                f"{text!r} is not NAME=PATH, as in --cluster west=west.yaml", param_hint="--cluster"
            )
        named[name] = path
    return named
