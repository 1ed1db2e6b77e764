"""The zoo's own networks."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from peers import keras_network, worker
from pipelines.batches.slices import Slices
from zoo.architectures import registry
from zoo.classifier import classifier
from zoo.recipes.recipe import Head, Recipe
from zoo.targets.target_output import outputs_of_classes


def build(order: worker.Order) -> worker.Network:
    """What the classifier of a recipe trains and serves; 2D networks on one slice."""
    keras_network.use_threads(order.threads)
    architecture = registry.get(order.network)
    depth = (1,) if architecture.rank == 2 else ()
    built = classifier.build(
        Recipe(arch=order.network, head=Head(dropout=0.0), slices=Slices(train=1)),
        architecture,
        shape=(*depth, *order.shape),
        target_outputs=outputs_of_classes(order.classes),
        seed=0,
    )
    return keras_network.network(
        order,
        package="tensorflow",
        layers=keras_network.with_head(built.backbone, order.classes),
        training=built.training,
        inference=built.inference,
    )


if __name__ == "__main__":
    worker.main(build)
