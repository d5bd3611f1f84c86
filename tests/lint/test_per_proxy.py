"""What lint says about the configuration of single proxies."""

from __future__ import annotations

from pathlib import Path

from tests.lint.linting import linted, pod
from tests.manifests import manifest, service


def test_a_listener_that_stands_twice(tmp_path: Path) -> None:
    ingress = "{port: {number: 80, protocol: HTTP}, bind: 0.0.0.0, captureMode: NONE}"
    sidecar = manifest("Sidecar", "own", f"{{ingress: [{ingress}], egress: [{{hosts: ['*/*']}}]}}")
    assert linted(tmp_path, "MC0643", pod("web-1"), service("web"), sidecar) == [
        "MC0643 Sidecar shop/own spec.ingress[0]: listener 0.0.0.0_80 is also that of Service shop/web: "
        "Envoy refuses the second one of a name"
    ]
