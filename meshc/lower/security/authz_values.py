"""Values of authorization policies as text in, comparisons and ranges out (spec: inbound 21.1, 21.2).

Whatever cannot be read raises `PolicyValueError`.
"""

from __future__ import annotations

import ipaddress
import re

from meshc.ir.address import PrefixRange
from meshc.ir.conditions import TextKind, TextMatch

_SPIFFE = "spiffe://"
_PORTS = range(65536)
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_LENGTH = re.compile(r"0|[1-9][0-9]{0,2}", re.ASCII)
_META = re.compile(r"[\\.+*?()|\[\]{}^$]")


class PolicyValueError(ValueError):
    """A value that means nothing where it stands; the text says which and why."""


def regex(pattern: str) -> TextMatch:
    """The whole text matches a regular expression."""
    return TextMatch(kind=TextKind.REGEX, text=pattern)


ANY_TEXT = regex(".+")
"""Any text but the empty one."""


def exact(text: str, *, ignore_case: bool = False) -> TextMatch:
    """The same text."""
    return TextMatch(kind=TextKind.EXACT, text=text, ignore_case=ignore_case)


def text_match(value: str, prefix: str = "") -> TextMatch:
    """A value with at most one `*`, at an end; `prefix` comes before what it stands for.

    >>> text_match("*.shop", prefix="spiffe://").text
    'spiffe://.*\\\\.shop'
    """
    if value == "*":
        return ANY_TEXT
    if value.startswith("*"):
        rest = value[1:]
        return regex(f"{prefix}.*{quote(rest)}") if prefix else TextMatch(kind=TextKind.SUFFIX, text=rest)
    if value.endswith("*"):
        return TextMatch(kind=TextKind.PREFIX, text=prefix + value[:-1])
    return exact(prefix + value)


def wildcard_match(value: str, *, ignore_case: bool = False) -> TextMatch:
    """The same for headers, where a `*` alone, which asks for mere presence, has no comparison."""
    if value.startswith("*"):
        return TextMatch(kind=TextKind.SUFFIX, text=value[1:], ignore_case=ignore_case)
    if value.endswith("*"):
        return TextMatch(kind=TextKind.PREFIX, text=value[:-1], ignore_case=ignore_case)
    return exact(value, ignore_case=ignore_case)


def identity(principal: str) -> TextMatch:
    """The SPIFFE identities that a principal (`<trust domain>/ns/<namespace>/sa/<account>`) stands for."""
    return text_match(principal, prefix=_SPIFFE)


def identity_in_namespace(namespace: str) -> TextMatch:
    """The identities of a namespace; a `*` stands for any text."""
    return regex(f".*/ns/{'.*'.join(map(quote, namespace.split('*')))}/.*")


def identity_of_account(account: str) -> TextMatch:
    """The identities of a service account, `<namespace>/<name>`."""
    namespace, _, name = account.partition("/")
    return regex(f"{_SPIFFE}.+/ns/{quote(namespace)}/(.+/|)sa/{quote(name)}(/.+)?")


def identity_of_domain(domain: str) -> TextMatch:
    """The identities of a trust domain; a `*` stands for any text without a slash."""
    if domain == "*":
        return TextMatch(kind=TextKind.PREFIX, text=_SPIFFE)
    before, star, after = domain.partition("*")
    if not star:
        return TextMatch(kind=TextKind.PREFIX, text=f"{_SPIFFE}{domain}/")
    return regex(f"{_SPIFFE}{quote(before)}[^/]*{quote(after)}/.*")


def address_range(value: str) -> PrefixRange:
    """An address, or a CIDR whose host bits stay as they are."""
    address, slash, length = value.partition("/")
    try:
        found = ipaddress.ip_address(address)
    except ValueError as error:
        raise PolicyValueError(f"`{value}` is no IP address or CIDR") from error
    if not slash:
        return PrefixRange(address=_text(found), length=found.max_prefixlen)
    if not _LENGTH.fullmatch(length) or int(length) > found.max_prefixlen or "%" in address:
        raise PolicyValueError(f"`{value}` is no CIDR")
    return PrefixRange(address=_text(found), length=int(length))


def _text(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """An address as Go writes it: an IPv4 address in IPv6 keeps its dots."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return f"::ffff:{mapped}" if mapped is not None else str(address)


def port_number(value: str) -> int:
    """A port."""
    if not _DIGITS.fullmatch(value) or int(value) not in _PORTS:
        raise PolicyValueError(f"`{value}` is no port")
    return int(value)


def bracketed(text: str) -> str:
    """The name in `[name]`."""
    if not (text.startswith("[") and text.endswith("]")):
        raise PolicyValueError(f"`{text}` is not of the form [name]")
    return text.removesuffix("]").removeprefix("[")


_GROUPS = re.compile(r"(?:\[[^\[\]]*\])*")


def bracketed_path(text: str) -> tuple[str, ...]:
    """The names in `[a][b]`; brackets within brackets belong to the one name that is left then."""
    if _GROUPS.fullmatch(text):
        return tuple(re.findall(r"\[([^\[\]]*)\]", text))
    return (bracketed(text),)


def quote(text: str) -> str:
    """A regular expression (RE2) for the text itself."""
    return _META.sub(r"\\\g<0>", text)
