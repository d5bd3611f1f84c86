"""An oracle folder in, the same without what is not translated yet out: links, so that parity can demand the rest.

usage: translated_root.py ORACLE TARGET

TARGET must not exist. Left out are the routers of cases whose manifests hold kinds that change the configuration of
gateways and are not translated: EnvoyFilter, Ingress and the Gateway API.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import yaml

UNTRANSLATED = re.compile(rb"^kind: (EnvoyFilter|Ingress|GatewayClass)$|^apiVersion: gateway\.networking", re.MULTILINE)


def main() -> int:
    """Write the folder; exit code 2 on wrong usage."""
    if len(sys.argv) != 3:
        sys.stderr.write(__doc__ or "")
        return 2
    oracle, target = (Path(argument).resolve() for argument in sys.argv[1:])
    (target / "cases").mkdir(parents=True)
    (target / "bases").symlink_to(oracle / "bases")
    for file in sorted(oracle.glob("cases/*/case.yaml")):
        write_case(file.parent, target / "cases" / file.parent.name)
    return 0


def write_case(case: Path, target: Path) -> None:
    """Link what a case has, but for the routers, in `case.yaml` and `expected/`, if they are not translated."""
    spec: dict[str, Any] = yaml.safe_load((case / "case.yaml").read_text())
    whole = not UNTRANSLATED.search((case / "manifests.yaml").read_bytes())
    routers = {proxy["name"] for proxy in spec["proxies"] if proxy["type"] == "router" and not whole}
    spec["proxies"] = [proxy for proxy in spec["proxies"] if proxy["name"] not in routers]
    if not spec["proxies"]:
        return
    (target / "expected").mkdir(parents=True)
    (target / "case.yaml").write_text(yaml.safe_dump(spec, sort_keys=False))
    link(case, target, {"case.yaml", "expected"})
    link(case / "expected", target / "expected", routers)


def link(source: Path, target: Path, but: set[str]) -> None:
    """Link the entries of a folder into another, but for some names."""
    for entry in sorted(source.iterdir()):
        if entry.name not in but:
            (target / entry.name).symlink_to(entry)


if __name__ == "__main__":
    sys.exit(main())
