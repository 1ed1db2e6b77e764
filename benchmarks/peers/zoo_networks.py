"""The zoo's own networks.

python -m peers.zoo_networks names     every name and its reference shape, as JSON
python -m peers.zoo_networks ORDER     holds one network; see `peers.worker`
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from peers import worker


def build(order: worker.Order) -> worker.Network:
    """What the classifier of a recipe trains and serves; 2D networks on one slice."""
    from peers import keras_network
    from zoo import classifier, registry
    from zoo.recipe import Head, Recipe, Slices

    keras_network.use_threads(order.threads)
    architecture = registry.get(order.network)
    depth = (1,) if architecture.rank == 2 else ()
    built = classifier.build(
        Recipe(arch=order.network, head=Head(dropout=0.0), slices=Slices(train=1)),
        architecture,
        shape=(*depth, *order.shape),
        classes=order.classes,
        seed=0,
    )
    return keras_network.network(
        order,
        package="tensorflow",
        layers=keras_network.with_head(built.backbone, order.classes),
        training=built.training,
        inference=built.inference,
    )


def names() -> dict[str, tuple[int, ...]]:
    """Reference shape `(*spatial, C)` of every architecture."""
    from pipelines import command

    command.quiet_tensorflow()
    from zoo import registry

    return {name: one.reference for name, one in registry.ARCHITECTURES.items()}


if __name__ == "__main__":
    if sys.argv[1] == "names":
        print(json.dumps(names()))
    else:
        worker.main(build)
