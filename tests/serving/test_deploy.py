"""What lies in deploy/ is in step with the code."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client import generate_latest

from benchmarks.free_port import free_port
from cli.app import COMMANDS
from cli.work.serve import SPARE_SECONDS
from serving.limits import MIB, Limits
from serving.observe.gc_pauses import GcPauses
from serving.observe.metrics import Metrics
from serving.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
VARIABLES = {f"ASSAY_{name.upper()}" for name in Settings.model_fields} | {"ASSAY_CONFIG"}
PAGE = ROOT / "docs" / "serving.md"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
OPENSSL = shutil.which("openssl")
AROUND = """pid nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include assay.conf;
}
"""

FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(DEPLOY).as_posix())
def test_every_variable_is_a_setting(path):
    assert set(re.findall(r"\bASSAY_[A-Z_]+", path.read_text())) <= VARIABLES


def test_the_composition_names_what_there_is():
    parts = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert set(parts["services"]) == {"assay", "database", "mlflow"}
    assay = parts["services"]["assay"]
    assert assay["command"][0] in COMMANDS
    database = assay["environment"]["ASSAY_DATABASE"]
    assert database.startswith("postgresql+psycopg://assay:") and "@database/" in database
    assert set(assay["depends_on"]) == {"database"}
    drain = float(assay["environment"]["ASSAY_DRAIN_SECONDS"])
    longest = drain + Limits().request_seconds + SPARE_SECONDS
    assert int(assay["stop_grace_period"].removesuffix("s")) > longest
    for service in parts["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
        if "build" in service:
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()
        named = {volume.partition(":")[0] for volume in service["volumes"]}
        assert named <= set(parts["volumes"])


def test_the_proxy_lets_through_what_the_service_takes():
    text = (DEPLOY / "nginx.conf").read_text()
    most = int(re.search(r"client_max_body_size (\d+)m;", text)[1]) * MIB
    assert most == Settings.model_fields["desk_upload_bytes"].default
    assert most >= Limits.model_fields["largest_batch_bytes"].default
    jobs = int(re.search(r"client_max_body_size (\d+)g;", text)[1]) * 2**30
    assert jobs == Settings.model_fields["job_bytes"].default
    wait = int(re.search(r"proxy_read_timeout (\d+)s;", text)[1])
    assert wait > Limits.model_fields["request_seconds"].default
    assert re.search(r"client_header_timeout \d+s;", text)
    assert re.search(r"limit_conn addresses \d+;", text)
    assert text.count("{") == text.count("}")


@pytest.mark.skipif(not (NGINX and OPENSSL), reason="nginx or openssl is not installed")
def test_nginx_takes_the_proxy_s_configuration(tmp_path):
    subprocess.run(
        [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-subj", "/CN=assay.example",
         "-keyout", tmp_path / "assay.key", "-out", tmp_path / "assay.pem"],
        capture_output=True, check=True,
    )  # fmt: skip
    text = (DEPLOY / "nginx.conf").read_text().replace("/etc/ssl/", f"{tmp_path}/")
    (tmp_path / "assay.conf").write_text(text.replace("listen 443 ", f"listen 127.0.0.1:{free_port()} "))
    (tmp_path / "nginx.conf").write_text(AROUND)
    command = [NGINX, "-t", "-e", "stderr", "-p", tmp_path, "-c", tmp_path / "nginx.conf"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


def test_the_proxy_says_itself_who_asks():
    """Failures are counted by what a proxy on this machine says; what nginx does not set, it passes on."""
    _, *places = re.split(r"\n    location ", (DEPLOY / "nginx.conf").read_text())
    passed = [place for place in places if "proxy_pass" in place]
    assert passed and all("proxy_set_header X-Forwarded-For $remote_addr;" in place for place in passed)


def test_the_dashboard_asks_for_what_is_counted():
    metrics = Metrics(GcPauses())
    counted = set(re.findall(r"^# TYPE (\w+)", generate_latest(metrics.registry).decode(), re.M))
    counted |= {f"{name}_bucket" for name in counted}
    panels = json.loads((DEPLOY / "grafana.json").read_text())["panels"]
    asked = {
        name
        for panel in panels
        for target in panel["targets"]
        for name in re.findall(r"\bassay_\w+", target["expr"])
    }
    assert asked <= counted
    assert len(panels) == len({panel["id"] for panel in panels})


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")
def test_the_typescript_example_parses(tmp_path):
    example = re.search(r"```ts\n(.*?)```", PAGE.read_text(), re.S)[1]
    path = tmp_path / "example.mts"
    path.write_text(example)
    done = subprocess.run(["node", "--check", path], capture_output=True, text=True, check=False)
    if "ERR_UNKNOWN_FILE_EXTENSION" in done.stderr:
        pytest.skip("this node reads no TypeScript")
    assert done.returncode == 0, done.stderr


def test_the_page_names_every_figure_that_is_counted():
    text = generate_latest(Metrics(GcPauses()).registry).decode()
    names = {name for name in re.findall(r"^# TYPE (\w+)", text, re.M) if not name.endswith("_created")}
    page = PAGE.read_text()
    assert not {name for name in names if name not in page}
