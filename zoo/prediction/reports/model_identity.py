"""Which model a report is of, wherever that model is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.prediction.reports import wording

if TYPE_CHECKING:
    from zoo.runs.run import Run


@dataclass(frozen=True, kw_only=True)
class ModelIdentity:
    """A model as a report names it; says nothing of a place or a patient.

    Args:
        architectures: of its networks, each once.
        digests: SHA-256 of the model file of each network; empty where an endpoint does
            not say them.
        stages: likewise of each last stage, where the networks have one.
        combined: how several networks make one answer; "" of a single one.
        served: name and version at an endpoint; "" of a run.
        members: names of those of an ensemble, of which some may abstain.
    """

    architectures: tuple[str, ...]
    digests: tuple[str, ...]
    stages: tuple[str, ...] = ()
    combined: str = ""
    served: str = ""
    members: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """One SHA-256 for all of it: of a single network that of its model file."""
        parts = (*self.digests, *self.stages) or (self.served,)
        if self.digests and len(parts) == 1:
            return parts[0]
        return hashlib.sha256("\n".join((*parts, self.combined)).encode()).hexdigest()

    @property
    def version(self) -> str:
        """Of the software, and which model it ran."""
        if self.digests:
            return f"{software_version()}, model {self.digest[:16]}"
        return f"{software_version()}, model {self.served}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """What else tells it from others, a line each."""
        lines = [f"SHA-256 of the model file: {digest}" for digest in self.digests]
        lines += [f"SHA-256 of its last stage: {digest}" for digest in self.stages]
        if self.combined:
            lines.append(self.combined)
        if len(lines) > 1 and self.digests:
            lines.append(f"SHA-256 of all: {self.digest}")
        if self.served:
            lines.append(f"served as {self.served}")
        return tuple(lines)


def software_version() -> str:
    """Of this software; "unknown" where it is not installed."""
    try:
        return metadata.version(wording.SOFTWARE)
    except metadata.PackageNotFoundError:
        return "unknown"


def of_runs(runs: Sequence[Run]) -> ModelIdentity:
    """Of a run, or of the mean of those of all folds."""
    stages = [run.last_stage_path for run in runs if run.last_stage_path.is_file()]
    return ModelIdentity(
        architectures=_once(run.recipe.arch for run in runs),
        digests=tuple(_sha256(run.model_path) for run in runs),
        stages=tuple(map(_sha256, stages)),
        combined=f"mean of {len(runs)} folds" if len(runs) > 1 else "",
    )


def of_ensemble(
    rule: str,
    models: Mapping[str, Mapping[str, str]],
    architectures: Iterable[str],
) -> ModelIdentity:
    """Of an ensemble.

    Args:
        rule: by which its members answer together.
        models: SHA-256 of the model of each fold, by the name of the member.
        architectures: of its networks.
    """
    return ModelIdentity(
        architectures=_once(architectures),
        digests=tuple(d for by_fold in models.values() for d in by_fold.values()),
        combined=f"ensemble of {len(models)} members by the rule {rule}",
        members=tuple(models),
    )


def of_served(
    name: str, version: int, *, about: str, members: Sequence[str] = ()
) -> ModelIdentity:
    """Of a model at an endpoint.

    Args:
        about: its model.json.
        members: of an ensemble of several tasks, of which some may abstain.
    """
    served = f"{name}, version {version}"
    try:
        said = json.loads(about)
        networks = said.get("members", [])
        digests = tuple(str(network["weights_sha256"]) for network in networks)
        stages = [network.get("last_stage") for network in networks]
        rule = said.get("ensemble", {}).get("rule", "mean")
        return ModelIdentity(
            architectures=_once(str(network["architecture"]) for network in networks),
            digests=digests,
            stages=tuple(str(stage["sha256"]) for stage in stages if stage),
            combined=f"{len(digests)} networks by the rule {rule}"
            if len(digests) > 1
            else "",
            served=served,
            members=tuple(members),
        )
    except (ValueError, TypeError, KeyError, AttributeError):  # another's model.json
        return ModelIdentity(
            architectures=(), digests=(), served=served, members=tuple(members)
        )


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
