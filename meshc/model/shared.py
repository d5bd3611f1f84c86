"""`shared`: a function whose result depends on its arguments alone, remembered for the life of the mesh.

The signature is the cache key. Arguments are frozen values or mesh objects (compared by identity); the first one is the
mesh, which holds the memo, so that everything goes when the mesh goes. A function that takes less shares more.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

Memo = dict[Callable[..., Any], dict[tuple[Hashable, ...], Any]]


class HasMemo(Protocol):
    """Whatever carries the memo: the mesh."""

    @property
    def memo(self) -> Memo:
        """What shared functions have answered: function -> arguments -> answer."""


M = TypeVar("M", bound=HasMemo)


def shared(function: Callable[Concatenate[M, P], R]) -> Callable[Concatenate[M, P], R]:
    """Remember the answers of a function of a mesh and of hashable, positional arguments."""

    @functools.wraps(function)
    def remembered(mesh: M, /, *args: P.args, **kwargs: P.kwargs) -> R:
        table = mesh.memo.get(function)
        if table is None:
            table = mesh.memo[function] = {}
        try:
            return table[args]  # type: ignore[no-any-return]
        except KeyError:
            answer = table[args] = function(mesh, *args, **kwargs)
            return answer

    return remembered
