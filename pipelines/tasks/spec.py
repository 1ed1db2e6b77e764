"""The `spec` of a task: a digest of what the voxels and numbers of a record mean.

Data sets, runs and served models are held together by it, so that of a task that exists
never changes. What entered it when the first data sets were made enters as it did then;
a key that a later version adds to the tables enters only where it is not at its
default, so a task that does not use it keeps its `spec`. It does not follow the format
of the files.

Every key of a table is in `FIRST`, `LATER` or `NEVER`; a test asks for the decision.
"""

from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from pipelines.storage.config_files import digest, plain
from pipelines.tasks.target import Target

_MEANING = 1  # rises only if the same entries come to mean other voxels

# What `of` writes by itself. Of the main target neither source nor name.
FIRST = {
    "Task": {
        *("unit", "sequences", "target", "further_targets", "covariates"),
        *("covariate_levels", "grid", "steps"),
    },
    "Grid": {"orientation", "fit", "spacing_mm", "shape"},
    "Steps": {"n4", "registration", "background_crop", "roi_share", "roi_slices"},
    "Target": {"kind", "source", "columns", "classes", "name"},
    "Sequence": {"name"},
}
# What came since: it enters, by its name, where it is not at its default.
LATER: dict[str, set[str]] = {
    "Grid": {"centre", "centre_of"},
    "Sequence": {"derive", "b_value", "channel"},
}
# What decides which studies and series become records, how large files are, where
# samples go; and the reference, whose frame a record states in its affine.
NEVER = {
    "Task": {
        *("name", "description", "study_key", "key_column", "missing_label"),
        *("inclusion", "split"),
    },
    "Grid": {"reference"},
    "Steps": {"gzip"},
    "Sequence": {"required", "match", "or_match", "directions"},
    "Target": {"record_classes"},  # in the place of `classes`, see `of`
}


def of(task: Any) -> str:
    """16 hex digits of grid, channels, steps, targets and covariates of a task.

    Args:
        task: a `Task`; it asks for its own, so its class can't be imported here.
    """
    grid, steps, target = task.grid, task.steps, task.target
    of_mask = [steps.roi_share, steps.roi_slices] if steps.wants_mask else []
    entries: dict[str, Any] = {
        "format": _MEANING,
        "unit": task.unit,
        "channels": list(task.channels),
        "shape": list(grid.shape),
        "orientation": grid.orientation,
        "fit": grid.fit,
        "spacing_mm": list(grid.spacing_mm or ()),
        "steps": [steps.n4, steps.registration, steps.background_crop, *of_mask],
        "kind": target.kind,
        "classes": list(target.stated_classes),
        "columns": list(target.columns),
        "covariates": list(task.covariates),
    }
    if task.covariate_levels:
        levels = task.covariate_levels.items()
        entries["covariate_levels"] = {name: list(every) for name, every in levels}
    if task.further_targets:
        entries["further_targets"] = [_further(one) for one in task.further_targets]
    return digest(entries | _later_of_all(task))


def _further(target: Target) -> dict[str, Any]:
    """A further target as the first ones were written, and what is new."""
    table = plain(target)
    return {key: table[key] for key in sorted(FIRST["Target"])} | _later("", target)


def _later_of_all(task: Any) -> dict[str, Any]:
    sections = {"": task, "grid.": task.grid, "steps.": task.steps}
    sections["target."] = task.target
    sections |= {f"sequences.{one.name}.": one for one in task.sequences}
    return {
        key: value
        for prefix, section in sections.items()
        for key, value in _later(prefix, section).items()
    }


def _later(prefix: str, section: Any) -> dict[str, Any]:
    """The keys of a table that came since and are not at their default."""
    kind = type(section).__name__
    told = FIRST[kind] | NEVER.get(kind, set())
    used = _not_default(section)
    return {prefix + key: value for key, value in used.items() if key not in told}


def _not_default(section: Any) -> dict[str, Any]:
    """The keys of a table that are not at their default; of tables in it likewise."""
    return {
        key.name: _plain(getattr(section, key.name))
        for key in fields(section)
        if getattr(section, key.name) != _default(key)
    }


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return _not_default(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _default(key: Field) -> Any:
    return key.default if key.default_factory is MISSING else key.default_factory()
