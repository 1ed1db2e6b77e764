"""A page of small exported models, and plain HTTP to ask it as the page does."""

import contextlib
import http.client
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoo.serving.endpoint.access import Access
from zoo.serving.endpoint.admission import Admission
from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.loading import Loader
from zoo.serving.endpoint.metrics import Metrics
from zoo.serving.endpoint.rest_server import RestOptions, RestServer
from zoo.serving.endpoint.served_models import ServedModels
from zoo.serving.page import api
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.site import PageSite

BINARY = {"Content-Type": "application/octet-stream"}
JSON = {"Content-Type": "application/json"}
TOKEN = "a token of 16 or more".replace(" ", "-")


def served(root, *names):
    """The models of a model root, version 1 of each, loaded as the endpoint does."""
    models, limits = ServedModels(), Limits()
    loader = Loader(
        limits=limits,
        admission=Admission(limits),
        metrics=Metrics(),
        warms_up=False,
        batching=None,
    )
    for name in names:
        models.add(loader.load(name, 1, Path(root) / name / "1"))
    return models


@contextlib.contextmanager
def page_port(models, *, token=None, limits=None, only_here=True):
    """The port of a server with the page, which stops at the end of `with`."""
    access = Access(token=token)
    site = PageSite(
        models,
        access,
        only_here=only_here,
        scheme="http",
        limits=limits or PageLimits(),
    )
    server = RestServer(
        models,
        limits=Limits(),
        access=access,
        metrics=Metrics(),
        options=RestOptions(site=site),
    )
    try:
        yield server.start()
    finally:
        server.stop(5.0)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes
    headers: object

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """Code of the error."""
        return self.json["error"]["code"]

    @property
    def head(self):
        """The JSON before the voxels."""
        return json.loads(self.body[4 : 4 + self._length])

    def volume(self, sequence):
        """The voxels of one of its sequences, `[D, H, W]`."""
        shape = sequence["shape"]
        start = 4 + self._length + sequence["offset"]
        return np.frombuffer(
            self.body, "<f4", int(np.prod(shape)), offset=start
        ).reshape(shape)

    def file(self, entry):
        """The bytes of a file, by its entry in the head."""
        start = 4 + self._length + entry["offset"]
        return self.body[start : start + entry["size"]]

    @property
    def _length(self):
        return int.from_bytes(self.body[:4], "little")


def ask(port, method, path, body=None, headers=None):
    """One answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    with contextlib.closing(connection):
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return Answer(status=answer.status, body=answer.read(), headers=answer.headers)


def manifest(files, *, model="small", version=1, **more):
    """The list of files as the page writes it."""
    return {
        "model": model,
        "version": version,
        "files": [{"name": name, "size": len(body)} for name, body in files.items()],
        "sequences": {},
        "mask": None,
        "covariates": {},
        **more,
    }


def body_of(files, listed):
    """A whole body."""
    text = json.dumps(listed).encode()
    return len(text).to_bytes(4, "little") + text + b"".join(files.values())


def upload(port, files, *, headers=None, **more):
    """The answer to files by name."""
    body = body_of(files, manifest(files, **more))
    return ask(port, "POST", "/page/api/studies", body, {**BINARY, **(headers or {})})


def folder_files(folder):
    """What a browser sends of a folder: the path below it, and the bytes."""
    folder = Path(folder)
    return {
        f"{folder.name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def left_over():
    """Private folders of uploads that are there now."""
    return [*Path(tempfile.gettempdir()).glob(f"{api.FOLDERS}*")]
