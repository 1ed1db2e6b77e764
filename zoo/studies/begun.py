"""What a study directory was begun with, and what differs.

OUT/begun.json holds the study, the options and what the source was like. A study that
goes on must be the same in all three: finished steps are never run again.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.storage import atomic_files, config_files, output_paths
from pipelines.tables import table_file
from pipelines.tasks.task import Task
from zoo.recipes.recipe import Recipe
from zoo.runs import json_objects
from zoo.studies import quick_tasks, steps
from zoo.studies.request import Request

FILE = "begun.json"
_ABSENT = "nothing"


def begin(request: Request, recipes: dict[str, Recipe]) -> None:
    """Begins the study in its directory, or goes on with the one that is there.

    Writes what is trained into `recipes/`, and into `tasks/` what --quick ingests by.

    Raises:
        UsageError: the directory holds something else, or a study that was begun
            otherwise: the message says what differs.
    """
    wanted = facts(request, recipes)
    path = request.out / FILE
    if path.is_file():
        _check_same(json_objects.read(path), wanted, request)
    else:
        _check_empty(request.out)
        output_paths.check_directory(request.out, "--out")
        request.out.mkdir(parents=True, exist_ok=True)
        atomic_files.write_text(path, json_objects.text(wanted))
    for training in request.trainings:
        _write(steps.recipe_path(request, training), recipes[training.name])
    for name, task in quick_tasks.quick_tasks(request).items():
        _write(steps.quick_task_path(request, name), task)


def _check_empty(out: Path) -> None:
    if out.exists() and (not out.is_dir() or _holds_anything(out)):
        raise UsageError(
            f"{out} exists and is no study. Choose another --out, or remove it"
        )


def _write(path: Path, value: Recipe | Task) -> None:
    """Unless an attempt before did: what is trained by it stays as it was."""
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic_files.write_text(path, config_files.to_toml(value))


def facts(request: Request, recipes: dict[str, Recipe]) -> dict[str, Any]:
    """What two attempts at one study must have in common; no paths, no names."""
    return {
        "format": 1,
        "name": request.name,
        "study": config_files.plain(request.study),
        "recipes": {name: config_files.plain(r) for name, r in recipes.items()},
        "options": {
            "cohort": request.kind,
            "scale": request.scale,
            "quick": request.quick,
            "seed": request.seed or 0,
            "weights": "none" if request.without_weights else "as the recipes say",
            "split_by_image": request.by_image,
            "variants": request.variants,
        },
        "source": dict(_source(request)),
    }


def _source(request: Request) -> Iterator[tuple[str, Any]]:
    """Fingerprints of the user's files."""
    if request.kind == "dicom":
        files = sorted(p for p in request.source.rglob("*") if p.is_file())
        sizes = [p.stat().st_size for p in files]
        names = (
            f"{os.fspath(p.relative_to(request.source))}\0{size}"
            for p, size in zip(files, sizes)
        )
        yield "files", len(files)
        yield "bytes", sum(sizes)
        yield "names", _digest("\n".join(names).encode(errors="surrogateescape"))
    for word, path in (
        ("table", request.source if request.kind == "table" else None),
        ("labels", request.labels),
        ("masks", request.masks),
    ):
        if path is not None:
            yield word, _digest(table_file.split_sheet(path)[0].read_bytes())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _check_same(begun: dict, wanted: dict, request: Request) -> None:
    changed = list(differences(begun, wanted))
    if changed:
        raise UsageError(
            f"{request.out} was begun otherwise, and its finished steps are not run "
            f"again. What differs: {'; '.join(changed[:8])}"
            f"{f'; and {len(changed) - 8} more' if changed[8:] else ''}. Go on with "
            "what it was begun with, or choose another --out"
        )


def differences(before: Any, now: Any, where: str = "") -> Iterator[str]:
    """Where two values of JSON differ, in words.

    >>> list(differences({"a": [1]}, {"a": [2]}))
    ['a.0 was 1, is 2']
    """
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted({*before, *now}):
            below = f"{where}.{key}" if where else key
            yield from differences(
                before.get(key, _ABSENT), now.get(key, _ABSENT), below
            )
    elif isinstance(before, list) and isinstance(now, list):
        if len(before) != len(now):
            yield f"{where} had {len(before)} entries, has {len(now)}"
            return
        for place, (old, new) in enumerate(zip(before, now)):
            yield from differences(old, new, f"{where}.{place}")
    elif before != now:
        yield f"{where} was {before}, is {now}"


def _holds_anything(folder: Path) -> bool:
    return any(not p.name.startswith(".") for p in folder.iterdir())
