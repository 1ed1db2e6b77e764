"""Networks of classification-models-3D (MIT), which AUCMEDI takes its 3D ones from."""

from classification_models_3D.kkeras import Classifiers

from peers import keras_network, worker


def build(order: worker.Order) -> worker.Network:
    """`order.network` without its top, behind it an average and a dense layer."""
    keras_network.use_threads(order.threads)
    make, _ = Classifiers.get(order.network)
    backbone = make(input_shape=order.shape, include_top=False, weights=None)
    model = keras_network.with_head(backbone, order.classes)
    return keras_network.network(
        order,
        package="classification-models-3D",
        layers=model,
        training=model,
        inference=model,
    )


if __name__ == "__main__":
    worker.main(build)
