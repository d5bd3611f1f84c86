"""Trust domains of the mesh: principals and trust domains of policies in, those of all its trust domains out.

`domains` is always the mesh's trust domain followed by its aliases (spec: inbound 23).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meshc.model.api import MeshConfig

_OF_THE_MESH = "cluster.local"
"""The trust domain that policies may always write for the mesh's own."""

_PARTS = 5
"""`<trust domain>/ns/<namespace>/sa/<account>`"""


def trust_domains(config: MeshConfig) -> tuple[str, ...]:
    """The trust domain of the mesh, then its aliases."""
    return (config.trust_domain, *config.trust_domain_aliases)


def accepted_trust_domains(config: MeshConfig) -> tuple[str, ...]:
    """The trust domains that a client's certificate may be of: those of further roots count too (spec: inbound 8)."""
    further = (domain for roots in config.ca_certificates for domain in roots.trust_domains)
    return tuple(dict.fromkeys(domain for domain in (*trust_domains(config), *further) if domain))


def in_all_domains(principals: Iterable[str], domains: tuple[str, ...]) -> tuple[str, ...]:
    """Principals of a trust domain of the mesh in each of them; others, and those of any domain, as they are.

    >>> in_all_domains(["cluster.local/ns/a/sa/b", "*"], ("new", "old"))
    ('new/ns/a/sa/b', 'old/ns/a/sa/b', '*')
    """
    return tuple(made for principal in principals for made in dict.fromkeys(_in_all(principal, domains)))


def _in_all(principal: str, domains: tuple[str, ...]) -> Iterator[str]:
    own, *rest = principal.split("/")
    ours = own == _OF_THE_MESH or any(_alike(own, domain) for domain in domains)
    if len(rest) != _PARTS - 1 or own == "*" or not ours:
        yield principal
        return
    for domain in domains:
        yield principal if _ends_as(domain, own) else "/".join((domain, *rest))


def all_domains(wanted: Iterable[str], domains: tuple[str, ...]) -> tuple[str, ...]:
    """Trust domains, in the place of each one of the mesh all of them.

    >>> all_domains(["old", "other"], ("new", "old"))
    ('new', 'old', 'other')
    """
    expanded = (found for domain in wanted for found in (domains if domain in domains else (domain,)))
    return tuple(dict.fromkeys(expanded))


def _alike(one: str, other: str) -> bool:
    """Equal, or either has a `*` at an end that stands for what the other has more."""
    return (
        other in (one, "*")
        or _starts_as(one, other)
        or _starts_as(other, one)
        or _ends_as(one, other)
        or _ends_as(other, one)
    )


def _starts_as(text: str, pattern: str) -> bool:
    return pattern.endswith("*") and text.startswith(pattern[:-1])


def _ends_as(text: str, pattern: str) -> bool:
    return pattern.startswith("*") and text.endswith(pattern[1:])
