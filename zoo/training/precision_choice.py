"""In which precision a network computes on this CPU: settled once, before it trains.

`"auto"` becomes bfloat16 where the CPU has the instructions, every convolution of this
network at this shape is right in it, and a training step is `LEAST_GAIN` times as fast;
else float32. `"mixed_bfloat16"` is held to the second alone. Both are found out in a
process of its own, for what goes wrong in 16 bits may end it. A run that is to be
deterministic is not decided by a clock: there `"auto"` is float32 on every CPU, and the
process is asked for GPUs alone.

Nothing here loads TensorFlow, so that a parent of many processes can ask.
"""

import dataclasses
import functools
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

from pipelines.batches.selection import channel_indices
from pipelines.errors import UsageError
from pipelines.tasks.task import Task
from zoo.architectures import registry
from zoo.classifier import cpu_instructions, input_checks
from zoo.recipes.recipe import Recipe
from zoo.training import fold_process, trial_request
from zoo.training.trial_request import TrialRequest

LEAST_GAIN = 1.15
TRIED = ("auto", "mixed_bfloat16")
_SECONDS = 1200  # a broken convolution may also never return


@dataclasses.dataclass(frozen=True, kw_only=True)
class Trial:
    """What a trial found.

    Args:
        gpus: compute capabilities; where there are some, nothing else was tried.
        fault: what is wrong in bfloat16, in words; empty = nothing.
        gain: speed of a step by that in float32; none = not measured.
    """

    gpus: tuple[tuple[int, int], ...] = ()
    fault: str = ""
    gain: float | None = None


def settled(
    recipe: Recipe,
    shape: tuple[int, int, int, int],
    *,
    deterministic: bool = False,
) -> Recipe:
    """The recipe with a precision that is taken as written from now on.

    What it decides of `"auto"` it says on standard error.

    Args:
        shape: D, H, W, C of a volume.
        deterministic: whether the run keeps to what repeats itself.

    Raises:
        UsageError: bfloat16 was named, and a layer is wrong in it.
    """
    wanted = recipe.optimisation.precision
    if wanted not in TRIED:
        return recipe
    if wanted == "auto":
        chosen, reason = decided(recipe, shape, deterministic=deterministic)
        print(f"precision auto: {chosen}, {reason}", file=sys.stderr)
        return computing_in(recipe, chosen)
    trial = _trial("check", network(recipe, shape))
    if trial.gpus:
        return recipe
    if trial.fault:
        raise UsageError(
            f"{recipe.arch} can't be trained in {wanted} on this CPU: {trial.fault}"
            f"{_coarse()}. Take float32 as --optimisation.precision, or auto"
        )
    return recipe


def decided(
    recipe: Recipe,
    shape: tuple[int, int, int, int],
    *,
    deterministic: bool = False,
) -> tuple[str, str]:
    """What `"auto"` is for the network of a recipe on this machine, and why.

    Args:
        shape, deterministic: as of `settled`.
    """
    able = cpu_instructions.has_bfloat16()
    kind = "measure" if able and not deterministic else "devices"
    trial = _trial(kind, network(recipe, shape))
    if trial.gpus:
        from zoo.classifier import precision

        return precision.resolved("auto", trial.gpus), "by what the GPUs can do"
    if not able:
        names = " or ".join(cpu_instructions.BFLOAT16)
        return "float32", f"for this CPU has no {names}"
    if deterministic:
        return "float32", "for a clock may not decide what is to be deterministic"
    if trial.fault:
        return "float32", f"for in bfloat16 {trial.fault}"
    if trial.gain is None or trial.gain < LEAST_GAIN:
        return "float32", f"for bfloat16 is {trial.gain or 0:.2f} times as fast here"
    return "mixed_bfloat16", f"{trial.gain:.2f} times as fast as float32 here"


def _coarse() -> str:
    """What is known to make bfloat16 slow and coarse on a CPU, where it is so."""
    if not cpu_instructions.has_bfloat16():
        names = " or ".join(cpu_instructions.BFLOAT16)
        return f"; it has no {names}, without which bfloat16 is slow and coarse"
    if os.environ.get("TF_ENABLE_ONEDNN_OPTS") != "0":
        return ""
    return (
        "; TF_ENABLE_ONEDNN_OPTS=0, also of sweeps with --deterministic, keeps it from "
        "the CPU's own instructions"
    )


def network(recipe: Recipe, shape: tuple[int, int, int, int]) -> str:
    """What a trial is asked of, in words that are alike where its answer is.

    Neither the rest of the optimisation nor dropout before the output has a share.

    Args:
        shape: as of `settled`.
    """
    plain = Recipe(
        arch=recipe.arch,
        sequences=recipe.sequences,
        normalisation=recipe.normalisation,
        weights=recipe.weights,
        pixels=recipe.pixels,
        slices=recipe.slices,
        head=dataclasses.replace(recipe.head, dropout=type(recipe.head)().dropout),
        optimisation=dataclasses.replace(
            type(recipe.optimisation)(), batch_size=recipe.optimisation.batch_size
        ),
    )
    return trial_request.to_json(TrialRequest(recipe=plain, shape=shape))


def shape_seen(recipe: Recipe, task: Task) -> tuple[int, int, int, int]:
    """D, H, W, C of the volumes that the network of a recipe is given.

    Raises:
        UsageError: the network can't see such volumes, or no such sequences.
    """
    channels = channel_indices(task, recipe.sequences)
    shape = (*task.grid.shape, len(channels))
    input_checks.check(recipe, registry.get(recipe.arch), shape)
    return shape


@functools.cache
def _trial(kind: str, request: str) -> Trial:
    """What the trial's process answers; of one that asks anew, the same."""
    command = [sys.executable, "-m", "zoo.training.precision_trial", kind, request]
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as answers,
        tempfile.TemporaryFile("w+", encoding="utf-8") as words,
    ):
        try:
            code = fold_process.run(
                command, stdout=answers, stderr=words, timeout=_SECONDS
            )
        except subprocess.TimeoutExpired:
            code = None
        answers.seek(0)
        words.seek(0)
        last = words.read().strip().rpartition("\n")[2]
        return read(list(_answers(answers)), code, last)


def _answers(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The whole lines that are answers, among what libraries print (oneDNN may)."""
    for line in lines:
        if line.startswith("{") and line.endswith("\n"):
            yield json.loads(line)


def read(lines: list[dict[str, Any]], code: int | None, last_words: str) -> Trial:
    """What a trial found, of its answers.

    Args:
        code: with which its process ended; none = it didn't, and was ended.
        last_words: of its standard error.
    """
    known: dict[str, Any] = {}
    for line in lines:
        known |= line
    layer = known.get("layer")
    place = f"at the layer {layer}" if layer else "before the first layer"
    fault = ""
    if "wrong" in known:
        name, error = max(known["wrong"].items(), key=lambda item: item[1])
        size = f" ({error:.2g} of it)" if math.isfinite(error) else ""
        fault = f"the layer {layer} gets its {name} wrong{size}"
    elif "done" not in known:
        ended = f"ended with exit code {code}"
        if code is None:
            ended = f"did not end within {_SECONDS // 60} minutes"
        fault = f"a trial {ended} {place}"
        fault += f": {last_words}" if code is not None and code > 0 else ""
    gpus = tuple((major, minor) for major, minor in known.get("gpus", ()))
    return Trial(gpus=gpus, fault=fault, gain=known.get("gain"))


def computing_in(recipe: Recipe, named: str) -> Recipe:
    """The recipe in a precision."""
    optimisation = dataclasses.replace(recipe.optimisation, precision=named)
    return dataclasses.replace(recipe, optimisation=optimisation)
