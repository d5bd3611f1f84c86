"""Formats and dialects: the configurations of some proxies in, files or text out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from meshc.envoy.bootstrap import bootstrap
from meshc.envoy.config import RESOURCE_TYPES, ProxyConfig, ResourceType
from meshc.envoy.dialect import StockDialect
from meshc.envoy.encode import to_text
from meshc.envoy.interception import Interception
from meshc.envoy.secrets import Certificates
from meshc.envoy.standalone import Standalone, standalone
from meshc.findings import Sink
from meshc.frozen import frozen
from meshc.output import filesystem, resources
from meshc.output.certificates import certificates_of
from meshc.output.dump import config_dump
from meshc.output.folder import Folder
from meshc.output.static import static_bootstrap
from meshc.output.text import Syntax, document

Write = Callable[[bytes], object]


class Format(Enum):
    """What to write."""

    BOOTSTRAP = "bootstrap"
    RESOURCES = "resources"
    FILESYSTEM = "filesystem"
    DUMP = "dump"


class Dialect(Enum):
    """Whom it is for: a stock Envoy, or istio-proxy as istiod would serve it."""

    ENVOY = "envoy"
    ISTIO = "istio"


class DeliveryError(ValueError):
    """Options that do not go together; the text says which, and what would."""


@frozen
class Delivery:
    """What is wanted. Without an `out` everything goes to one stream.

    `out` is a file where one proxy gives one document (bootstrap, dump), else a folder. `types` limits resources and
    dumps. `certificates` is the folder that `meshc certs` wrote; it and `interception` matter to a stock Envoy alone.
    """

    format: Format
    dialect: Dialect
    syntax: Syntax = Syntax.JSON
    out: Path | None = None
    types: tuple[ResourceType, ...] = RESOURCE_TYPES
    certificates: Path | None = None
    interception: Interception = Interception.NONE

    @staticmethod
    def defaults(format: Format | None, dialect: Dialect | None, proxies: int) -> tuple[Format, Dialect]:
        """What is meant where nothing is said: a bootstrap for one proxy, and bootstraps are for a stock Envoy."""
        wanted = format or (Format.BOOTSTRAP if proxies == 1 else Format.RESOURCES)
        stock = wanted in (Format.BOOTSTRAP, Format.FILESYSTEM)
        return wanted, dialect or (Dialect.ENVOY if stock else Dialect.ISTIO)

    @property
    def is_document(self) -> bool:
        """Each proxy gives one document."""
        return self.format in (Format.BOOTSTRAP, Format.DUMP)


def deliver(configs: Iterable[ProxyConfig], count: int, delivery: Delivery, sink: Sink, write: Write) -> None:
    """Deliver the configurations of `count` proxies; what does not go to files is given to `write`.

    Raises `DeliveryError`, and `UnsafeNameError` before anything is written outside the folder.
    """
    _check(count, delivery)
    courier = _Courier(delivery, sink, StockDialect(sink), write)
    if delivery.format is Format.RESOURCES:
        courier.resources(configs, count)
    elif delivery.format is Format.FILESYSTEM:
        courier.filesystem(configs)
    else:
        courier.documents(configs, count)


def _check(count: int, delivery: Delivery) -> None:
    if delivery.out is None and delivery.format is Format.FILESYSTEM:
        raise DeliveryError("--format filesystem needs a folder: --out FOLDER")
    if delivery.out is None and delivery.is_document and count > 1:
        raise DeliveryError(
            f"--format {delivery.format.value} of {count} proxies needs a folder: --out FOLDER; or name one with -p"
        )
    if delivery.types != RESOURCE_TYPES and delivery.format in (Format.BOOTSTRAP, Format.FILESYSTEM):
        raise DeliveryError("--type goes with --format resources and --format dump")
    if delivery.certificates is not None and delivery.dialect is Dialect.ISTIO:
        raise DeliveryError("--certs goes with --dialect envoy; istio-proxy has its certificates from its agent")


@frozen
class _Courier:
    delivery: Delivery
    sink: Sink
    stock: StockDialect
    write: Write

    def resources(self, configs: Iterable[ProxyConfig], count: int) -> None:
        """One list per type; on a stream a list where there is only one, else an object by proxy and type."""
        wanted = self.delivery
        rewritten = (self._in_dialect(config) for config in configs)
        if wanted.out is not None:
            root = Folder(wanted.out)
            for config in self._once(rewritten):
                resources.write(config, root.below(config.proxy), wanted.types, wanted.syntax)
        elif count == 1 and len(wanted.types) == 1:
            for config in rewritten:
                self._print(resources.json_list(config.of(wanted.types[0])))
        else:
            texts = (f'"{c.proxy}":'.encode() + resources.whole(c, wanted.types) for c in self._once(rewritten))
            self._print(b"{" + b",\n".join(texts) + b"}\n")

    def _print(self, text: bytes) -> None:
        """JSON is printed as it is, one resource a line."""
        self.write(text if self.delivery.syntax is Syntax.JSON else document(text, self.delivery.syntax))

    def filesystem(self, configs: Iterable[ProxyConfig]) -> None:
        """A bootstrap and the files that it names, in a folder per proxy."""
        wanted = self.delivery
        root = Folder(wanted.out or Path())
        for config in self._once(configs):
            folder = root.below(config.proxy)
            if wanted.dialect is Dialect.ENVOY:
                alone = self._standalone(config)
                filesystem.write(alone.bootstrap, alone.config, folder, wanted.syntax, agent=False)
            else:
                filesystem.write(self._agents(config), config, folder, wanted.syntax, agent=True)

    def documents(self, configs: Iterable[ProxyConfig], count: int) -> None:
        """One document per proxy: to the stream, to a file, or to a folder per proxy."""
        wanted = self.delivery
        for config in self._once(configs):
            text = self._document(config)
            if wanted.out is None:
                self.write(text)
            elif count == 1 and not wanted.out.is_dir():
                Folder(wanted.out.parent).write(wanted.out.name, text)
            else:
                name = "bootstrap" if wanted.format is Format.BOOTSTRAP else "config_dump"
                Folder(wanted.out).below(config.proxy).write(f"{name}.{wanted.syntax.value}", text)

    def _document(self, config: ProxyConfig) -> bytes:
        wanted = self.delivery
        if wanted.format is Format.DUMP:
            dump = config_dump(_only(self._in_dialect(config), wanted.types), self._agents(config))
            return dump if wanted.syntax is Syntax.JSON else document(dump, wanted.syntax)
        if wanted.dialect is Dialect.ISTIO:
            return document(to_text(self._agents(config)), wanted.syntax)
        return document(to_text(static_bootstrap(self._standalone(config), self.sink)), wanted.syntax)

    def _in_dialect(self, config: ProxyConfig) -> ProxyConfig:
        return self.stock.rewrite(config) if self.delivery.dialect is Dialect.ENVOY else config

    def _agents(self, config: ProxyConfig) -> Any:
        """The bootstrap that the agent would write."""
        if config.bootstrap is None:
            raise DeliveryError(f"{config.proxy} was read from a dump without its bootstrap")
        message = bootstrap(config.bootstrap)
        if self.delivery.dialect is Dialect.ENVOY:
            self.stock.bootstrap(message, config.bootstrap.origin)
        return message

    def _standalone(self, config: ProxyConfig) -> Standalone:
        wanted = self.delivery
        if config.bootstrap is None:
            raise DeliveryError(f"{config.proxy} was read from a dump without its bootstrap")
        files: Certificates | None = None
        if wanted.certificates is not None:
            files = certificates_of(wanted.certificates, config.bootstrap.metadata)
        return standalone(config, config.bootstrap, self.stock, files, wanted.interception, self.sink)

    def _once(self, configs: Iterable[ProxyConfig]) -> Iterator[ProxyConfig]:
        """The configurations; two under one name would overwrite each other."""
        seen: set[str] = set()
        for config in configs:
            if config.proxy in seen:
                raise DeliveryError(f"{config.proxy} stands for two proxies; name them in a run of their own")
            seen.add(config.proxy)
            yield config


def _only(config: ProxyConfig, types: tuple[ResourceType, ...]) -> ProxyConfig:
    return config.map(lambda kind, resource: resource if kind in types else None)
