"""Values of AuthorizationPolicies in, what istiod holds against them out (spec: tooling 20)."""

from __future__ import annotations

import re

from meshc.resources.check.numbers import MAX_PORT
from meshc.resources.check.place import Fault

MAX_ACCOUNT = 320

_ATTRIBUTES = frozenset(
    (
        "source.ip",
        "remote.ip",
        "source.namespace",
        "source.serviceAccount",
        "source.principal",
        "source.trustDomain",
        "request.auth.principal",
        "request.auth.audiences",
        "request.auth.presenter",
        "destination.ip",
        "destination.port",
        "connection.sni",
    )
)
_KEYED = ("request.headers", "request.auth.claims", "experimental.envoy.filters.")
_BRACKETS = re.compile(r"[^\[\]]*(?:\[[^\[\]]+\])+")
_TEMPLATES = ("{*}", "{**}")
_LITERAL = re.compile(r"[A-Za-z0-9\-._~%!$&'()+,;:@=]+")


def port_fault(text: str) -> Fault:
    """A port number as text; 0 is allowed."""
    return "" if text.isdecimal() and int(text) <= MAX_PORT else f"{text!r} is no port number"


def account_fault(text: str) -> Fault:
    """A service account as `name` or `namespace/name`."""
    if len(text) > MAX_ACCOUNT:
        return f"a service account of {len(text)} characters; {MAX_ACCOUNT} are allowed"
    if "*" in text:
        return f"{text!r} has a wildcard, which service accounts do not know"
    namespace, slash, name = text.rpartition("/")
    sound = bool(name) and (not slash or (bool(namespace) and "/" not in namespace))
    return "" if sound else f"{text!r} is no service account: name or namespace/name"


def trust_domain_fault(text: str) -> Fault:
    """A trust domain, with at most one `*` at an end."""
    if "/" in text:
        return f"{text!r} is no trust domain: it has a slash"
    count = text.count("*")
    if count > 1 or (count and not (text.startswith("*") or text.endswith("*"))):
        return f"{text!r} has a wildcard that is not one of its ends"
    return ""


def path_fault(path: str) -> Fault:
    """A path, which may have templates: `{*}` for a segment and, after all others, `{**}` for the rest."""
    segments = path.strip("/").split("/")
    templates = [segment for segment in segments if segment in _TEMPLATES]
    if "{**}" in templates[:-1]:
        return f"{path!r} has a template behind {{**}}"
    for segment in segments:
        if segment in _TEMPLATES:
            continue
        if "{" in segment or "}" in segment or (templates and not _LITERAL.fullmatch(segment)):
            return f"{path!r} has the segment {segment!r}, which is neither a template nor a literal"
    return ""


def condition_key_fault(key: str) -> Fault:
    """The attribute of a condition."""
    if key in _ATTRIBUTES:
        return ""
    prefix = next((prefix for prefix in _KEYED if key.startswith(prefix)), None)
    if prefix is None:
        return f"{key!r} is no attribute of a condition"
    return "" if _BRACKETS.fullmatch(key) else f"{key!r} names no entry: {prefix}[name]"
