"""A process that tries bfloat16 on this CPU: it may crash, and takes only itself along.

    python -m zoo.training.precision_trial devices|check|measure REQUEST

REQUEST is that of `zoo.training.trial_request`. The answers are lines of JSON:
`{"gpus": [...]}`, `{"layer": name}` before each layer that is tried, `{"wrong": {...}}`
of the first that goes wrong, `{"gain": float}` and `{"done": true}`.
"""

import dataclasses
import json
import math
import statistics
import sys
import time
from collections.abc import Callable

from pipelines import command
from zoo.recipes.recipe import Recipe
from zoo.training import fold_process, trial_request
from zoo.training.trial_request import TrialRequest

ROUNDS = 5
_WARM_UP = 2
_SEED = 0


def main() -> int:
    """Answers one request."""
    request = trial_request.from_json(sys.argv[2])
    from zoo.classifier import precision

    gpus = precision.gpus()
    _answer({"gpus": gpus})
    asked = "devices" if gpus else sys.argv[1]
    if asked != "devices" and _is_right(request) and asked == "measure":
        _answer({"gain": _gain(request)})
    _answer({"done": True})
    return 0


def _answer(value: dict) -> None:
    print(json.dumps(value), flush=True)


def _is_right(request: TrialRequest) -> bool:
    """Whether every convolution of the network is right in bfloat16; it answers."""
    from zoo.architectures import registry
    from zoo.classifier import convolution_check, layers, precision

    recipe = _computing_in(request.recipe, precision.BRAIN)
    architecture = registry.get(recipe.arch)
    backbone = layers.build_backbone(recipe, architecture, request.shape, _SEED)
    for name in convolution_check.unknown(backbone):
        _answer({"layer": name})
        _answer({"wrong": {"what is no layer, and can't be checked": math.inf}})
        return False
    batch = recipe.optimisation.batch_size
    if architecture.rank == 2:
        batch *= recipe.slices.train
    for on_shape in convolution_check.convolutions(backbone):
        _answer({"layer": on_shape.layer.name})
        wrong = convolution_check.wrong(on_shape, batch)
        if wrong:
            _answer({"wrong": wrong})
            return False
    return True


def _gain(request: TrialRequest) -> float:
    """How many times as fast a training step is in bfloat16 as in float32.

    The median over rounds of both, one behind the other. The targets are two classes:
    heads and losses are in float32 either way.
    """
    from zoo.classifier import precision

    full, brief = (_step(request, name) for name in (precision.FULL, precision.BRAIN))
    for _ in range(_WARM_UP):
        full(), brief()
    return statistics.median(full() / brief() for _ in range(ROUNDS))


def _step(request: TrialRequest, named: str) -> Callable[[], float]:
    """A training step on noise, which gives its seconds."""
    import tensorflow as tf

    from zoo.architectures import registry
    from zoo.classifier import classifier, filter_gradient
    from zoo.targets.target_output import outputs_of_classes
    from zoo.training.data.target_encoding import encoded
    from zoo.training.loop.compile import compile_model
    from zoo.training.losses.class_weights import of_heads, weighed

    recipe = _computing_in(request.recipe, named)
    outputs = outputs_of_classes(2)
    network = classifier.build(
        recipe,
        registry.get(recipe.arch),
        shape=request.shape,
        target_outputs=outputs,
        seed=_SEED,
    )
    model = network.training
    filter_gradient.mend(model)
    weighted = (weighed(outputs[0], [[0.0], [1.0]], "none"),)
    compile_model(model, weighted, recipe.optimisation, {})
    batch = recipe.optimisation.batch_size
    volumes = tf.random.stateless_normal((batch, *model.input_shape[1:]), (_SEED, 0))
    target = tf.cast(tf.range(batch)[:, None] % 2, tf.float32)
    heads = {
        head: encoded(target, output)
        for head, output in of_heads(model.output, weighted).items()
    }
    targets = {head: values for head, (values, _) in heads.items()}
    weights = {head: weight for head, (_, weight) in heads.items()}

    def seconds() -> float:
        begun = time.perf_counter()
        model.train_on_batch(volumes, targets, sample_weight=weights)
        return time.perf_counter() - begun

    return seconds


def _computing_in(recipe: Recipe, named: str) -> Recipe:
    """The recipe in a precision, with a learning rate that is a number."""
    rate = recipe.optimisation.learning_rate
    optimisation = dataclasses.replace(
        recipe.optimisation,
        precision=named,
        learning_rate=1e-4 if rate == "auto" else rate,
    )
    return dataclasses.replace(recipe, optimisation=optimisation)


if __name__ == "__main__":
    fold_process.end_with_parent()
    fold_process.leave_signals_to_parent()
    command.quiet_tensorflow()
    sys.exit(main())
