"""The manifests for a cluster: valid by Kubernetes' own schemas, and in step with the service."""

import copy
import json
import shutil
import subprocess
from pathlib import Path

import jsonschema
import kubernetes_validate
import pytest
import yaml
from kubernetes_validate.utils import schema_contents
from referencing import Registry, Resource

from cli.work.serve import SPARE_SECONDS
from serving.jobs import parquet_child, reading_apart
from serving.limits import Limits
from serving.settings import Settings

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
SERVICE_MIB = 1_536
KUBERNETES = "1.37"
KUBERNETES_OWN = f"kubernetes-json-schema/v{KUBERNETES}.0-local-strict/_definitions.json"


def own(name):
    """A reference to a type of Kubernetes' own."""
    return {"$ref": f"https://kubernetes.io/api/_definitions.json#/$defs/{name}"}


def closed(required, **properties):
    """The schema of an object with these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


SERVICE_MONITOR = closed(
    ["apiVersion", "kind", "metadata", "spec"],
    apiVersion={"const": "monitoring.coreos.com/v1"},
    kind={"const": "ServiceMonitor"},
    metadata=own("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"),
    spec=closed(
        ["endpoints", "selector"],
        selector=own("io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector"),
        endpoints={
            "type": "array",
            "minItems": 1,
            "items": closed(
                ["port"],
                port={"type": "string"},
                path={"type": "string", "pattern": "^/"},
                interval={"type": "string", "pattern": r"^(\d+m)?(\d+s)?$"},
                authorization=closed(
                    ["credentials"],
                    type={"type": "string"},
                    credentials=own("io.k8s.api.core.v1.SecretKeySelector"),
                ),
            ),
        },
    ),
)
"""The fields used here, as the Prometheus operator's API reference (prometheus-operator.dev) has them."""

MANIFESTS = {path.name: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yaml"))}


def of_kind(kind):
    return next(one for one in MANIFESTS.values() if one["kind"] == kind)


def pod():
    return of_kind("Deployment")["spec"]["template"]["spec"]


def validate(one):
    """Validate an object by Kubernetes' own schemas, a ServiceMonitor by :data:`SERVICE_MONITOR`."""
    if one["kind"] != "ServiceMonitor":
        kubernetes_validate.validate(one, KUBERNETES, strict=True)
        return
    definitions = Resource.from_contents(schema_contents(KUBERNETES_OWN, KUBERNETES))
    jsonschema.Draft202012Validator(SERVICE_MONITOR, registry=definitions @ Registry()).validate(one)


def rendered_objects():
    """The objects that ``kubectl apply -k`` would apply; skipped where nothing can render them."""
    if shutil.which("kustomize"):
        command = ["kustomize", "build"]
    elif shutil.which("kubectl") and knows_labels():
        command = ["kubectl", "kustomize"]
    else:
        pytest.skip("no kustomize, and no kubectl 1.24 or newer (Debian 12's, 1.20, renders no labels)")
    done = subprocess.run([*command, FOLDER], capture_output=True, text=True, check=True)
    return list(yaml.safe_load_all(done.stdout))


def knows_labels():
    """Whether this kubectl says which kustomize is in it, as it does since 1.24, which knows ``labels``."""
    done = subprocess.run(
        ["kubectl", "version", "--client", "-o", "json"], capture_output=True, text=True, check=True
    )
    return "kustomizeVersion" in json.loads(done.stdout)


@pytest.mark.parametrize("name", [name for name in MANIFESTS if name != "kustomization.yaml"])
def test_a_manifest_is_valid(name):
    validate(MANIFESTS[name])


def test_what_is_rendered_is_valid_and_all_that_is_listed():
    objects = rendered_objects()
    for one in objects:
        validate(one)
    listed = [MANIFESTS[name] for name in MANIFESTS["kustomization.yaml"]["resources"]]
    names = {(one["kind"], one["metadata"]["name"]) for one in listed}
    assert len(objects) == len(listed)
    assert {(one["kind"], one["metadata"]["name"]) for one in objects} == names
    namespaces = {one["metadata"].get("namespace") for one in objects if one["kind"] != "Namespace"}
    assert namespaces == {MANIFESTS["kustomization.yaml"]["namespace"]}
    assert_selected(objects)


def test_a_wrong_manifest_would_be_refused():
    wrong = of_kind("Service") | {"spec": {"ports": [{"port": "http"}]}}
    with pytest.raises(kubernetes_validate.ValidationError):
        validate(wrong)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("intervall", "30s"),
        ("interval", "soon"),
        ("port", 3000),
        ("authorization", {"credentials": {"name": "a"}}),
    ],
)
def test_a_wrong_monitor_would_be_refused(name, value):
    wrong = copy.deepcopy(of_kind("ServiceMonitor"))
    wrong["spec"]["endpoints"][0][name] = value
    with pytest.raises(jsonschema.ValidationError):
        validate(wrong)


def test_every_manifest_is_applied_but_the_example_and_the_pod_for_commands():
    listed = set(MANIFESTS["kustomization.yaml"]["resources"])
    assert listed == set(MANIFESTS) - {"kustomization.yaml", "secret.example.yaml", "commands.yaml"}


def test_commands_find_what_the_service_has_and_nobody_asks_their_pod():
    commands, kustomization = MANIFESTS["commands.yaml"], MANIFESTS["kustomization.yaml"]
    own, service = commands["spec"]["containers"][0], pod()["containers"][0]
    for name in ("envFrom", "volumeMounts", "securityContext"):
        assert own[name] == service[name]
    for name in ("volumes", "securityContext", "serviceAccountName"):
        assert commands["spec"][name] == pod()[name]
    image = next(one for one in kustomization["images"] if one["name"] == service["image"])
    assert own["image"] == f"{image['newName']}:{image['newTag']}"
    assert commands["metadata"]["namespace"] == kustomization["namespace"]
    selector = of_kind("Service")["spec"]["selector"]
    assert not selector.items() <= commands["metadata"]["labels"].items()


def assert_selected(objects):
    """Whatever selects pods selects those of the deployment, and the monitor the service."""
    by_kind = {one["kind"]: one for one in objects}
    labels = by_kind["Deployment"]["spec"]["template"]["metadata"]["labels"]
    selectors = [
        by_kind["Deployment"]["spec"]["selector"]["matchLabels"],
        by_kind["Service"]["spec"]["selector"],
        by_kind["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        by_kind["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
    ]
    assert all(one.items() <= labels.items() for one in selectors)
    monitored = by_kind["ServiceMonitor"]["spec"]["selector"]["matchLabels"]
    assert monitored.items() <= by_kind["Service"]["metadata"]["labels"].items()


def test_what_selects_finds_the_pods():
    assert_selected(MANIFESTS.values())


def test_what_is_referred_to_is_there():
    names = {(one["kind"], one["metadata"]["name"]) for one in MANIFESTS.values() if "metadata" in one}
    container = pod()["containers"][0]
    for source in container["envFrom"]:
        kind = "ConfigMap" if "configMapRef" in source else "Secret"
        assert (kind, next(iter(source.values()))["name"]) in names
    volumes = {volume["name"]: volume for volume in pod()["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == set(volumes)
    assert ("PersistentVolumeClaim", volumes["home"]["persistentVolumeClaim"]["claimName"]) in names
    assert ("Deployment", of_kind("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["name"]) in names


def test_a_replica_ends_with_grace():
    probe = pod()["containers"][0]["readinessProbe"]
    drain = float(of_kind("ConfigMap")["data"]["ASSAY_DRAIN_SECONDS"])
    assert drain > probe["periodSeconds"] * probe["failureThreshold"]
    assert pod()["terminationGracePeriodSeconds"] > drain + Limits().request_seconds + SPARE_SECONDS


def test_no_container_has_rights():
    assert pod()["securityContext"]["runAsNonRoot"]
    for container in (*pod()["containers"], *pod()["initContainers"]):
        rights = container["securityContext"]
        assert rights["readOnlyRootFilesystem"] and not rights["allowPrivilegeEscalation"]
        assert rights["capabilities"]["drop"] == ["ALL"]


def test_whatever_reads_files_at_once_fits_into_the_pod():
    """Four readers, and beside them a Parquet file of a job, the service and its jobs' worker."""
    memory = pod()["containers"][0]["resources"]["limits"]["memory"]
    readers = 2 * reading_apart.AT_ONCE * int(of_kind("ConfigMap")["data"]["ASSAY_READING_MEMORY_MIB"])
    parquet = parquet_child.MEMORY_BYTES // 2**20
    assert int(memory.removesuffix("Gi")) * 1_024 >= readers + parquet + SERVICE_MIB
    scratch = next(one for one in pod()["volumes"] if one["name"] == "scratch")["emptyDir"]["sizeLimit"]
    defaults = Settings()
    uploads = Limits().most_uploads * defaults.desk_upload_bytes
    read = 2 * reading_apart.AT_ONCE * reading_apart.FILE_TIMES * defaults.desk_upload_bytes
    assert int(scratch.removesuffix("Gi")) * 2**30 >= uploads + read
