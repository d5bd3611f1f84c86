"""Files below one folder, and nowhere else: names and contents in, files out."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

_LONGEST_NAME = 200
_BUFFER = 1024 * 1024


class UnsafeNameError(ValueError):
    """A name that would lead out of the folder that was asked for."""


@dataclass(slots=True)
class Folder:
    """A folder to write to, made when the first file is; `text` is its path as the user wrote it."""

    path: Path
    _written: set[Path] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The path as it was given."""
        return str(self.path)

    def below(self, name: str) -> Folder:
        """A folder in this one. Raises `UnsafeNameError` for a name that is more than a name."""
        if name in ("", ".", "..") or "/" in name or "\\" in name or "\0" in name:
            raise UnsafeNameError(f"{name!r} is no name for a folder below {self.path}")
        return Folder(self.path / name, self._written)

    def write(self, name: str, *content: bytes, private: bool = False) -> None:
        """Write a file, perhaps in pieces; a `private` one for its owner alone.

        It appears as a whole, as Envoy may be watching it.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        target = self.below(name).path
        part = target.with_name(f".{target.name}.part")
        part.unlink(missing_ok=True)
        with open(part, "xb", buffering=_BUFFER, opener=_open_private if private else None) as file:
            file.writelines(content)
        os.replace(part, target)
        self._written.add(target)

    def remove_others(self, pattern: str) -> None:
        """Remove the files in this folder that match a pattern and were not written now: what an earlier run left."""
        for file in sorted(self.path.glob(pattern)):
            if file.is_file() and file not in self._written:
                file.unlink()


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def file_name(name: str, suffix: str) -> str:
    """A resource's name as that of a file: what a name of a file may not have is escaped, what is too long is cut.

    >>> file_name("outbound|9080|v1|details.default.svc.cluster.local", "json")
    'outbound|9080|v1|details.default.svc.cluster.local.json'
    >>> file_name("kubernetes://shop-cert", "json")
    'kubernetes:%2F%2Fshop-cert.json'
    """
    escaped = quote(name, safe="|:*@=,+~")
    if len(escaped) > _LONGEST_NAME:
        from hashlib import sha256  # 4 ms, which hardly any run needs

        escaped = f"{escaped[:_LONGEST_NAME]}-{sha256(name.encode()).hexdigest()[:16]}"
    return f"{escaped}.{suffix}"
