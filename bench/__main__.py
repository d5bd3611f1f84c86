"""Run the benchmarks and print them as a Markdown table.

python -m bench [--services 1000] [--proxies 50]
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bench.mesh import Shape, proxy_names, write

BOOKINFO = Path(__file__).parent.parent / "examples" / "bookinfo"
MESHC = [sys.executable, "-m", "meshc"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    work: str
    goal: str
    measured: str


def best(times: int, run: Callable[[], object]) -> float:
    """The shortest of several runs, in seconds."""
    spans = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        spans.append(time.perf_counter() - start)
    return min(spans)


def command(*args: str) -> float:
    """A whole process, best of five, in seconds."""
    return best(5, lambda: subprocess.run([*MESHC, *args], check=True, capture_output=True))


def processes() -> Iterator[Row]:
    """Whole processes: what a user waits for."""
    yield Row("`meshc --help`", "0.2 s", f"{command('--help'):.2f} s")
    span = command("compile", str(BOOKINFO), "-p", "productpage-v1")
    yield Row("bookinfo, one proxy, bootstrap on stdout, whole process", "0.4 s", f"{span:.2f} s")


def large(shape: Shape, proxies: int, folder: Path) -> Iterator[Row]:
    """A large mesh, every resource of every proxy on disk, in this process."""
    from meshc.compile import load_compiler
    from meshc.output.folder import Folder
    from meshc.output.resources import write as write_resources
    from meshc.settings import Inputs, ProxyRequest

    file, out = folder / "mesh.yaml", folder / "out"
    write(shape, file)
    start = time.perf_counter()
    compiler = load_compiler(Inputs([str(file)]))
    loaded = time.perf_counter()
    spans = []
    for name in proxy_names(shape, proxies):
        before = time.perf_counter()
        config = compiler.compile(compiler.find(ProxyRequest(name=name)))
        write_resources(config, Folder(out).below(config.proxy))
        spans.append(time.perf_counter() - before)
    total = time.perf_counter() - start
    size = sum(f.stat().st_size for f in out.rglob("*.json")) / 1e9
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    name = f"{shape.services} services, {proxies} proxies"
    name += ", Sidecar per namespace" if shape.scoped else ", ports of undeclared protocol" if shape.sniffed else ""
    goal = "4 s" if shape.scoped else "7.5 s, under 1 GB"
    yield Row(
        f"{name}: all resources on disk ({size:.2f} GB)",
        goal,
        f"{total:.1f} s (load {loaded - start:.1f} s, first proxy {spans[0]:.1f} s), {memory:.2f} GB",
    )
    further = sorted(spans[1:])
    if further:
        yield Row("each further proxy (median)", "30 ms", f"{1000 * further[len(further) // 2]:.0f} ms")
    shutil.rmtree(out)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--services", type=int, default=1000)
    parser.add_argument("--proxies", type=int, default=50)
    args = parser.parse_args()
    rows = list(processes())
    plain = Shape(args.services, max(1, args.services // 10))
    for shape in (plain, replace(plain, sniffed=True), replace(plain, scoped=True)):
        with tempfile.TemporaryDirectory() as folder:
            rows += large(shape, args.proxies, Path(folder))
    print("| work | to reach | measured |\n|---|---|---|")
    for row in rows:
        print(f"| {row.work} | {row.goal} | {row.measured} |")


main()
