"""The command: one verb per file, imported only when it is asked for."""

from __future__ import annotations

import importlib
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

VERBS = {
    "compile": "Compile manifests to the Envoy configuration of one or more proxies.",
    "proxies": "List the proxies of the mesh, how they were found and what each gets (also: ps).",
    "lint": "Report findings: what istiod would refuse, ignore, shadow or assume.",
    "golden": "Verify or update golden files.",
    "certs": "Write a development CA and one SPIFFE certificate per service account.",
}
ALIASES = {"ps": "proxies"}


class LazyVerb(TyperCommand):
    """Stands for a verb in the list of commands; the verb's module is imported when the verb is called."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Import the verb and let it parse its arguments."""
        real = typer.main.get_command(importlib.import_module(f"meshc.cli.{self.name}").app)
        return real.make_context(info_name, args, parent=parent, **extra)


class Verbs(TyperGroup):
    """The verbs by name and alias, without importing any of them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The verbs in the order of `VERBS`."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a verb or of its alias; None if there is no such verb."""
        verb = ALIASES.get(cmd_name, cmd_name)
        return LazyVerb(verb, help=VERBS[verb]) if verb in VERBS else None


app = typer.Typer(
    name="meshc",
    cls=Verbs,
    help="Compile Kubernetes and Istio manifests to the Envoy configuration that istiod would push.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"meshc {version('meshc')}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Compile Kubernetes and Istio manifests to the Envoy configuration that istiod would push."""
