"""Matches of delegation: those of a root's route and of a delegate's route in, the ones that hold for both out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from meshc.resources.networking.common import StringMatch
from meshc.resources.networking.virtual_service import HTTPMatchRequest

Matches = tuple[HTTPMatchRequest, ...]


def combine_matches(root: Matches, delegate: Matches) -> Mapping[HTTPMatchRequest, HTTPMatchRequest] | None:
    """Every pair that does not conflict, the delegate's in the outer loop (spec: routes 8.2).

    Each combined match comes with the one that it was made from and whose place it has. An empty list does not restrict
    the other one. None if some match of the delegate fits none of the root.
    """
    if not root or not delegate:
        return {match: match for match in root or delegate}
    combined: dict[HTTPMatchRequest, HTTPMatchRequest] = {}
    for inner in delegate:
        fitting = [_combine(outer, inner) for outer in root if not _conflict(outer, inner)]
        if not fitting:
            return None
        combined |= dict.fromkeys(fitting, inner)
    return combined


def joined_name(root: str, delegate: str) -> str:
    """The name of a route or match that both sides may name."""
    return f"{root}-{delegate}" if root and delegate else root or delegate


def _combine(root: HTTPMatchRequest, delegate: HTTPMatchRequest) -> HTTPMatchRequest:
    """Both matches in one; what both set is the delegate's, which is at least as narrow."""
    return dataclasses.replace(
        delegate,
        name=joined_name(root.name, delegate.name),
        uri=delegate.uri or root.uri,
        scheme=delegate.scheme or root.scheme,
        method=delegate.method or root.method,
        authority=delegate.authority or root.authority,
        headers={**root.headers, **delegate.headers},
        without_headers={**root.without_headers, **delegate.without_headers},
        query_params={**root.query_params, **delegate.query_params},
        source_labels={**root.source_labels, **delegate.source_labels},
        port=delegate.port or root.port,
        source_namespace=delegate.source_namespace or root.source_namespace,
        gateways=delegate.gateways or root.gateways,
        stat_prefix=delegate.stat_prefix or root.stat_prefix,
    )


def _conflict(root: HTTPMatchRequest, delegate: HTTPMatchRequest) -> bool:
    """The delegate's match is not, or cannot be shown to be, within the root's."""
    texts = (
        (root.uri, delegate.uri),
        (root.scheme, delegate.scheme),
        (root.method, delegate.method),
        (root.authority, delegate.authority),
    )
    return (
        any(_texts_conflict(*pair) for pair in texts)
        or _maps_conflict(root.headers, delegate.headers)
        or _maps_conflict(root.without_headers, delegate.without_headers)
        or _maps_conflict(root.query_params, delegate.query_params)
        or root.ignore_uri_case != delegate.ignore_uri_case
        or (root.port != delegate.port and bool(root.port and delegate.port))
        or (bool(root.source_namespace) and root.source_namespace != delegate.source_namespace)
        or any(root.source_labels.get(key, value) != value for key, value in delegate.source_labels.items())
        or _gateways_conflict(root.gateways, delegate.gateways)
    )


def _gateways_conflict(root: tuple[str, ...], delegate: tuple[str, ...]) -> bool:
    if not root or not delegate:
        return False
    return len(root) < len(delegate) or not set(delegate) <= set(root)


def _maps_conflict(root: Mapping[str, StringMatch], delegate: Mapping[str, StringMatch]) -> bool:
    return any(_texts_conflict(root.get(key), match) for key, match in delegate.items())


def _texts_conflict(root: StringMatch | None, delegate: StringMatch | None) -> bool:
    """istiod knows only two ways to be within: the same exact text, or a text that starts with the root's prefix.

    Empty texts count as not given, so two empty matches conflict, as do two equal regular expressions.
    """
    if root is None or delegate is None:
        return False
    text = delegate.exact or delegate.prefix
    if root.regex or delegate.regex or not text:
        return True
    if root.exact:
        return bool(delegate.prefix) or delegate.exact != root.exact
    return not (root.prefix and text.startswith(root.prefix))
