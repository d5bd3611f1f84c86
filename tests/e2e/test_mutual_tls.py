"""The sidecars of client and server, two stock Envoys, speak mutual TLS with certificates of the development CA."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from meshc.certs.authority import Identity
from meshc.certs.files import write_certificates
from meshc.compile import Compiler
from meshc.model.names import spiffe_id
from meshc.output.certificates import CHAIN, KEY
from tests.e2e.compiled import bootstrap, load
from tests.e2e.envoys import Answer, Envoy, free_port, get, running, wait_for
from tests.e2e.servers import Behaviour, serving

OUTBOUND = "0.0.0.0_9080"
SNI = "outbound_.9080_.v1_.details.default.svc.cluster.local"
PRODUCTPAGE = "spiffe://cluster.local/ns/default/sa/productpage"

MANIFESTS = """
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {{name: details}}
spec:
  workloadSelector: {{labels: {{app: details}}}}
  ingress:
    - port: {{number: {port}, protocol: HTTP, name: http}}
      bind: 127.0.0.1
      captureMode: NONE
      defaultEndpoint: {server}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {{name: default}}
spec: {{mtls: {{mode: STRICT}}}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {{name: details}}
spec:
  selector: {{matchLabels: {{app: details}}}}
  rules:
    - from: [{{source: {{principals: [cluster.local/ns/default/sa/productpage]}}}}]
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """A running server's sidecar and what clients need to reach it."""

    compiler: Compiler
    certificates: Path
    folder: Path
    port: int
    server: Behaviour
    log: Path
    binary: Path

    @contextmanager
    def client(self, proxy: str, certificates: Path | None = None) -> Iterator[Envoy]:
        """The sidecar of a client, with the certificate of its account or with other ones."""
        config = bootstrap(self.compiler, proxy, certificates or self.certificates)
        with running(self.binary, config, self.folder / proxy) as started:
            yield started

    def ask(self, proxy: str, certificates: Path | None = None) -> Answer:
        with self.client(proxy, certificates) as started:
            return started.get(OUTBOUND, "details")


def certify(compiler: Compiler, out: Path) -> Path:
    accounts = sorted({(proxy.namespace, proxy.account) for proxy in compiler.proxies()})
    identities = [Identity(*account, spiffe_id("cluster.local", *account)) for account in accounts]
    write_certificates(out, "cluster.local", identities, days=1)
    return out


@pytest.fixture(scope="module")
def pair(envoy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("mtls")
    server, port = Behaviour("details"), free_port()
    log = folder / "access.log"
    with serving(server):
        manifests = MANIFESTS.format(port=port, server=server.address)
        endpoints = {"details": f"127.0.0.1:{port}"}
        compiler = load(folder, manifests, endpoints, {"accessLogFile": str(log)})
        certificates = certify(compiler, folder / "certs")
        config = bootstrap(compiler, "details-v1", certificates)
        with running(envoy, config, folder / "server", fixed=[f"127.0.0.1_{port}"]):
            yield Pair(compiler, certificates, folder, port, server, log, envoy)


def test_client_and_server_know_each_other(pair: Pair) -> None:
    answer = pair.ask("productpage-v1")
    assert (answer.status, answer.body) == (200, "details")
    seen = pair.server.requests[-1]["x-forwarded-client-cert"]
    assert "By=spiffe://cluster.local/ns/default/sa/details" in seen
    assert f"URI={PRODUCTPAGE}" in seen
    wait_for(SNI, pair.log)


def test_another_identity_is_refused(pair: Pair) -> None:
    before = len(pair.server.requests)
    answer = pair.ask("ratings-v1")
    assert (answer.status, answer.body) == (403, "RBAC: access denied")
    assert len(pair.server.requests) == before


def test_a_certificate_of_another_authority_is_refused(pair: Pair) -> None:
    before = len(pair.server.requests)
    others = certify(pair.compiler, pair.folder / "others")
    assert pair.ask("productpage-v1", others).status == 503
    assert len(pair.server.requests) == before


def test_a_client_refuses_a_server_of_another_identity(pair: Pair) -> None:
    """The server's sidecar with the certificate of ratings: not one of the accounts that details run as."""
    stolen = pair.folder / "stolen" / "default" / "details"
    certify(pair.compiler, pair.folder / "stolen")
    for name in (CHAIN, KEY):
        (stolen / name).write_bytes((pair.certificates / "default" / "ratings" / name).read_bytes())
    (stolen / "root-cert.pem").write_bytes((pair.certificates / "root-cert.pem").read_bytes())
    port = free_port()
    manifests = MANIFESTS.format(port=port, server=pair.server.address)
    folder = pair.folder / "impostor"
    compiler = load(folder, manifests, {"details": f"127.0.0.1:{port}"}, {"accessLogFile": str(folder / "log")})
    config = bootstrap(compiler, "details-v1", pair.folder / "stolen")
    with running(pair.binary, config, folder / "server", fixed=[f"127.0.0.1_{port}"]):
        client = bootstrap(compiler, "productpage-v1", pair.certificates)
        with running(pair.binary, client, folder / "client") as started:
            answer = started.get(OUTBOUND, "details")
    assert answer.status == 503
    wait_for("certificate_SANs_are_[spiffe://cluster.local/ns/default/sa/ratings]", folder / "log")


def test_plaintext_is_refused_where_it_must_be(pair: Pair) -> None:
    with pytest.raises(OSError):
        get(pair.port, "details")
