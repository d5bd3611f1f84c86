"""Metadata: the `metadata` of a document in, the `Meta` of its object out, with what a cluster would have filled in."""

from __future__ import annotations

import json
import re
import zlib

from meshc.resources.decode import decode_part
from meshc.resources.decoding import Decoding
from meshc.resources.message import Meta
from meshc.source import Map

DEFAULT_NAMESPACE = "default"

_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NAMESPACE = re.compile(_LABEL)
_NAME_MAX = 253
_NAMESPACE_MAX = 63

_SUFFIX_LENGTH = 5
_SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""The letters that the API server makes up names of."""


def decode_metadata(root: Map, namespaced: bool, decoding: Decoding) -> Meta:
    """The metadata of a document, read as Kubernetes reads them; worthless if the decoding failed."""
    metadata = root.get("metadata")
    if type(metadata) is not Map:
        decoding.fail("MC0207", root.marks.get("metadata", root.at), "metadata.name is missing")
        return Meta()
    decoding.path.append("metadata")
    meta = decode_part(
        Meta,
        metadata,
        decoding,
        api_version=root["apiVersion"],
        kind=root["kind"],
        name=_name(metadata, root, decoding),
        namespace=_namespace(metadata, root["kind"], namespaced, decoding),
        file=decoding.file,
    )
    decoding.path.pop()
    return meta


def _name(metadata: Map, root: Map, decoding: Decoding) -> str:
    name = _text(metadata, "name")
    prefix = _text(metadata, "generateName")
    if not name and prefix:
        name = prefix + _suffix(root)
        decoding.tell("MC0302", metadata.marks["generateName"], f"name {name} is assumed", "", "generateName")
    if not name and _absent(metadata, "name"):
        decoding.fail("MC0207", metadata.at, "metadata.name is missing")
    elif name and (len(name) > _NAME_MAX or not _NAME.fullmatch(name)):
        allowed = f"lower-case letters, digits, - and . (at most {_NAME_MAX}) are allowed"
        decoding.fail("MC0207", metadata.marks.get("name", metadata.at), f"{name!r} is not a name: {allowed}")
    return name


def _namespace(metadata: Map, kind: str, namespaced: bool, decoding: Decoding) -> str:
    namespace = _text(metadata, "namespace")
    at = metadata.marks.get("namespace", metadata.at)
    if not namespaced:
        if namespace:
            decoding.tell("MC0303", at, f"a {kind} has no namespace; {namespace} is ignored", "", "namespace")
        return ""
    if _absent(metadata, "namespace"):
        decoding.tell("MC0301", at, f"namespace {DEFAULT_NAMESPACE} is assumed", "", "namespace")
        return DEFAULT_NAMESPACE
    if namespace and (len(namespace) > _NAMESPACE_MAX or not _NAMESPACE.fullmatch(namespace)):
        allowed = f"lower-case letters, digits and - (at most {_NAMESPACE_MAX}) are allowed"
        decoding.fail("MC0207", at, f"{namespace!r} is not a namespace: {allowed}")
    return namespace


def _absent(metadata: Map, key: str) -> bool:
    value = metadata.get(key)
    return value is None or value == ""


def _text(metadata: Map, key: str) -> str:
    """A text of the metadata; what is no text is reported when the metadata are decoded."""
    value = metadata.get(key)
    return value if type(value) is str else ""


def _suffix(root: Map) -> str:
    """The letters that the API server appends to `generateName`, drawn from the content instead of by chance."""
    number = zlib.crc32(json.dumps(root, sort_keys=True).encode())
    letters = ""
    while len(letters) < _SUFFIX_LENGTH:
        number, digit = divmod(number, len(_SUFFIX_ALPHABET))
        letters += _SUFFIX_ALPHABET[digit]
    return letters
