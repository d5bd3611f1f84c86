"""The workload kinds of Kubernetes' groups apps and batch: how many pods of which template there are."""

from __future__ import annotations

from meshc.resources.message import Int32, Message, Object, message, resource
from meshc.resources.pod import PodTemplateSpec
from meshc.resources.selector import LabelSelector


@message
class WorkloadSpec(Message):
    """`spec` of Deployment, StatefulSet and ReplicaSet; the API server fills in one replica."""

    OPEN = True

    replicas: Int32 = 1
    selector: LabelSelector | None = None
    template: PodTemplateSpec = PodTemplateSpec()
    service_name: str = ""


@resource("apps", "v1")
class Deployment(Object):
    """A workload of equal pods, owned through a ReplicaSet."""

    OPEN = True

    spec: WorkloadSpec = WorkloadSpec()


@resource("apps", "v1")
class StatefulSet(Object):
    """A workload of numbered pods."""

    OPEN = True

    spec: WorkloadSpec = WorkloadSpec()


@resource("apps", "v1")
class ReplicaSet(Object):
    """A workload of equal pods, made by a Deployment as a rule."""

    OPEN = True

    spec: WorkloadSpec = WorkloadSpec()


@message
class DaemonSetSpec(Message):
    """`spec` of a DaemonSet."""

    OPEN = True

    selector: LabelSelector | None = None
    template: PodTemplateSpec = PodTemplateSpec()


@resource("apps", "v1")
class DaemonSet(Object):
    """A workload with one pod on every node."""

    OPEN = True

    spec: DaemonSetSpec = DaemonSetSpec()


@message
class JobSpec(Message):
    """`spec` of a Job."""

    OPEN = True

    parallelism: Int32 = 1
    completions: Int32 | None = None
    selector: LabelSelector | None = None
    template: PodTemplateSpec = PodTemplateSpec()


@resource("batch", "v1")
class Job(Object):
    """A workload that ends."""

    OPEN = True

    spec: JobSpec = JobSpec()
