import pytest

from pipelines.errors import UsageError
from tests.zoo.serving.servers import programs
from zoo.serving.servers import choice, docker
from zoo.serving.servers.choice import Choice
from zoo.serving.servers.settings import Settings

ANSWERS = "print('{\"runc\": {}}'); sys.exit(0)"
WITH_GPU = 'print(\'{"runc": {}, "nvidia": {}}\'); sys.exit(0)'


@pytest.fixture
def path(tmp_path, monkeypatch):
    """The one folder on PATH, empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def put_server(path):
    programs.put(path / "tensorflow_model_server", path / "note")


def put_docker(path, info):
    programs.put(path / "docker", path / "note", info=info)


def test_the_server_goes_first(path):
    put_server(path)
    put_docker(path, ANSWERS)
    program = str(path / "tensorflow_model_server")
    assert choice.choose(None) == Choice(kind="server", program=program)
    assert choice.choose("docker") == Choice(kind="docker")
    assert choice.choose("embedded") == Choice(kind="embedded")


@pytest.mark.parametrize(("info", "gpu"), [(ANSWERS, False), (WITH_GPU, True)])
def test_then_docker(info, gpu, path):
    put_docker(path, info)
    assert choice.choose(None) == Choice(kind="docker", gpu=gpu)


@pytest.mark.parametrize(
    "info", ["sys.exit(1)", "print('junk'); sys.exit(0)", "print(3); sys.exit(0)"]
)
def test_a_docker_without_daemon_is_none(info, path):
    put_docker(path, info)
    assert choice.choose(None) == Choice(kind="embedded")


def test_a_daemon_that_hangs_is_none(path, monkeypatch):
    monkeypatch.setattr(docker, "_ANSWER_SECONDS", 0.2)
    put_docker(path, "time.sleep(60)")
    assert choice.choose(None) == Choice(kind="embedded")


def test_no_server_where_one_is_wanted(path):
    with pytest.raises(UsageError, match="--with server wants tensorflow_model_server"):
        choice.choose("server")


def test_no_docker_where_one_is_wanted(path):
    with pytest.raises(UsageError, match="--with docker wants Docker, whose daemon"):
        choice.choose("docker")


@pytest.fixture
def token(tmp_path):
    file = tmp_path / "token"
    file.write_text("x" * 32, encoding="utf-8")
    return file


def test_the_embedded_endpoint_wants_a_token_for_others(tmp_path, token):
    embedded = Choice(kind="embedded")
    choice.check(embedded, Settings(root=tmp_path))
    choice.check(embedded, Settings(root=tmp_path, host="0.0.0.0", token_file=token))
    with pytest.raises(UsageError, match="--host 0.0.0.0 lets other machines ask"):
        choice.check(embedded, Settings(root=tmp_path, host="0.0.0.0"))


@pytest.mark.parametrize("kind", ["server", "docker"])
@pytest.mark.parametrize(
    "named", ["token_file", "ssl_certificate", "max_request_mib", "host"]
)
def test_what_tensorflow_serving_does_not_know(kind, named, tmp_path, token):
    values = {"max_request_mib": 9, "host": "0.0.0.0"}
    told = {named: values.get(named, token)}
    if named == "ssl_certificate":
        told["ssl_key"] = token
    option = f"--{named.replace('_', '-')}"
    choice.check(Choice(kind=kind), Settings(root=tmp_path))
    with pytest.raises(UsageError, match=f"TensorFlow Serving has no {option}"):
        choice.check(Choice(kind=kind), Settings(root=tmp_path, **told))
