from pathlib import Path

from zoo.serving.model_root import folder
from zoo.serving.servers import docker
from zoo.serving.servers.settings import Settings


def call(tmp_path, *, gpu=False, **told):
    (tmp_path / "root, mine").mkdir(exist_ok=True)
    settings = Settings(root=tmp_path / "root, mine", **told)
    return docker.arguments(settings, config=Path("/aside/models.config"), gpu=gpu)


def test_ports_are_published_on_loopback(tmp_path):
    arguments = call(tmp_path, port=9000, rest_port=9001)
    published = [
        after
        for option, after in zip(arguments, arguments[1:], strict=False)
        if option == "--publish"
    ]
    assert published == ["127.0.0.1:9000:9000", "127.0.0.1:9001:9001"]
    assert "[::1]:8500:8500" in call(tmp_path, host="::1")


def test_the_root_is_mounted_for_reading(tmp_path):
    assert f'type=bind,"source={tmp_path}/root, mine",target=/models,readonly' in call(
        tmp_path
    )
    assert 'type=bind,"source=/aside",target=/config,readonly' in call(tmp_path)


def test_the_pinned_image(tmp_path):
    image = f"tensorflow/serving:{folder.server_version()}"
    plain, gpu = call(tmp_path), call(tmp_path, gpu=True)
    assert image in plain and "--gpus" not in plain
    assert gpu[gpu.index("--gpus") + 1] == "all"
    assert f"{image}-gpu" in gpu


def test_the_server_reads_what_is_mounted(tmp_path):
    arguments = call(tmp_path)
    after = arguments[arguments.index("--entrypoint") :]
    assert after[1] == "tensorflow_model_server"
    assert after[3:] == [
        "--port=8500",
        "--rest_api_port=8501",
        "--model_config_file=/config/models.config",
        "--model_config_file_poll_wait_seconds=5",
        "--allow_version_labels_for_unavailable_models=true",
        "--enable_batching=true",
        "--batching_parameters_file=/models/batching.config",
        "--monitoring_config_file=/models/monitoring.config",
    ]
