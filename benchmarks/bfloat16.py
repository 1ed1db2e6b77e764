"""Training steps in bfloat16 against float32 on this CPU, and whether they stay finite.

    python benchmarks/bfloat16.py speed --arch resnet3d18 cnn3d --shape 32 64 64
    python benchmarks/bfloat16.py finite --steps 2000 --json steps.json

`speed`: what `precision = "auto"` tries before a run begins: every convolution against
float32, then steps of both in turn; the median of five rounds' ratios.

`finite`: steps on noise, of which every gradient is looked at. With `--json` the number
of steps that were finite is written down every 50 steps, and a later call goes on from
there (with new weights: what is counted are steps, not a training).
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipelines import command
from pipelines.errors import DataError
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Recipe
from zoo.training import fold_process, trial_request
from zoo.training.trial_request import TrialRequest

_EVERY = 50  # steps between two notes


def parse(argv):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("speed", "finite"))
    parser.add_argument("--arch", nargs="+", default=["resnet3d18"], metavar="NAME")
    parser.add_argument("--shape", type=int, nargs=3, default=(32, 64, 64))
    parser.add_argument("--batch", type=int, default=4, help="samples a step (4)")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--json", type=Path, help="where the steps are counted")
    return parser.parse_args(argv)


def request(architecture, asked):
    optimisation = Optimisation(precision="mixed_bfloat16", batch_size=asked.batch)
    recipe = Recipe(arch=architecture, optimisation=optimisation)
    return TrialRequest(recipe=recipe, shape=(*asked.shape, 1))


def speed(asked):
    for architecture in asked.arch:
        text = trial_request.to_json(request(architecture, asked))
        module = "zoo.training.precision_trial"
        code = fold_process.run(
            [sys.executable, "-m", module, "measure", text], stdout=sys.stdout
        )
        print(f"{architecture}: exit code {code}", flush=True)


def finite(asked):
    import keras
    import tensorflow as tf

    from zoo.architectures import registry
    from zoo.classifier import classifier, filter_gradient
    from zoo.targets.target_output import outputs_of_classes

    keras.utils.set_random_seed(0)
    asked_of = request(asked.arch[0], asked)
    network = classifier.build(
        asked_of.recipe,
        registry.get(asked_of.recipe.arch),
        shape=asked_of.shape,
        target_outputs=outputs_of_classes(2),
        seed=0,
    )
    model = network.training
    filter_gradient.mend(model)
    optimizer = keras.optimizers.Adam(3e-4)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    weights = model.trainable_variables
    optimizer.build(weights)

    @tf.function(jit_compile=False)
    def step(batch, target):
        with tf.GradientTape() as tape:
            value = loss(target, tf.nest.flatten(model(batch, training=True))[0])
        gradients = tape.gradient(value, weights)
        optimizer.apply(gradients, weights)
        return tf.reduce_all([tf.reduce_all(tf.math.is_finite(g)) for g in gradients])

    done = 0
    if asked.json and asked.json.is_file():
        done = json.loads(asked.json.read_text(encoding="utf-8"))["finite"]
    target = tf.range(asked.batch) % 2
    for number in range(done, asked.steps):
        batch = tf.random.stateless_normal((asked.batch, *asked_of.shape), (number, 0))
        if not step(batch, target):
            raise DataError(f"a gradient of step {number + 1} isn't finite")
        if asked.json and (number + 1) % _EVERY == 0:
            note = {"finite": number + 1, "tensorflow": tf.__version__}
            asked.json.write_text(json.dumps(note) + "\n", encoding="utf-8")
    print(f"{asked.steps} steps finite, TensorFlow {tf.__version__}")


def main(argv):
    asked = parse(argv)
    speed(asked) if asked.what == "speed" else finite(asked)
    return 0


if __name__ == "__main__":
    command.leave(command.run(main))
