"""An index of labelled things of a namespace, so that a selector does not have to look at all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


def selects(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Every pair of the selector is among the labels; an empty selector selects everything."""
    return all(labels.get(key) == value for key, value in selector.items())


class LabelIndex(Generic[T]):
    """Things by namespace and by each label pair, in the order in which they came."""

    def __init__(self, items: Iterable[T], place: Callable[[T], tuple[str, Mapping[str, str]]]) -> None:
        """Index `items`; `place` tells the namespace and the labels of one."""
        self._place = place
        self._namespaces: dict[str, list[T]] = {}
        self._pairs: dict[tuple[str, str, str], list[T]] = {}
        for item in items:
            namespace, labels = place(item)
            self._namespaces.setdefault(namespace, []).append(item)
            for key, value in labels.items():
                self._pairs.setdefault((namespace, key, value), []).append(item)

    def select(self, namespace: str, selector: Mapping[str, str]) -> list[T]:
        """The things of the namespace that the selector selects."""
        if not selector:
            return list(self._namespaces.get(namespace, ()))
        fewest = min((self._pairs.get((namespace, k, v), []) for k, v in selector.items()), key=len)
        return [item for item in fewest if selects(selector, self._place(item)[1])]
