"""Header operations of a VirtualService in; changes of headers and the authority wanted out (spec: routes 12.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from meshc.ir.route_action import NO_CHANGES, HeaderAddition, HeaderChanges
from meshc.model.api import HeaderOperations, Headers

_AUTHORITY = frozenset({":authority", "host"})


def header_changes(headers: Headers | None) -> HeaderChanges:
    """What is set, added and removed. Pseudo headers and `host` cannot be changed this way and are left out."""
    if headers is None:
        return NO_CHANGES
    return HeaderChanges(
        request_add=_additions(headers.request),
        request_remove=_removals(headers.request),
        response_add=_additions(headers.response),
        response_remove=_removals(headers.response),
    )


def authority_of(headers: Headers | None) -> str:
    """The host that requests get by setting, else by adding, `:authority` or `host`; empty if by neither."""
    if headers is None or headers.request is None:
        return ""
    return _authority(headers.request.set) or _authority(headers.request.add)


def ignored_headers(headers: Headers) -> Iterator[tuple[str, str]]:
    """Operations without effect, as field and name of the header; setting the authority of a request has one."""
    for side, operations in (("request", headers.request), ("response", headers.response)):
        if operations is None:
            continue
        for verb, names in (("set", operations.set), ("add", operations.add), ("remove", operations.remove)):
            for name in names:
                rewrites = side == "request" and verb != "remove" and name.lower() in _AUTHORITY
                if not rewrites and not is_changeable(name):
                    yield f"{side}.{verb}", name


def is_changeable(name: str) -> bool:
    """Header operations have an effect on a header of this name."""
    return not name.startswith(":") and name.lower() != "host"


def _additions(operations: HeaderOperations | None) -> tuple[HeaderAddition, ...]:
    """First what is set, then what is added, each sorted by name."""
    if operations is None:
        return ()
    return (*_sorted(operations.set, overwrite=True), *_sorted(operations.add, overwrite=False))


def _sorted(headers: Mapping[str, str], *, overwrite: bool) -> Iterator[HeaderAddition]:
    for name in sorted(headers):
        if is_changeable(name):
            yield HeaderAddition(name=name, value=headers[name], overwrite=overwrite)


def _removals(operations: HeaderOperations | None) -> tuple[str, ...]:
    return tuple(filter(is_changeable, operations.remove)) if operations is not None else ()


def _authority(headers: Mapping[str, str]) -> str:
    return next((headers[name] for name in sorted(headers) if name.lower() in _AUTHORITY), "")
