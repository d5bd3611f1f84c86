"""Names: host names, labels and lists of namespaces in, what istiod holds against them out (spec: tooling 19.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from meshc.resources.check.place import Fault, Place

_LABEL = r"[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?"
_DNS_LABEL = re.compile(_LABEL)
_WILDCARD_LABEL = re.compile(rf"\*|(?:\*|\*-)?{_LABEL}")
_LABEL_MAX = 63
_HOST_MAX = 255
_PREFIX_MAX = 253

_LABEL_NAME = re.compile(r"(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_DNS_PREFIX = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_SNI_HOST = re.compile(r"outbound_\.\d+_\.[^.]*_?\..+")

PRIVATE = "."
PUBLIC = "*"
NOBODY = "~"


def is_dns_label(text: str) -> bool:
    """Up to 63 letters of either case, digits and inner hyphens."""
    return len(text) <= _LABEL_MAX and _DNS_LABEL.fullmatch(text) is not None


def dns_label_fault(text: str) -> Fault:
    """A name of one DNS label."""
    return "" if is_dns_label(text) else f"{text!r} is no DNS label: letters, digits and inner - (at most {_LABEL_MAX})"


def fqdn_fault(host: str) -> Fault:
    """A full host name without wildcard; a trailing dot is allowed."""
    return _length_fault(host) or _labels_fault(host, host.split("."))


def wildcard_host_fault(host: str) -> Fault:
    """A host name whose first label may be `*`, `*x` or `*-x`."""
    fault = _length_fault(host)
    if fault:
        return fault
    first, *rest = host.split(".")
    if len(first) > _LABEL_MAX or not _WILDCARD_LABEL.fullmatch(first):
        return f"{host!r} is no host name: label {first!r} is malformed"
    return _labels_fault(host, rest) if rest else ""


def gateway_host_fault(host: str, sni: bool) -> Fault:
    """A host of a VirtualService for gateways: with SNI routes also the names that gateways between networks use."""
    return "" if sni and _SNI_HOST.fullmatch(host) else wildcard_host_fault(host)


def is_partial_wildcard(host: str) -> bool:
    """A wildcard that is neither `*` nor the whole first label."""
    return "*" in host and len(host) > 1 and not host.startswith("*.")


def _length_fault(host: str) -> Fault:
    if not host:
        return "the host name is empty"
    return f"{host!r} is longer than {_HOST_MAX} characters" if len(host) > _HOST_MAX else ""


def _labels_fault(host: str, labels: Sequence[str]) -> Fault:
    last = labels[-1]
    if last.isascii() and last.isdigit():
        return f"{host!r} is no host name: its last label is a number"
    inner = labels if last else labels[:-1]
    bad = next((label for label in inner if not is_dns_label(label)), None)
    return "" if bad is None else f"{host!r} is no host name: label {bad!r} is malformed"


def check_labels(at: Place, field: str, labels: Mapping[str, str]) -> None:
    """Labels as Kubernetes has them: a key with an optional DNS prefix, a value of the same alphabet or none."""
    for entry, key, value in at.entries(field, labels):
        entry.judge("MC0406", _label_key_fault(key))
        if value and (len(value) > _LABEL_MAX or not _LABEL_NAME.fullmatch(value)):
            entry.tell("MC0406", f"{value!r} is no value of a label")


def _label_key_fault(key: str) -> Fault:
    prefix, slash, name = key.rpartition("/")
    if slash and (len(prefix) > _PREFIX_MAX or not _DNS_PREFIX.fullmatch(prefix)):
        return f"{key!r} is no key of a label: its prefix is no DNS name"
    return "" if len(name) <= _LABEL_MAX and _LABEL_NAME.fullmatch(name) else f"{key!r} is no key of a label"


def check_distinct(at: Place, field: str, names: Sequence[str], what: str, code: str = "MC0415") -> None:
    """No name stands twice in a list."""
    seen: set[str] = set()
    for entry, name in at.each(field, names):
        entry.judge(code, f"{what} {name!r} stands twice" if name in seen else "")
        seen.add(name)


def check_export_to(at: Place, namespace: str, export_to: Sequence[str], *, service_entry: bool = False) -> None:
    """`exportTo`: namespaces, `.`, `*` or, for ServiceEntries, `~`; no namespace twice, `*` and `~` alone."""
    listed = at / "exportTo"
    known: set[str] = set()
    for entry, name in at.each("exportTo", export_to):
        own = namespace if name == PRIVATE else name
        if name == NOBODY and not service_entry:
            entry.tell("MC0411", "only a ServiceEntry can be exported to ~, nobody")
        elif name not in (PRIVATE, PUBLIC, NOBODY) and not is_dns_label(name):
            entry.tell("MC0411", f"{name!r} is no namespace")
        elif own in known:
            entry.tell("MC0411", f"namespace {name!r} stands twice" + (f": it is {own}" if own != name else ""))
        known.add(own)
    for alone in (PUBLIC, NOBODY):
        if alone in export_to and len(known) > 1:
            listed.tell("MC0411", f"{alone!r} cannot stand beside other namespaces")
