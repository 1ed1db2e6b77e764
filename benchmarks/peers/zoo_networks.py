"""The zoo's own networks."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from peers import convolution_limit, keras_network, worker
from pipelines.batches.slices import Slices
from zoo.architectures import registry
from zoo.classifier import classifier, filter_gradient
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Head, Recipe
from zoo.targets.target_output import outputs_of_classes


def build(order: worker.Order) -> worker.Network:
    """What the classifier of a recipe trains and serves; 2D networks on one slice.

    Behind the architecture's name may stand the precision that it trains in, as in
    `"resnet3d18 mixed_bfloat16"`; what a run keeps, and so inference, is in float32.
    """
    keras_network.use_threads(order.threads)
    name, _, precision = order.network.partition(" ")
    architecture = registry.get(name)
    depth = (1,) if architecture.rank == 2 else ()

    def of(precision: str) -> classifier.Classifier:
        return classifier.build(
            Recipe(
                arch=name,
                head=Head(dropout=0.0),
                slices=Slices(train=1),
                optimisation=Optimisation(precision=precision),
            ),
            architecture,
            shape=(*depth, *order.shape),
            target_outputs=outputs_of_classes(order.classes),
            seed=0,
        )

    built = of(precision or "float32")
    filter_gradient.mend(built.training)
    kept = of("float32") if precision not in ("", "float32") else built
    return keras_network.network(
        order,
        package="tensorflow",
        layers=keras_network.with_head(built.backbone, order.classes),
        training=built.training,
        inference=kept.inference,
        limit=convolution_limit.Passes(built.backbone, order.batch),
    )


if __name__ == "__main__":
    worker.main(build)
