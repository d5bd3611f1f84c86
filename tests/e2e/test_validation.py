"""Envoy itself finds nothing wrong with any bootstrap."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from meshc.compile import Compiler, load_compiler
from meshc.envoy.interception import Interception
from meshc.output.deliver import Delivery, Dialect, Format, deliver
from meshc.output.text import Syntax
from meshc.settings import Inputs
from tests.e2e.compiled import bootstrap, load
from tests.e2e.envoys import validate
from tests.e2e.test_mutual_tls import certify


def refused(envoy: Path, compiler: Compiler, folder: Path, certificates: Path | None) -> list[str]:
    """What Envoy has against the static bootstraps of all proxies."""
    found = []
    for proxy in compiler.proxies():
        for interception in Interception:
            name = f"{proxy.name}.{proxy.namespace}"
            file = folder / f"{name}-{interception.value}.json"
            file.write_text(json.dumps(bootstrap(compiler, name, certificates, interception)))
            if reason := validate(envoy, file):
                found.append(f"{file.name}: {reason}")
    return found


def test_static_bootstraps_of_bookinfo(envoy: Path, tmp_path: Path) -> None:
    compiler = load(tmp_path)
    assert len(compiler.proxies()) == 6
    assert refused(envoy, compiler, tmp_path, None) == []
    assert refused(envoy, compiler, tmp_path, certify(compiler, tmp_path / "certs")) == []


@pytest.mark.parametrize("format", [Format.BOOTSTRAP, Format.FILESYSTEM])
@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("syntax", list(Syntax))
def test_every_way_to_write_a_bootstrap(
    envoy: Path, tmp_path: Path, format: Format, dialect: Dialect, syntax: Syntax
) -> None:
    compiler = load(tmp_path)
    configs = [compiler.compile(proxy) for proxy in compiler.proxies()]
    out = tmp_path / "out"
    deliver(configs, len(configs), Delivery(format, dialect, syntax, out), compiler.findings, lambda text: None)
    for config in configs:
        assert validate(envoy, out / config.proxy / f"bootstrap.{syntax.value}") == ""


@pytest.mark.parametrize("case", ["real-bookinfo", "real-bookinfo-tasks", "real-httpbin-curl", "real-tcp-echo"])
def test_static_bootstraps_of_published_applications(envoy: Path, oracle: Path, tmp_path: Path, case: str) -> None:
    folder = oracle / "cases" / case
    compiler = load_compiler(Inputs([str(folder / "manifests.yaml")], case=folder / "case.yaml"))
    assert refused(envoy, compiler, tmp_path, None) == []
