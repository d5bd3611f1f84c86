"""Loading: which documents become objects, each once, and what is said about the others."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshc.findings import Severity, Sink
from meshc.resources.core import Namespace, Service
from meshc.resources.load import Objects, load
from meshc.resources.message import RESOURCES, VERSIONS
from meshc.resources.networking import VirtualService
from meshc.resources.pod import Pod
from meshc.resources.security import AuthorizationPolicy
from meshc.source import Document, documents_of_text
from tests.findings import lines

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: ns}\n"


def documents(text: str, file: str = "f.yaml") -> list[Document]:
    return documents_of_text(text, file, Sink())


def loaded(text: str, least: Severity = Severity.WARNING) -> tuple[Objects, list[str]]:
    sink = Sink()
    objects = load(documents(text), sink)
    return objects, lines(sink, least)


def test_objects_by_kind_in_order_of_namespace_and_name() -> None:
    objects, findings = loaded(
        "\n---\n".join(
            f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: {namespace}}}"
            for namespace, name in (("b", "a"), ("a", "z"), ("a", "c"))
        )
        + "\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n"
    )
    assert findings == []
    assert [(s.meta.namespace, s.meta.name) for s in objects.by_kind(Service)] == [("a", "c"), ("a", "z"), ("b", "a")]
    assert [namespace.meta.namespace for namespace in objects.by_kind(Namespace)] == [""]
    assert objects.by_kind(Pod) == ()
    assert len(objects) == len(list(objects)) == 4


def test_an_object_knows_its_place() -> None:
    objects, _ = loaded(f"---\n{SERVICE}spec:\n  ports:\n  - port: 80\n")
    (service,) = objects.by_kind(Service)
    assert str(service.origin) == "Service ns/a"
    assert str(service.origin.location) == "f.yaml:2:1"
    port = service.origin_of(service.spec.ports[0], "spec.ports[0]")
    assert (str(port), str(port.location)) == ("Service ns/a spec.ports[0]", "f.yaml:7:5")


@pytest.mark.parametrize("version", ["v1", "v1beta1", "v1alpha3"])
def test_every_served_version(version: str) -> None:
    text = f"apiVersion: networking.istio.io/{version}\nkind: VirtualService\nmetadata: {{name: a, namespace: ns}}\n"
    objects, findings = loaded(text)
    assert findings == []
    assert objects.by_kind(VirtualService)[0].meta.api_version == f"networking.istio.io/{version}"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            "apiVersion: networking.istio.io/v2\nkind: VirtualService\nmetadata: {name: a}",
            "f.yaml:1:1: error MC0208: VirtualService default/a: "
            "version v2 of VirtualService is not served; networking.istio.io serves v1, v1beta1, v1alpha3",
        ),
        (
            "apiVersion: v2\nkind: Namespace\nmetadata: {name: a}",
            "f.yaml:1:1: error MC0208: Namespace a: version v2 of Namespace is not served; the core API serves v1",
        ),
        (
            "apiVersion: networking.istio.io/v1\nkind: VirtualServices\nmetadata: {name: a}",
            "f.yaml:1:1: error MC0213: VirtualServices: "
            "there is no kind VirtualServices in the API group 'networking.istio.io'",
        ),
        (
            "apiVersion: security.istio.com/v1\nkind: AuthorizationPolicy\nmetadata: {name: a}",
            "f.yaml:1:1: error MC0213: AuthorizationPolicy: "
            "there is no kind AuthorizationPolicy in the API group 'security.istio.com'",
        ),
        ("a: 1", "f.yaml:1:1: warning MC0211: not a Kubernetes object: no apiVersion"),
        ("apiVersion: v1", "f.yaml:1:1: warning MC0211: not a Kubernetes object: no kind"),
        (
            "apiVersion: a/b/c\nkind: X",
            "f.yaml:1:1: warning MC0211: not a Kubernetes object: apiVersion and kind name no API",
        ),
        (
            "apiVersion: v1\nkind: Service",
            "f.yaml:1:1: error MC0207: Service default/(unnamed): metadata.name is missing",
        ),
        (
            "apiVersion: v1\nkind: Service\nmetadata: {labels: {a: b}}",
            "f.yaml:3:11: error MC0207: Service default/(unnamed) metadata: metadata.name is missing",
        ),
        (
            "apiVersion: v1\nkind: Service\nmetadata: {name: ../etc}",
            "f.yaml:3:12: error MC0207: Service default/../etc metadata: "
            "'../etc' is not a name: lower-case letters, digits, - and . (at most 253) are allowed",
        ),
        (
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  namespace: a.b",
            "f.yaml:5:3: error MC0207: Service a.b/a metadata: "
            "'a.b' is not a namespace: lower-case letters, digits and - (at most 63) are allowed",
        ),
        (
            "apiVersion: v1\nkind: Service\nmetadata: {name: 1}",
            "f.yaml:3:12: error MC0202: Service default/(unnamed) metadata.name: must be text, not the number 1",
        ),
        (
            "apiVersion: v1\nkind: Service\nmetadata: {name: a, lables: {a: b}, labels: {a: 1}}",
            "f.yaml:3:46: error MC0202: Service default/a metadata.labels[a]: must be text, not the number 1",
        ),
    ],
)
def test_what_is_left_out(text: str, finding: str) -> None:
    objects, findings = loaded(f"{SERVICE}---\n{text}\n---\n{SERVICE.replace('name: a', 'name: b')}")
    assert [service.meta.name for service in objects.by_kind(Service)] == ["a", "b"]
    line, rest = finding.removeprefix("f.yaml:").split(":", 1)
    assert f"f.yaml:{int(line) + 4}:{rest}" in findings


@pytest.mark.parametrize(
    "name", ["", "/a", "a/b", "A", "a_b", "-a", "a-", "a..b", ".", "a" * 254, "ä", "a\u0000", "a b", "../x", "a\n"]
)
def test_names_that_kubernetes_does_not_allow(name: str) -> None:
    document = documents(SERVICE)[0]
    document.root["metadata"]["name"] = name
    sink = Sink()
    assert len(load([document], sink)) == 0
    assert [finding.code for finding in sink] == ["MC0207"]


@pytest.mark.parametrize("name", ["a", "0", "a.b-c.1", "a" * 253])
def test_names_that_kubernetes_allows(name: str) -> None:
    objects, findings = loaded(SERVICE.replace("name: a", f"name: '{name}'"))
    assert (len(objects), findings) == (1, [])


def test_foreign_kinds_are_counted_in_one_finding() -> None:
    objects, findings = loaded(
        "apiVersion: batch/v1\nkind: CronJob\n---\napiVersion: v1\nkind: LimitRange\n---\n"
        "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\n---\napiVersion: batch/v1\nkind: CronJob\n"
        "---\napiVersion: serving.knative.dev/v1\nkind: Service\n"
        "---\napiVersion: networking.gke.io/v1\nkind: Gateway\n",
        Severity.INFO,
    )
    assert objects.foreign == {
        "LimitRange": 1,
        "batch/CronJob": 2,
        "install.istio.io/IstioOperator": 1,
        "networking.gke.io/Gateway": 1,
        "serving.knative.dev/Service": 1,
    }
    assert findings == [
        "None: info MC0212: objects of kinds that meshc does not read: 1 LimitRange, 2 batch/CronJob, "
        "1 install.istio.io/IstioOperator, 1 networking.gke.io/Gateway, 1 serving.knative.dev/Service"
    ]


def test_kinds_that_istiod_translates_and_meshc_does_not_are_told_one_by_one() -> None:
    objects, findings = loaded(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r, namespace: shop}\n"
        "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\n"
        "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n}\n",
        Severity.WARNING,
    )
    assert objects.foreign == {"networking.k8s.io/NetworkPolicy": 1}
    assert findings == [
        "f.yaml:1:1: warning MC0214: HTTPRoute shop/r: no configuration is made of gateway.networking.k8s.io/HTTPRoute",
        "f.yaml:5:1: warning MC0214: Ingress default/i: no configuration is made of networking.k8s.io/Ingress",
    ]


def test_namespaces_that_are_assumed_or_ignored() -> None:
    objects, findings = loaded(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n---\n"
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: x, namespace: m}\n",
        Severity.INFO,
    )
    assert objects.by_kind(Service)[0].meta.namespace == "default"
    assert objects.by_kind(Namespace)[0].meta.namespace == ""
    assert findings == [
        "f.yaml:4:3: info MC0301: Service default/a metadata.namespace: namespace default is assumed",
        "f.yaml:8:21: info MC0303: Namespace x metadata.namespace: a Namespace has no namespace; m is ignored",
    ]


def test_a_generated_name_depends_on_the_content_alone() -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata: {generateName: web-, namespace: ns}\nspec: {nodeName: %s}\n"
    objects, findings = loaded((text % "node-1") + "---\n" + (text % "node-2"), Severity.INFO)
    first, second = (pod.meta.name for pod in objects.by_kind(Pod))
    assert first != second
    assert {first, second} == {line.split("name ")[1].split(" ")[0] for line in findings}
    again, _ = loaded((text % "node-2") + "---\n" + (text % "node-1"))
    assert [pod.meta.name for pod in again.by_kind(Pod)] == [first, second]


def test_the_first_of_two_objects_counts_whatever_the_order_of_the_files() -> None:
    files = [documents(f"{SERVICE}spec: {{clusterIP: 10.0.0.{n}}}\n", f"{n}.yaml") for n in (1, 2, 3)]
    for order in itertools.permutations(files):
        sink = Sink()
        objects = load([document for file in order for document in file], sink)
        assert [service.spec.cluster_ip for service in objects.by_kind(Service)] == ["10.0.0.1"]
        assert lines(sink) == [
            f"{n}.yaml:1:1: error MC0209: Service ns/a: another object of this name stands at 1.yaml:1:1 and counts"
            for n in (2, 3)
        ]


def test_versions_of_one_object() -> None:
    text = "apiVersion: security.istio.io/%s\nkind: AuthorizationPolicy\nmetadata: {name: a, namespace: ns}\n"
    objects, findings = loaded((text % "v1beta1") + "---\n" + (text % "v1"))
    assert objects.by_kind(AuthorizationPolicy)[0].meta.api_version == "security.istio.io/v1beta1"
    assert findings == [
        "f.yaml:5:1: error MC0209: AuthorizationPolicy ns/a: "
        "another object of this name stands at f.yaml:1:1 and counts"
    ]


def test_an_object_that_is_merely_repeated() -> None:
    objects, findings = loaded(f"{SERVICE}---\n{SERVICE}")
    assert len(objects) == 1
    assert findings == ["f.yaml:5:1: warning MC0210: Service ns/a: the same object stands at f.yaml:1:1 already"]


PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["http", "hosts", "name", "labels", "ports", "match", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(st.sampled_from(sorted(RESOURCES)), PARTS, PARTS, PARTS)
def test_no_content_breaks_the_loader(kind: tuple[str, str], metadata: Any, spec: Any, status: Any) -> None:
    group, name = kind
    version = f"{group}/{VERSIONS[kind][0]}" if group else VERSIONS[kind][0]
    root = {"apiVersion": version, "kind": name, "metadata": metadata, "spec": spec, "status": status}
    sink = Sink()
    load(documents_of_text(json.dumps(root), "f.json", sink), sink)
