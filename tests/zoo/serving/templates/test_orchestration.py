"""compose.yaml and kubernetes.yaml: valid, and in step with the rest of the project."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from threading import Thread

import kubernetes_validate
import pytest
import yaml

from tests.zoo.serving.templates import health
from zoo.serving.model_root import folder
from zoo.serving.servers import flags
from zoo.serving.servers.settings import Settings

AVAILABLE = '{\n "model_version_status": [\n  {\n   "state": "AVAILABLE",\n  }\n ]\n}\n'
IMAGE = f"tensorflow/serving:{folder.server_version()}-gpu"


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load(folder.template("compose.yaml").read_text(encoding="utf-8"))[
        "services"
    ]


@pytest.fixture(scope="module")
def manifests():
    text = folder.template("kubernetes.yaml").read_text(encoding="utf-8")
    return {one["kind"]: one for one in yaml.safe_load_all(text)}


@pytest.fixture(scope="module")
def containers(manifests):
    spec = manifests["Deployment"]["spec"]["template"]["spec"]
    return {container["name"]: container for container in spec["containers"]}


@pytest.fixture(scope="module")
def wanted(tmp_path_factory):
    """The options that zoo.serve gives a server, of a root that lies in /models."""
    settings = Settings(root=tmp_path_factory.mktemp("root"))
    config = PurePosixPath("/models/models.config")
    return flags.of(settings, root=PurePosixPath("/models"), config=config)


def test_the_server_of_compose(services, wanted):
    server = services["server"]
    assert server["image"] == IMAGE
    assert server["entrypoint"] == ["tensorflow_model_server"]
    assert server["command"] == wanted
    assert server["environment"]["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    (device,) = server["deploy"]["resources"]["reservations"]["devices"]
    assert device["capabilities"] == ["gpu"]


def test_only_the_proxy_is_reached_from_outside(services):
    assert "ports" not in services["server"]
    assert services["server"]["networks"] == ["inside"]
    assert services["proxy"]["ports"] == ["443:8443"]


def test_the_server_sees_no_secrets(services):
    assert "secrets" not in services["server"]
    hidden = [line.split()[0] for line in services["server"]["tmpfs"]]
    assert hidden == ["/models/proxy"]
    text = yaml.safe_load(folder.template("compose.yaml").read_text(encoding="utf-8"))
    files = [secret["file"] for secret in text["secrets"].values()]
    assert all(file.startswith("./proxy/") for file in files)


def test_what_the_proxy_is_given_is_there(services, containers):
    proxy = services["proxy"]
    inside = {line.split(":")[1]: line.split(":")[0] for line in proxy["volumes"]}
    for path, source in inside.items():
        assert source.removeprefix("./") in folder.FILES
        assert path in proxy["command"]
    command = containers["proxy"]["command"] + containers["proxy"]["args"]
    assert command == proxy["command"]


@pytest.fixture
def answer():
    """What a server answers about a model, which a test may change, and its port."""
    told = {"body": AVAILABLE}

    class Status(BaseHTTPRequestHandler):
        def do_GET(self):
            told["path"] = self.path
            body = told["body"].encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Status)
    Thread(target=server.serve_forever, daemon=True).start()
    yield told, server.server_address[1]
    server.shutdown()
    server.server_close()


def test_a_server_is_healthy_once_the_model_is_available(answer):
    told, port = answer
    assert health.check(port, "liver") == 0
    assert told["path"] == "/v1/models/liver"


@pytest.mark.parametrize("state", ["LOADING", "END"])
def test_a_server_whose_model_is_not_available(state, answer):
    told, port = answer
    told["body"] = AVAILABLE.replace("AVAILABLE", state)
    assert health.check(port, "liver") == 1


def test_no_server_is_not_healthy():
    assert health.check(1, "liver") == 1


@pytest.mark.parametrize("version", ["1.30", kubernetes_validate.latest_version()])
def test_kubernetes_takes_the_manifests(version, manifests):
    kinds = {"PersistentVolumeClaim", "Deployment", "Service", "NetworkPolicy"}
    assert {*manifests} == kinds
    for manifest in manifests.values():
        kubernetes_validate.validate(manifest, version, strict=True)


def test_the_validation_can_fail(manifests):
    wrong = {**manifests["Service"], "nosuch": 1}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.30", strict=True)


def test_the_server_in_the_pod(containers, wanted):
    server = containers["server"]
    assert server["image"] == IMAGE
    assert server["command"] + server["args"] == ["tensorflow_model_server", *wanted]
    assert server["resources"]["limits"]["nvidia.com/gpu"] == "1"
    ready = server["readinessProbe"]["httpGet"]
    assert ready == {"path": "/v1/models/MODEL", "port": "rest"}
    assert server["startupProbe"]["httpGet"] == ready


def test_only_the_proxy_of_the_pod_is_reached(manifests):
    (port,) = manifests["Service"]["spec"]["ports"]
    assert port["targetPort"] == "https"
    (allowed,) = manifests["NetworkPolicy"]["spec"]["ingress"]
    assert allowed == {"ports": [{"port": "https"}]}


def test_the_proxy_of_the_pod_finds_the_server(manifests):
    spec = manifests["Deployment"]["spec"]["template"]["spec"]
    assert spec["hostAliases"] == [{"ip": "127.0.0.1", "hostnames": ["server"]}]
    assert "server server:8500;" in folder.template("nginx.conf").read_text(
        encoding="utf-8"
    )


def test_folders_that_are_mounted_into_the_proxy_are_made():
    assert {Path(name).parent.name for name in folder.FILES} == {"", "proxy"}
