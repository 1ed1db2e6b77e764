"""The data set directory: dataset.json, manifest.csv and the shards."""

import json
import platform
from collections.abc import Iterable
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

from pipelines.errors import DataError, UsageError
from pipelines.records import formats, manifest
from pipelines.records.data_set import (
    CURE,
    DataSet,
    SplitBy,
    content_digest,
    count_groups,
)
from pipelines.records.manifest import Row
from pipelines.records.shard import Shard
from pipelines.storage import config_files, remote
from pipelines.storage.atomic_files import write_text
from pipelines.tasks.task import Task

_PACKAGES = (
    "mri-volume-zoo",
    "tensorflow",
    "numpy",
    "SimpleITK",
    "pydicom",
    "python-gdcm",
    "nibabel",
)


def write(
    directory: str | Path,
    *,
    task: Task,
    shards: Iterable[Shard],
    rows: Iterable[Row],
    key_fingerprint: str = "",
    flow: dict[str, Any] | None = None,
    split_by: SplitBy = "patient",
    series_file_sha256: str = "",
) -> DataSet:
    """Writes manifest.csv and dataset.json beside shards that are already there."""
    shards, rows = tuple(shards), tuple(rows)
    directory = Path(directory)
    write_text(directory / "manifest.csv", manifest.to_csv(rows, task))
    manifest_sha256 = remote.sha256(str(directory / "manifest.csv"))
    data = DataSet(
        path=str(directory),
        task=task,
        shards=shards,
        counts=count_groups(rows, task),
        digest=content_digest(shards, manifest_sha256),
        manifest_sha256=manifest_sha256,
        key_fingerprint=key_fingerprint,
        versions=_versions(),
        flow=flow or {},
        split_by=split_by,
        series_file_sha256=series_file_sha256,
    )
    write_text(directory / "dataset.json", to_json(data))
    return data


def to_json(data: DataSet) -> str:
    """The text of dataset.json. Class names and spec are there for other readers."""
    fields = config_files.plain(replace(data, path=""))
    del fields["path"]
    if data.split_by == "patient":
        del fields["split_by"]  # as in data sets of before
    if not data.series_file_sha256:
        del fields["series_file_sha256"]
    fields["classes"] = list(data.classes)
    fields["spec"] = data.task.spec
    return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"


def open_dataset(path: str | Path) -> DataSet:
    """Opens a data set and checks that its shards are there in their full size.

    One of format 1 says everything as today, but its `format`; see `records.formats`.

    Args:
        path: its directory, on disk or remote (see `pipelines.storage.remote`).

    Raises:
        UsageError: a path on disk that does not exist.
        DataError: no data set, one of a newer version, a shard that is missing or of
            another size, or a file system that can't be reached.
    """
    path = str(path)
    fields = _read_fields(path)
    formats.check(fields.get("format"), path)
    classes, spec = fields.pop("classes", None), fields.pop("spec", None)
    data = config_files.build(DataSet, fields | {"path": path}, name="dataset.json")
    data = formats.current(data)
    if classes != list(data.classes) or spec != data.task.spec:
        raise DataError(
            f"dataset.json of {path} contradicts itself: its task does not give the "
            f"classes and the spec that it states. {CURE}. Received: {classes}, {spec}"
        )
    for shard in data.shards:
        _check_size(data, shard)
    return data


def _read_fields(path: str) -> dict[str, Any]:
    if not remote.scheme(path) and not Path(path).exists():
        raise UsageError(
            f"{path} does not exist. Name the directory that `python -m "
            "pipelines.ingest` wrote"
        )
    try:
        fields = json.loads(remote.read_text(remote.join(path, "dataset.json")))
    except FileNotFoundError as error:
        raise DataError(
            f"{path} holds no dataset.json, so it is no data set. Name the directory "
            "that `python -m pipelines.ingest` wrote"
        ) from error
    except ValueError as error:
        raise DataError(f"dataset.json of {path} is no JSON: {error}. {CURE}") from (
            error
        )
    if not isinstance(fields, dict):
        raise DataError(f"dataset.json of {path} holds no data set. {CURE}")
    return fields


def _check_size(data: DataSet, shard: Shard) -> None:
    try:
        size_bytes = remote.size_bytes(data.shard_path(shard))
    except FileNotFoundError as error:
        raise DataError(f"{data.path} lacks the shard {shard.name}. {CURE}") from error
    if size_bytes not in (None, shard.bytes):
        raise DataError(
            f"shard {shard.name} of {data.path} has {size_bytes} bytes instead of "
            f"{shard.bytes}. {CURE}"
        )


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue  # e.g. run from a checkout, or tensorflow under another name
    return versions
