from zoo.serving.endpoint.access import Access
from zoo.serving.endpoint.served_models import ServedModels
from zoo.serving.servers import embedded
from zoo.serving.servers.settings import Settings


def called(monkeypatch, settings):
    """What the endpoint is called with after the flags that all servers get."""
    calls = []
    monkeypatch.setattr(embedded.main, "main", lambda *given: calls.append(given) or 3)
    assert embedded.run(["--port=1"], settings) == 3
    (((first, *others), makes_site),) = calls
    assert first == "--port=1"
    assert makes_site(ServedModels(), Access()).owns("/")
    return others


def test_it_listens_on_loopback(tmp_path, monkeypatch):
    assert called(monkeypatch, Settings(root=tmp_path)) == ["--host=127.0.0.1"]


def test_what_it_has_beyond_tensorflow_serving(tmp_path, monkeypatch):
    for name in ("token", "site.pem", "site.key"):
        (tmp_path / name).write_text("x" * 32, encoding="utf-8")
    settings = Settings(
        root=tmp_path,
        host="0.0.0.0",
        token_file=tmp_path / "token",
        ssl_certificate=tmp_path / "site.pem",
        ssl_key=tmp_path / "site.key",
        max_request_mib=2,
    )
    assert called(monkeypatch, settings) == [
        "--host=0.0.0.0",
        f"--token_file={tmp_path}/token",
        f"--ssl_certificate={tmp_path}/site.pem",
        f"--ssl_key={tmp_path}/site.key",
        "--max_request_bytes=2097152",
    ]
