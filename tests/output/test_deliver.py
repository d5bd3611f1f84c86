"""Formats, dialects and syntaxes: what goes where, and what does not go together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from meshc.compile import Compiler, load_compiler
from meshc.envoy.config import ProxyConfig
from meshc.findings import Sink
from meshc.output.deliver import Delivery, DeliveryError, Dialect, Format, deliver
from meshc.output.dump import read_dump
from meshc.output.folder import UnsafeNameError
from meshc.output.text import Syntax
from meshc.settings import Inputs

BOOKINFO = Path(__file__).parents[2] / "examples" / "bookinfo"


@pytest.fixture(scope="module")
def configs() -> list[ProxyConfig]:
    compiler: Compiler = load_compiler(Inputs([str(BOOKINFO)]))
    return [compiler.compile(proxy) for proxy in compiler.proxies()]


def streamed(configs: list[ProxyConfig], format: Format, dialect: Dialect, **options: Any) -> bytes:
    made: list[bytes] = []
    deliver(configs, len(configs), Delivery(format, dialect, **options), Sink(), made.append)
    return b"".join(made)


def written(configs: list[ProxyConfig], out: Path, format: Format, dialect: Dialect, **options: Any) -> set[str]:
    text = streamed(configs, format, dialect, out=out, **options)
    assert text == b"", "what goes to files does not go to the stream"
    return {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}


def test_defaults() -> None:
    assert Delivery.defaults(None, None, 1) == (Format.BOOTSTRAP, Dialect.ENVOY)
    assert Delivery.defaults(None, None, 2) == (Format.RESOURCES, Dialect.ISTIO)
    assert Delivery.defaults(Format.FILESYSTEM, None, 2) == (Format.FILESYSTEM, Dialect.ENVOY)
    assert Delivery.defaults(Format.DUMP, None, 1) == (Format.DUMP, Dialect.ISTIO)
    assert Delivery.defaults(Format.DUMP, Dialect.ENVOY, 1) == (Format.DUMP, Dialect.ENVOY)


def test_resources_on_a_stream(configs: list[ProxyConfig]) -> None:
    one = configs[:1]
    clusters = json.loads(streamed(one, Format.RESOURCES, Dialect.ISTIO, types=("clusters",)))
    assert [c["name"] for c in clusters] == sorted(c["name"] for c in clusters)
    several = json.loads(streamed(one, Format.RESOURCES, Dialect.ISTIO))
    assert several[one[0].proxy]["clusters"] == clusters
    assert list(several[one[0].proxy]) == ["listeners", "routes", "clusters", "endpoints"]
    everything = json.loads(streamed(configs, Format.RESOURCES, Dialect.ISTIO))
    assert list(everything) == [config.proxy for config in configs]
    as_yaml = yaml.safe_load(streamed(configs, Format.RESOURCES, Dialect.ISTIO, syntax=Syntax.YAML))
    assert as_yaml == everything


def test_resources_in_files(configs: list[ProxyConfig], tmp_path: Path) -> None:
    (tmp_path / configs[0].proxy).mkdir()
    (tmp_path / configs[0].proxy / "secrets.json").write_text("from an earlier run")
    names = written(configs, tmp_path, Format.RESOURCES, Dialect.ISTIO)
    types = ("listeners", "routes", "clusters", "endpoints")
    assert names == {f"{config.proxy}/{kind}.json" for config in configs for kind in types}
    lines = (tmp_path / configs[0].proxy / "routes.json").read_text().splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("[", "]", 3)


def test_a_dump_reads_back_in_every_dialect_and_syntax(configs: list[ProxyConfig]) -> None:
    one = configs[:1]
    read = read_dump(streamed(one, Format.DUMP, Dialect.ISTIO))
    assert [(k, r.wire) for k, r in read] == [(k, r.wire) for k, r in one[0]]
    assert read.proxy == one[0].proxy
    stock = read_dump(streamed(one, Format.DUMP, Dialect.ENVOY, types=("listeners",)))
    assert [r.name for r in stock.listeners] == [r.name for r in read.listeners]
    assert stock.clusters == ()
    assert b"istio.metadata_exchange" not in b"".join(r.json for r in stock.listeners)
    dumped = yaml.safe_load(streamed(one, Format.DUMP, Dialect.ISTIO, syntax=Syntax.YAML))
    assert dumped == json.loads(streamed(one, Format.DUMP, Dialect.ISTIO))


def test_a_document_goes_to_a_file_or_to_a_folder_per_proxy(configs: list[ProxyConfig], tmp_path: Path) -> None:
    one, file = configs[:1], tmp_path / "b.yaml"
    assert written(one, file, Format.BOOTSTRAP, Dialect.ISTIO, syntax=Syntax.YAML) == set()
    assert yaml.safe_load(file.read_text())["node"]["cluster"] == "details.default"
    (tmp_path / "one").mkdir()
    name = one[0].proxy
    assert written(one, tmp_path / "one", Format.DUMP, Dialect.ISTIO) == {f"{name}/config_dump.json"}
    all_of_them = written(configs, tmp_path / "all", Format.BOOTSTRAP, Dialect.ENVOY)
    assert all_of_them == {f"{config.proxy}/bootstrap.json" for config in configs}


def test_the_filesystem_holds_a_file_per_resource_that_is_referred_to(
    configs: list[ProxyConfig], tmp_path: Path
) -> None:
    one = configs[:1]
    for dialect in Dialect:
        out = tmp_path / dialect.value
        (out / one[0].proxy / "eds").mkdir(parents=True)
        (out / one[0].proxy / "eds" / "gone.json").write_text("from an earlier run")
        names = {Path(name).relative_to(one[0].proxy) for name in written(one, out, Format.FILESYSTEM, dialect)}
        assert {Path("bootstrap.json"), Path("lds.json"), Path("cds.json"), Path("rds/9080.json")} <= names
        endpoints = {f"{r.name}.json" for r in one[0].endpoints}
        assert {path.name for path in names if path.parent == Path("eds")} == endpoints
        text = (out / one[0].proxy / "cds.json").read_text() + (out / one[0].proxy / "lds.json").read_text()
        assert '"ads"' not in text
        assert ("sds-grpc" in text) is (dialect is Dialect.ISTIO)
        assert json.loads((out / one[0].proxy / "bootstrap.json").read_text())["dynamicResources"]["ldsConfig"] == {
            "pathConfigSource": {"path": f"{out}/{one[0].proxy}/lds.json"},
            "resourceApiVersion": "V3",
        }


def test_the_same_input_gives_the_same_bytes(configs: list[ProxyConfig]) -> None:
    again = load_compiler(Inputs([str(BOOKINFO)]))
    for config in configs[:2]:
        same = again.compile(next(p for p in again.proxies() if f"{p.name}.{p.namespace}" == config.proxy))
        for format in (Format.BOOTSTRAP, Format.DUMP, Format.RESOURCES):
            for dialect in Dialect:
                assert streamed([config], format, dialect) == streamed([same], format, dialect)


@pytest.mark.parametrize(
    ("format", "dialect", "count", "options", "said"),
    [
        (Format.FILESYSTEM, Dialect.ENVOY, 1, {}, "needs a folder"),
        (Format.BOOTSTRAP, Dialect.ENVOY, 2, {}, "bootstrap of 2 proxies needs a folder"),
        (Format.DUMP, Dialect.ISTIO, 2, {}, "dump of 2 proxies needs a folder"),
        (Format.BOOTSTRAP, Dialect.ENVOY, 1, {"types": ("routes",)}, "--type goes with"),
        (Format.DUMP, Dialect.ISTIO, 1, {"certificates": Path("x")}, "--certs goes with"),
    ],
)
def test_options_that_do_not_go_together(
    configs: list[ProxyConfig], format: Format, dialect: Dialect, count: int, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(DeliveryError, match=said):
        streamed(configs[:count], format, dialect, **options)


def test_two_proxies_of_one_name_do_not_overwrite_each_other(configs: list[ProxyConfig], tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="stands for two proxies"):
        written([configs[0], configs[0]], tmp_path, Format.RESOURCES, Dialect.ISTIO)


@pytest.mark.parametrize("name", ["../x", "/x", ".."])
def test_a_proxy_whose_name_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafeNameError):
        written([ProxyConfig(name)], tmp_path / "out", Format.RESOURCES, Dialect.ISTIO)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
