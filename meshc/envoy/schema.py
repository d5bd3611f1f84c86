"""The schema of Envoy's API: a message's full name in, its protobuf class out.

A private descriptor pool, fed file by file on demand, so that a run pays for the messages it makes and no more. The
files are those of xds-protos; its modules are not imported (each would register with the global pool and build all
its classes, and their top-level package `envoy` may be another distribution's), only their descriptors are read.
"""

from __future__ import annotations

from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import google.protobuf
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from meshc.envoy.additions import ADDED_FILES, amend


class UnknownTypeError(LookupError):
    """No definition of a message with this name; `name` is its full name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no definition of message {name}")
        self.name = name


class _DescriptorDatabase:
    """What the pool asks for files it does not have; the method names are protobuf's, KeyError means no."""

    def FindFileByName(self, name: str) -> FileDescriptorProto:  # noqa: N802
        """The file by its name, as `envoy/config/cluster/v3/cluster.proto`."""
        return _file(name)

    def FindFileContainingSymbol(self, symbol: str) -> FileDescriptorProto:  # noqa: N802
        """The file that declares a message, enum or extension, by its full name."""
        folder, _, name = symbol.replace(".", "/").rpartition("/")
        while folder:
            if (file := _symbols(folder).get(name)) is not None:
                return _file(file)
            folder, _, name = folder.rpartition("/")
        raise KeyError(symbol)


@cache
def _file(name: str) -> FileDescriptorProto:
    """A file of the schema by name, amended; KeyError if there is none."""
    if name in ADDED_FILES:
        return ADDED_FILES[name](name)
    for root in _roots():
        if (path := root / (name.removesuffix(".proto") + "_pb2.py")).is_file():
            file = FileDescriptorProto.FromString(_serialized_file(path))
            amend(file)
            return file
    raise KeyError(name)


@cache
def _symbols(folder: str) -> dict[str, str]:
    """Top-level symbols of the package that lives in a folder -> the name of the file that declares each."""
    names = {name for name in ADDED_FILES if name.rpartition("/")[0] == folder}
    for root in _roots():
        names.update(f"{folder}/{p.name.removesuffix('_pb2.py')}.proto" for p in (root / folder).glob("*_pb2.py"))
    found: dict[str, str] = {}
    for name in sorted(names):
        file = _file(name)
        if file.package.replace(".", "/") == folder:
            found.update((message.name, name) for message in file.message_type)
            found.update((enum.name, name) for enum in file.enum_type)
            found.update((extension.name, name) for extension in file.extension)
    return found


def _serialized_file(path: Path) -> bytes:
    """The serialized descriptor in a generated module: its longest bytes constant. The module is not executed."""
    code = SourceFileLoader(path.stem, str(path)).get_code(path.stem)
    constants = code.co_consts if code else ()
    return max((constant for constant in constants if isinstance(constant, bytes)), key=len)


@cache
def _roots() -> tuple[Path, ...]:
    """The folders that hold generated modules: xds-protos' (found by a package only it has) and protobuf's own."""
    spec = find_spec("udpa")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("xds-protos is not installed", name="udpa")
    packages = (Path(next(iter(spec.submodule_search_locations))), Path(google.protobuf.__path__[0]).parent)
    return tuple(dict.fromkeys(path.parent for path in packages))


POOL = descriptor_pool.DescriptorPool(_DescriptorDatabase())
"""The private pool: every descriptor and class of this package is of it. Never mix with protobuf's global classes."""


@cache
def descriptor(name: str) -> Descriptor:
    """The descriptor of a message by its full name (`envoy.config.cluster.v3.Cluster`). Raises `UnknownTypeError`."""
    try:
        found: Descriptor = POOL.FindMessageTypeByName(name)
    except KeyError as error:
        raise UnknownTypeError(name) from error
    return found


@cache
def message_class(name: str) -> type[Any]:
    """The class of a message by its full name. Raises `UnknownTypeError`.

    Typed as `Any`: fields of generated classes are not known to the type checker. Constructors take fields by keyword,
    nested messages also as dicts, enums by name.
    """
    return message_factory.GetMessageClass(descriptor(name))
