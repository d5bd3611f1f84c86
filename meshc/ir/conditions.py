"""Conditions of authorization rules: what a request or connection, and whoever sent it, must look like."""

from __future__ import annotations

import enum

from meshc.ir.address import PrefixRange
from meshc.ir.node import value


class TextKind(enum.Enum):
    """How a text is compared; a regex must match the whole text."""

    EXACT = "exact"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    REGEX = "regex"


@value
class TextMatch:
    """A comparison with a text."""

    kind: TextKind
    text: str
    ignore_case: bool = False


@value
class ListItem:
    """The value is a list, and one of its items is as `match` says."""

    match: MetadataMatch


@value
class Either:
    """The value is as one of the `matches` says."""

    matches: tuple[MetadataMatch, ...]


MetadataMatch = TextMatch | ListItem | Either
"""A condition on a value of dynamic metadata."""


@value
class Condition:
    """Any condition. Subclasses are the kinds."""


@value
class Anything(Condition):
    """Always met."""


@value
class AllOf(Condition):
    """Every one is met."""

    conditions: tuple[Condition, ...]


@value
class AnyOf(Condition):
    """At least one is met."""

    conditions: tuple[Condition, ...]


@value
class Not(Condition):
    """The other is not met."""

    condition: Condition


@value
class HeaderIs(Condition):
    """A request header has a value; `match` None: it is there."""

    name: str
    match: TextMatch | None


@value
class MetadataIs(Condition):
    """What the filter named `filter` has found out, at a path, has a value."""

    filter: str
    path: tuple[str, ...]
    match: MetadataMatch


@value
class PathIs(Condition):
    """The path of the request, without its query."""

    match: TextMatch


@value
class PathFits(Condition):
    """The path of the request fits a URI template, as `/shops/*/items/**`."""

    template: str


@value
class ServerNameIs(Condition):
    """The SNI that the client asked for."""

    match: TextMatch


@value
class DestinationAddressIn(Condition):
    """The address that the client connected to."""

    range: PrefixRange


@value
class DestinationPortIs(Condition):
    """The port that the client connected to."""

    port: int


@value
class IdentityIs(Condition):
    """The SPIFFE identity in the client's certificate."""

    match: TextMatch


@value
class PeerAddressIn(Condition):
    """The address that the connection comes from."""

    range: PrefixRange


@value
class ClientAddressIn(Condition):
    """The address of the original client, as X-Forwarded-For or the PROXY protocol has it."""

    range: PrefixRange
