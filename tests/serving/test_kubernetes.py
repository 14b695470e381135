"""The manifests for a cluster: valid by Kubernetes' own schemas, and in step with the service."""

from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from cli.work.serve import SPARE_SECONDS
from serving.limits import Limits

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
KUBERNETES = "1.37"
CUSTOM = {"Kustomization", "ServiceMonitor"}
"""Kinds that a cluster has from elsewhere; their schemas are not Kubernetes' own."""

MANIFESTS = {path.name: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yaml"))}


def of_kind(kind):
    return next(one for one in MANIFESTS.values() if one["kind"] == kind)


def pod():
    return of_kind("Deployment")["spec"]["template"]["spec"]


@pytest.mark.parametrize("name", [name for name, one in MANIFESTS.items() if one["kind"] not in CUSTOM])
def test_a_manifest_is_valid(name):
    kubernetes_validate.validate(MANIFESTS[name], KUBERNETES, strict=True)


def test_a_wrong_manifest_would_be_refused():
    wrong = of_kind("Service") | {"spec": {"ports": [{"port": "http"}]}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES, strict=True)


def test_every_manifest_is_applied_but_the_example():
    listed = set(MANIFESTS["kustomization.yaml"]["resources"])
    assert listed == set(MANIFESTS) - {"kustomization.yaml", "secret.example.yaml"}


def test_what_selects_finds_the_pods():
    labels = of_kind("Deployment")["spec"]["template"]["metadata"]["labels"]
    selectors = [
        of_kind("Deployment")["spec"]["selector"]["matchLabels"],
        of_kind("Service")["spec"]["selector"],
        of_kind("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        of_kind("NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
    ]
    assert all(one.items() <= labels.items() for one in selectors)
    monitored = of_kind("ServiceMonitor")["spec"]["selector"]["matchLabels"]
    assert monitored.items() <= of_kind("Service")["metadata"]["labels"].items()


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
