"""What the packaged definitions of Envoy's API lack, as descriptors: newer fields, Istio's messages, contrib filters.

`NEWER_FIELDS` are fields that istiod 1.30 emits and xds-protos does not have yet; an entry goes when xds-protos has the
field (a test notices). `ADDED_FILES` are whole files that no package ships: Istio's filters and Envoy's contrib build.
"""

from __future__ import annotations

from collections.abc import Callable

from google.protobuf import descriptor_pb2 as pb

from meshc.frozen import frozen

_DURATION = ".google.protobuf.Duration"


@frozen
class NewerField:
    """A singular scalar field to add: `message` by full name, `type` a scalar type of proto3 in capitals."""

    file: str
    message: str
    name: str
    number: int
    type: str


NEWER_FIELDS = (
    NewerField(
        "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto",
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing",
        "no_context_propagation",
        13,
        "BOOL",
    ),
)


def amend(file: pb.FileDescriptorProto) -> None:
    """Add to a file's messages the newer fields that it does not have."""
    for newer in NEWER_FIELDS:
        if newer.file == file.name:
            message = _nested(file, newer.message)
            if all(field.number != newer.number for field in message.field):
                message.field.append(_field(newer.name, newer.number, newer.type))


def _nested(file: pb.FileDescriptorProto, full_name: str) -> pb.DescriptorProto:
    """The message of a file by its full name."""
    first, *rest = full_name.removeprefix(file.package + ".").split(".")
    message = next(m for m in file.message_type if m.name == first)
    for name in rest:
        message = next(m for m in message.nested_type if m.name == name)
    return message


def _field(name: str, number: int, kind: str, of: str = "", repeated: bool = False) -> pb.FieldDescriptorProto:
    """A field; `kind` is a scalar type, or MESSAGE or ENUM with the type's full name in `of`."""
    label = pb.FieldDescriptorProto.LABEL_REPEATED if repeated else pb.FieldDescriptorProto.LABEL_OPTIONAL
    made = pb.FieldDescriptorProto(name=name, number=number, label=label)
    made.type = pb.FieldDescriptorProto.Type.Value(f"TYPE_{kind}")
    if of:
        made.type_name = of
    return made


def _enum(name: str, *values: str) -> pb.EnumDescriptorProto:
    """An enum whose values count from 0."""
    numbered = [pb.EnumValueDescriptorProto(name=v, number=n) for n, v in enumerate(values)]
    return pb.EnumDescriptorProto(name=name, value=numbered)


def _string_map(name: str) -> pb.DescriptorProto:
    """The entry message of a `map<string, string>` field."""
    entry = pb.DescriptorProto(name=name, field=[_field("key", 1, "STRING"), _field("value", 2, "STRING")])
    entry.options.map_entry = True
    return entry


def _alpn_filter(name: str) -> pb.FileDescriptorProto:
    package = "istio.envoy.config.filter.http.alpn.v2alpha1"
    config = f".{package}.FilterConfig"
    override = pb.DescriptorProto(
        name="AlpnOverride",
        field=[
            _field("upstream_protocol", 1, "ENUM", f"{config}.Protocol"),
            _field("alpn_override", 2, "STRING", repeated=True),
        ],
    )
    message = pb.DescriptorProto(
        name="FilterConfig",
        field=[_field("alpn_override", 1, "MESSAGE", f"{config}.AlpnOverride", repeated=True)],
        nested_type=[override],
        enum_type=[_enum("Protocol", "HTTP10", "HTTP11", "HTTP2")],
    )
    return pb.FileDescriptorProto(name=name, package=package, syntax="proto3", message_type=[message])


def _stats_filter(name: str) -> pb.FileDescriptorProto:
    metric = pb.DescriptorProto(
        name="MetricConfig",
        field=[
            _field("dimensions", 1, "MESSAGE", ".stats.MetricConfig.DimensionsEntry", repeated=True),
            _field("name", 2, "STRING"),
            _field("tags_to_remove", 3, "STRING", repeated=True),
            _field("match", 4, "STRING"),
            _field("drop", 5, "BOOL"),
        ],
        nested_type=[_string_map("DimensionsEntry")],
    )
    definition = pb.DescriptorProto(
        name="MetricDefinition",
        field=[
            _field("name", 1, "STRING"),
            _field("value", 2, "STRING"),
            _field("type", 3, "ENUM", ".stats.MetricType"),
        ],
    )
    config = pb.DescriptorProto(
        name="PluginConfig",
        field=[
            _field("disable_host_header_fallback", 6, "BOOL"),
            _field("tcp_reporting_duration", 7, "MESSAGE", _DURATION),
            _field("metrics", 8, "MESSAGE", ".stats.MetricConfig", repeated=True),
            _field("definitions", 9, "MESSAGE", ".stats.MetricDefinition", repeated=True),
            _field("reporter", 10, "ENUM", ".stats.Reporter"),
            _field("rotation_interval", 11, "MESSAGE", _DURATION),
            _field("graceful_deletion_interval", 12, "MESSAGE", _DURATION),
        ],
    )
    return pb.FileDescriptorProto(
        name=name,
        package="stats",
        syntax="proto3",
        dependency=["google/protobuf/duration.proto"],
        message_type=[metric, definition, config],
        enum_type=[
            _enum("MetricType", "COUNTER", "GAUGE", "HISTOGRAM"),
            _enum("Reporter", "UNSPECIFIED", "SERVER_GATEWAY"),
        ],
    )


def _mysql_proxy(name: str) -> pb.FileDescriptorProto:
    message = pb.DescriptorProto(
        name="MySQLProxy", field=[_field("stat_prefix", 1, "STRING"), _field("access_log", 2, "STRING")]
    )
    package = "envoy.extensions.filters.network.mysql_proxy.v3"
    return pb.FileDescriptorProto(name=name, package=package, syntax="proto3", message_type=[message])


def _private_key_provider(vendor: str, message: str, key: int, delay: int) -> Callable[[str], pb.FileDescriptorProto]:
    """The file of a provider of private keys; `key` and `delay` are the numbers of its two fields."""

    def make(name: str) -> pb.FileDescriptorProto:
        fields = (
            _field("private_key", key, "MESSAGE", ".envoy.config.core.v3.DataSource"),
            _field("poll_delay", delay, "MESSAGE", _DURATION),
        )
        return pb.FileDescriptorProto(
            name=name,
            package=f"envoy.extensions.private_key_providers.{vendor}.v3alpha",
            syntax="proto3",
            dependency=["envoy/config/core/v3/base.proto", "google/protobuf/duration.proto"],
            message_type=[pb.DescriptorProto(name=message, field=fields)],
        )

    return make


_KEY_PROVIDERS = "envoy/extensions/private_key_providers"

ADDED_FILES: dict[str, Callable[[str], pb.FileDescriptorProto]] = {
    "istio/envoy/config/filter/http/alpn/v2alpha1/config.proto": _alpn_filter,
    "stats/config.proto": _stats_filter,
    "envoy/extensions/filters/network/mysql_proxy/v3/mysql_proxy.proto": _mysql_proxy,
    f"{_KEY_PROVIDERS}/cryptomb/v3alpha/cryptomb.proto": _private_key_provider(
        "cryptomb", "CryptoMbPrivateKeyMethodConfig", key=1, delay=2
    ),
    f"{_KEY_PROVIDERS}/qat/v3alpha/qat.proto": _private_key_provider(
        "qat", "QatPrivateKeyMethodConfig", key=2, delay=1
    ),
}
"""Name of a file -> the function that makes it. As everywhere in Envoy's API, the folder is the package."""
