"""Requests through a stock Envoy with the static bootstrap of bookinfo: who answers, and what a client does not see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.compiled import bootstrap, load
from tests.e2e.envoys import Envoy, running
from tests.e2e.servers import Behaviour, serving

LISTENER = "0.0.0.0_9080"

FAULTS = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: ratings
spec:
  hosts: [ratings]
  http:
    - match: [{headers: {x-test: {exact: abort}}}]
      fault: {abort: {percentage: {value: 100}, httpStatus: 418}}
      route: [{destination: {host: ratings}}]
    - match: [{headers: {x-test: {exact: delay}}}]
      fault: {delay: {percentage: {value: 100}, fixedDelay: 0.5s}}
      route: [{destination: {host: ratings}}]
    - match: [{headers: {x-test: {exact: timeout}}}]
      timeout: 0.3s
      retries: {attempts: 0}
      route: [{destination: {host: ratings}}]
    - route: [{destination: {host: ratings}}]
"""


class Mesh:
    """Bookinfo on loopback ports behind the sidecar of productpage."""

    def __init__(self) -> None:
        self.reviews = [Behaviour(f"reviews-v{n}") for n in (1, 2, 3)]
        self.details = Behaviour("details-v1")
        self.ratings = Behaviour("ratings-v1")
        self.envoy: Envoy

    @property
    def servers(self) -> list[Behaviour]:
        return [*self.reviews, self.details, self.ratings]

    def ask(self, host: str, **headers: str) -> str:
        answer = self.envoy.get(LISTENER, host, **headers)
        assert answer.status == 200, answer
        return answer.body


@pytest.fixture(scope="module")
def mesh(envoy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesh]:
    folder = tmp_path_factory.mktemp("routing")
    made = Mesh()
    with serving(*made.servers):
        compiler = load(folder, FAULTS, {server.name: server.address for server in made.servers})
        with running(envoy, bootstrap(compiler, "productpage-v1"), folder) as started:
            made.envoy = started
            yield made


def test_a_header_picks_the_subset(mesh: Mesh) -> None:
    assert {mesh.ask("reviews") for _ in range(20)} == {"reviews-v1"}
    assert {mesh.ask("reviews", end_user="jason") for _ in range(20)} == {"reviews-v2"}
    assert mesh.ask("reviews.default.svc.cluster.local:9080", end_user="jason") == "reviews-v2"


def test_weights_split_the_traffic(mesh: Mesh) -> None:
    """Of 400 requests 300 are expected at v3, with a standard deviation of 8.7: five of them either way are allowed."""
    answered = Counter(mesh.ask("reviews", x_canary="true") for _ in range(400))
    assert set(answered) == {"reviews-v1", "reviews-v3"}
    assert 256 <= answered["reviews-v3"] <= 344


def test_a_retry_hides_a_failure(mesh: Mesh) -> None:
    mesh.details.requests.clear()
    mesh.details.failures = 1
    assert mesh.ask("details") == "details-v1"
    assert [request.get("x-envoy-attempt-count") for request in mesh.details.requests] == ["1", "2"]


def test_failures_beyond_the_retries_are_seen(mesh: Mesh) -> None:
    mesh.details.requests.clear()
    mesh.details.failures = 3
    assert mesh.envoy.get(LISTENER, "details").status == 503
    assert len(mesh.details.requests) == 3


def test_an_injected_abort_is_seen_and_nobody_is_asked(mesh: Mesh) -> None:
    mesh.ratings.requests.clear()
    answer = mesh.envoy.get(LISTENER, "ratings", x_test="abort")
    assert (answer.status, answer.body) == (418, "fault filter abort")
    assert mesh.ratings.requests == []


def test_an_injected_delay_is_felt(mesh: Mesh) -> None:
    assert mesh.envoy.get(LISTENER, "ratings").seconds < 0.4
    answer = mesh.envoy.get(LISTENER, "ratings", x_test="delay")
    assert answer.status == 200
    assert answer.seconds >= 0.48, "0.5 s, which Envoy counts from the start of its event loop's turn"


def test_a_timeout_is_seen(mesh: Mesh) -> None:
    mesh.ratings.delay = 1.0
    try:
        answer = mesh.envoy.get(LISTENER, "ratings", x_test="timeout")
    finally:
        mesh.ratings.delay = 0.0
    assert (answer.status, answer.body) == (504, "upstream request timeout")
    assert 0.25 <= answer.seconds < 1.0
