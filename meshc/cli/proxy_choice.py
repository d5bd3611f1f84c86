"""Which proxies a command line means: `-p` names, a `--proxies` file, or every proxy of the mesh."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from meshc.cli.report import Report
from meshc.compile import Compiler
from meshc.scope.discovery import UnknownProxyError
from meshc.scope.proxy import Proxy
from meshc.settings import ProxyRequest, read_proxy_list


def choose(compiler: Compiler, report: Report, names: Sequence[str], file: Path | None) -> tuple[Proxy, ...]:
    """The proxies by name and file; every proxy of the mesh if neither is given. An unknown name ends the run (2)."""
    requests = [ProxyRequest(name=name) for name in names]
    if file is not None:
        requests += read_proxy_list(file, compiler.findings)
    if not requests:
        return compiler.proxies()
    try:
        return tuple(compiler.find(request) for request in requests)
    except UnknownProxyError as error:
        raise report.usage(str(error)) from None
