"""Fuzzing: mutated manifests against loader, lint and compiler. `python -m tests.fuzz --seconds 60`.

Manifests of goldens, examples and tests are changed byte by byte or value by value. Whatever comes of it, nothing may
raise and nothing may take long. Every case has a number: a failure is replayed with `--case NUMBER`.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

from meshc.compile import CannotLoadError, Compiler, load_compiler
from meshc.lint import lint
from meshc.settings import Inputs

ROOT = Path(__file__).parent.parent
CORPUS = ("golden/*/*/in/*.yaml", "examples/**/*.yaml", "tests/lint/admission/*.yaml")

LIMIT = 20
"""Seconds that a case may take."""

MAX_PROXIES = 3

TOKENS = (
    *(b"\t", b"\0", b"\r", b"\n---\n", b"\n...\n", b"\xff", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\\ud800"),
    *(
        b"&a ",
        b"*a ",
        b"<<: ",
        b"!!binary ",
        b"!x ",
        b"| ",
        b"> ",
        b"? ",
        b"- ",
        b"{",
        b"}",
        b"[",
        b"]",
        b"'",
        b'"',
        b"#",
    ),
    *(b": ", b"null", b"0x", b"1e999", b".nan", b"99999999999999999999", b"%", b"@", b"`", b"kind: List\nitems:\n- "),
)

VALUES: tuple[Any, ...] = (
    *(None, "", True, False, 0, -1, 1, 65536, 2**31, 2**63, -(2**63), 2**64, 1.5, -0.0, 1e300, [], {}, [[]], [None]),
    *("*", "*.", ".", "/", "//", "*/*", "a/b/c", "~", "-", "a" * 300, "é", "\u0000", "a b", "::1", "10.0.0.0/8"),
    *(
        "0s",
        "1ns",
        "-1s",
        "1h",
        "unix://",
        "unix:///x",
        "outbound|80||x",
        "%",
        "%A%",
        "(",
        "*a",
        "{*}",
        "@request.auth.claims",
    ),
    *("STRICT", "HTTP", "TCP", "mesh", "None", "80", "65536", "2026-01-01T00:00:00Z", "9999-99-99T00:00:00Z"),
)

Document = Any
Mutation = Callable[[random.Random, list[Document]], None]


class TooLongError(Exception):
    """A case ran into its time limit."""


# Structure


def _nodes(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key or index) of a document."""
    if isinstance(value, dict | list):
        for key, item in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from _nodes(item)


def _pick(rng: random.Random, documents: list[Document]) -> tuple[Any, Any] | None:
    nodes = list(_nodes(rng.choice(documents)))
    return rng.choice(nodes) if nodes else None


def _replace(rng: random.Random, documents: list[Document]) -> None:
    if place := _pick(rng, documents):
        container, key = place
        container[key] = rng.choice(VALUES)


def _remove(rng: random.Random, documents: list[Document]) -> None:
    if place := _pick(rng, documents):
        container, key = place
        del container[key]


def _graft(rng: random.Random, documents: list[Document]) -> None:
    """Put a part of one document in the place of another part, by preference one of the same name."""
    source, target = _pick(rng, documents), _pick(rng, documents)
    if source is None or target is None:
        return
    alike = [node for document in documents for node in _nodes(document) if node[1] == target[1]]
    container, key = rng.choice(alike) if alike and rng.random() < 0.7 else source
    target[0][target[1]] = yaml.safe_load(yaml.safe_dump(container[key]))


def _repeat(rng: random.Random, documents: list[Document]) -> None:
    """An item of a list once more, a document under the same or another name."""
    lists = [value[key] for d in documents for value, key in _nodes(d) if isinstance(value[key], list) and value[key]]
    if lists and rng.random() < 0.6:
        chosen = rng.choice(lists)
        chosen.insert(rng.randrange(len(chosen) + 1), yaml.safe_load(yaml.safe_dump(rng.choice(chosen))))
    else:
        copy = yaml.safe_load(yaml.safe_dump(rng.choice(documents)))
        if isinstance(copy, dict) and isinstance(copy.get("metadata"), dict):
            copy["metadata"]["name"] = rng.choice(("a", "b", copy["metadata"].get("name")))
        documents.append(copy)


def _move(rng: random.Random, documents: list[Document]) -> None:
    """An object into another namespace, or of another age."""
    document = rng.choice(documents)
    metadata = document.get("metadata") if isinstance(document, dict) else None
    if isinstance(metadata, dict):
        metadata["namespace"] = rng.choice(("default", "istio-system", "other", metadata.get("namespace")))
        metadata["creationTimestamp"] = rng.choice((None, "2020-01-01T00:00:00Z", "2030-01-01T00:00:00+05:00"))


MUTATIONS: tuple[Mutation, ...] = (_replace, _replace, _remove, _graft, _repeat, _move)


def _mutate_structure(rng: random.Random, text: str) -> bytes:
    documents = [document for document in yaml.safe_load_all(text) if document is not None]
    for _ in range(rng.randint(1, 6)):
        if documents:
            rng.choice(MUTATIONS)(rng, documents)
    if rng.random() < 0.3:
        rng.shuffle(documents)
    return yaml.safe_dump_all(documents, allow_unicode=True, sort_keys=False).encode("utf-8", "surrogatepass")


# Bytes


def _mutate_bytes(rng: random.Random, data: bytes) -> bytes:
    made = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(made) + 1)
        match rng.randrange(5):
            case 0:
                made[at:at] = rng.choice(TOKENS)
            case 1:
                del made[at : at + rng.randint(1, 40)]
            case 2:
                made[at : at + 1] = bytes((rng.randrange(256),))
            case 3:
                end = rng.randrange(len(made) + 1)
                made[at:at] = made[min(at, end) : max(at, end)][:2000]
            case 4:
                lines = bytes(made).split(b"\n")
                lines.insert(rng.randrange(len(lines) + 1), b" " * rng.randrange(9) + rng.choice(lines).strip())
                made = bytearray(b"\n".join(lines))
    return bytes(made)


# Cases


@dataclass(slots=True)
class Fuzzer:
    """Makes and runs cases. `failures` are the cases that failed, by what failed."""

    corpus: Sequence[Path]
    folder: Path
    failures: dict[str, int] = field(default_factory=dict)

    def input_of(self, case: int) -> bytes:
        """The input of a case; the same for the same number and corpus."""
        rng = random.Random(case)
        chosen = rng.sample(self.corpus, rng.choice((1, 1, 2)))
        data = b"\n---\n".join(path.read_bytes() for path in chosen)
        if rng.random() < 0.3:
            return _mutate_bytes(rng, data)
        return _mutate_structure(rng, data.decode())

    def run(self, case: int) -> str:
        """Run a case; what went wrong as text, empty if nothing did."""
        file = self.folder / "in.yaml"
        file.write_bytes(self.input_of(case))
        try:
            with time_limit(LIMIT):
                exercise(file)
        except Exception:  # noqa: BLE001
            return traceback.format_exc()
        return ""

    def note(self, case: int, trace: str) -> bool:
        """Remember a failure; whether it is a new one, told by where it was raised."""
        lines = trace.strip().splitlines()
        place = next((line for line in reversed(lines) if line.lstrip().startswith("File ")), "")
        key = f"{place.strip()} {lines[-1].split(':')[0]}"
        return self.failures.setdefault(key, case) == case


def exercise(file: Path) -> None:
    """Lint and compile a file; inputs that cannot be loaded are fine."""
    inputs = Inputs([str(file)])
    try:
        outcome = lint(inputs)
        compiler = load_compiler(inputs)
    except CannotLoadError:
        return
    assert all(finding.message for finding in outcome.findings), "a finding says nothing"
    _compile(compiler)


def _compile(compiler: Compiler) -> None:
    for proxy in compiler.proxies()[:MAX_PROXIES]:
        for _, resource in compiler.compile(proxy):
            assert resource.json and resource.name is not None


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Raises `TooLongError` inside if it takes longer."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TooLongError(f"longer than {seconds} s")

    signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def main() -> int:
    """Run cases until the time is over, or a single one."""
    parser = argparse.ArgumentParser(description="Mutated manifests against loader, lint and compiler.")
    parser.add_argument("--seconds", type=float, default=60, help="how long (default 60)")
    parser.add_argument("--first", type=int, default=0, help="number of the first case (default 0)")
    parser.add_argument("--case", type=int, help="run this case alone, and print its input")
    options = parser.parse_args()
    corpus = sorted(path for pattern in CORPUS for path in ROOT.glob(pattern))
    with tempfile.TemporaryDirectory() as folder:
        fuzzer = Fuzzer(corpus, Path(folder))
        if options.case is not None:
            return _replay(fuzzer, options.case)
        return _run(fuzzer, options.first, options.seconds)


def _replay(fuzzer: Fuzzer, case: int) -> int:
    sys.stdout.buffer.write(fuzzer.input_of(case))
    trace = fuzzer.run(case)
    print(trace or "# nothing went wrong", file=sys.stderr)
    return int(bool(trace))


def _run(fuzzer: Fuzzer, first: int, seconds: float) -> int:
    end, case = time.monotonic() + seconds, first
    while time.monotonic() < end:
        trace = fuzzer.run(case)
        if trace and fuzzer.note(case, trace):
            print(f"case {case} (replay with --case {case}):\n{trace}", flush=True)
        case += 1
    print(f"{case - first} cases, {len(fuzzer.failures)} of them with failures of their own")
    return int(bool(fuzzer.failures))


if __name__ == "__main__":
    sys.exit(main())
