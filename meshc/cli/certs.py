"""`meshc certs`: a development CA, and a certificate for the service account of every proxy in the manifests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from meshc.certs.authority import AuthorityError, Identity
from meshc.certs.files import write_certificates
from meshc.cli import inputs
from meshc.cli.report import ExitCode, Report, Threshold
from meshc.model.names import spiffe_id
from meshc.output.folder import UnsafeNameError

app = typer.Typer(add_completion=False)


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def certs(
    paths: inputs.Paths,
    out: Annotated[Path, typer.Option("--out", help="The folder to write to; a root in it is used again.")],
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How long the certificates are valid.")] = 365,
    mesh_config: inputs.MeshConfigFile = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors alone.")] = False,
) -> None:
    """Write a development CA and one SPIFFE certificate per service account, for mutual TLS without a control plane.

    `meshc compile --certs FOLDER` makes static bootstraps use them. The key of the root lies in the folder: this is for
    development.
    """
    report = Report(quiet=quiet, threshold=Threshold.NEVER)
    compiler = inputs.load(report, paths, mesh_config, None, None, ())
    domain = compiler.mesh.config.trust_domain
    accounts = {(proxy.namespace, proxy.account) for proxy in compiler.proxies() if proxy.account}
    identities = [Identity(*account, spiffe_id(domain, *account)) for account in sorted(accounts)]
    if not identities:
        typer.echo("meshc: no pod of the manifests has a proxy, so there is nobody to certify", err=True)
        raise typer.Exit(ExitCode.NOTHING)
    try:
        written = write_certificates(out, domain, identities, days)
    except (AuthorityError, UnsafeNameError) as error:
        raise report.usage(str(error)) from None
    if not quiet:
        for identity in written:
            typer.echo(f"{out}/{identity.namespace}/{identity.account}  {identity.uri}")
