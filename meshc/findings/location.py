"""Where something stands: a place in a file, and the object and field that hold it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from meshc.frozen import frozen


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in an input file; `line` and `column` count from 1, 0 means the file as a whole.

    >>> print(Location("web.yaml", 7, 5), Location("web.yaml"))
    web.yaml:7:5 web.yaml
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"


@frozen
class Origin:
    """The object (and the field of it) that something was made from or is said about.

    `field` is a path in the manifest (`spec.http[2].timeout`), empty for the object as a whole. An origin with an empty
    `kind` stands for meshc's own constants (BlackHoleCluster, virtualOutbound and the like).

    >>> print(Origin("Service", "default", "web").at("spec.ports[0]"))
    Service default/web spec.ports[0]
    """

    kind: str = ""
    namespace: str = ""
    name: str = ""
    field: str = ""
    location: Location | None = None

    def at(self, field: str, location: Location | None = None) -> Origin:
        """The same object, at a field of it."""
        return replace(self, field=field, location=location or self.location)

    def __str__(self) -> str:
        owner = f"{self.namespace}/{self.name or '(unnamed)'}" if self.namespace else self.name
        text = f"{self.kind} {owner}".strip() or "built in"
        return f"{text} {self.field}" if self.field else text
