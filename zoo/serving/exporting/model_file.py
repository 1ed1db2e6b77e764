"""assets.extra/model.json: what a version of a model is, and how good as far as known.

It goes with the model wherever that goes, so it holds no path, no name, no id.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from zoo.architectures import registry, user_defined
from zoo.ensembling.ensemble import Ensemble
from zoo.evaluation.last_stage.stage import LastStage
from zoo.runs import environment, json_objects
from zoo.runs.run import Run
from zoo.serving.description import STAGE
from zoo.serving.exporting import file_digest, stage_facts
from zoo.serving.exporting.difference import Difference
from zoo.serving.exporting.figures import trained_on
from zoo.targets.target_output import TargetOutput
from zoo.weights.published import sources

FILE = "model.json"
FORMAT = 1
_USE = "for research use; not a medical device"
_VERSIONS = ("python", "packages")


def text(
    runs: Sequence[Run],
    *,
    name: str,
    version: int,
    precision: str,
    figures: Mapping[str, Any],
    differences: Sequence[Difference] = (),
    ensemble: Ensemble | None = None,
    channels: Sequence[str] = (),
    tasks: Sequence[Mapping[str, Any]] = (),
    stages: Sequence[LastStage] = (),
) -> str:
    """The file's content.

    Args:
        runs: whose networks answer together; of a single one that one.
        precision: of the networks' arithmetic.
        figures: see `zoo.serving.exporting.figures`.
        differences: to the runs in float32, as far as measured.
        ensemble: how the networks answer together; none = by their mean.
        channels: that any of them sees; none = those of the first.
        tasks: of members of several tasks each of these, the first one's too: `input`,
            `task`, `spec`, `channels`, `covariates` and `data_digests`.
        stages: the last stage of each run, see `zoo.serving.exporting.stage_facts`;
            none = the networks answer alone.
    """
    run = runs[0]
    described = {
        "format": FORMAT,
        "name": name,
        "version": version,
        "use": _USE,
        "task": run.task.name,
        "spec": run.task.spec,
        "channels": list(channels or run.channels),
        "covariates": list(run.recipe.head.covariates),
        "answers": [_answer(target_output) for target_output in run.target_outputs],
        "members": _members(runs, stages),
        **_of_ensemble(ensemble),
        **({"tasks": [*tasks]} if tasks else {}),
        **({STAGE: stage_facts.together(stages)} if stages else {}),
        "precision": precision,
        "differences": [dataclasses.asdict(difference) for difference in differences],
        "data_digest": run.data_digest,
        "figures": figures,
        "exported_with": {key: environment.describe()[key] for key in _VERSIONS},
    }
    return json.dumps(described, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _answer(target_output: TargetOutput) -> dict[str, Any]:
    kind, target = target_output.kind, target_output.target
    answer = {
        "target": target.name,
        "kind": kind.name,
        "output": target_output.shown_output,
        "names": list(target_output.names),
    }
    if not (kind.single_label or kind.binary):
        return {**answer, "unit": "that of the labels of the data set"}
    return {**answer, "unit": "probability", "label": f"label{target_output.suffix}"}


def _of_ensemble(ensemble: Ensemble | None) -> dict[str, Any]:
    """The rule, and by target and fold what it learned."""
    if ensemble is None:
        return {}
    learned = {"fitted": ensemble.fitted} if ensemble.fitted else {}
    return {"ensemble": {"rule": ensemble.rule, **learned}}


def _members(runs: Sequence[Run], stages: Sequence[LastStage]) -> list[dict[str, Any]]:
    members = [_member(run) for run in runs]
    if not stages:
        return members
    return [
        member | {STAGE: stage_facts.of_run(run, stage)}
        for member, run, stage in zip(members, runs, stages, strict=True)
    ]


def _member(run: Run) -> dict[str, Any]:
    member = {
        "architecture": run.recipe.arch,
        "weights_sha256": file_digest.sha256(run.model_path),
        "trained_with": _trained_with(run),
    }
    if patients := trained_on(run):
        member["trained_on"] = patients
    if user_defined.SEPARATOR not in run.recipe.arch:
        member["citation"] = registry.get(run.recipe.arch).citation
    return member | _origin(run)


def _trained_with(run: Run) -> dict[str, Any]:
    facts = json_objects.read(run.path / "environment.json")
    return {key: facts[key] for key in _VERSIONS if key in facts}


def _origin(run: Run) -> dict[str, Any]:
    """The pretrained weights that training began with, where it did."""
    if not run.weights_sha256:
        return {}
    facts = json_objects.read(run.path / "environment.json")["weights"]
    origin = {"sha256": run.weights_sha256, "published": facts.get("published", "")}
    licences = {
        source.licence
        for files in sources.SOURCES.values()
        for source in files
        if source.file_name == origin["published"]
    }
    return {"pretrained_weights": origin | {"licence": ", ".join(sorted(licences))}}
