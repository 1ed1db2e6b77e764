"""medicai's networks (Apache-2.0)."""

from medicai import models

from peers import keras_network, worker


def build(order: worker.Order) -> worker.Network:
    """The class `order.network` of `medicai.models`, with its own head."""
    keras_network.use_threads(order.threads)
    model = getattr(models, order.network)(
        input_shape=order.shape,
        num_classes=order.classes,
        classifier_activation=None,
    )
    return keras_network.network(
        order, package="medicai", layers=model, training=model, inference=model
    )


if __name__ == "__main__":
    worker.main(build)
