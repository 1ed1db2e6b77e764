"""The networks of `keras.applications` as feature extractors for slices.

The topology is Keras' own. Layer names, initial weights and the drops of stochastic
depth depend on nothing but the architecture, the seed and the layer; what
`keras.applications` does to pixels inside the model (EfficientNet, MobileNetV3) is left
out, because an input convention says it and any number of channels may come in.

Every builder takes `(input_shape, rank, seed)`:

    input_shape: `(H, W, C)`, any C; what H and W must be at least, the registry says.
    rank: 2.
    seed: of the initial weights.

and returns a model from `[B, H, W, C]` to `[B, h, w, F]`, h and w about a 32nd of H
and W. Any other rank is a ValueError.
"""

from collections.abc import Callable
from functools import partial

import keras

from zoo.architectures.reseeding import reseeded, stable_names

_PREPROCESSING = (keras.layers.Rescaling, keras.layers.Normalization)


def _build(
    input_shape: tuple[int, ...],
    rank: int,
    seed: int,
    *,
    application: Callable[..., keras.Model],
    name: str,
    **settings: bool,
) -> keras.Model:
    if rank != 2:
        raise ValueError(f"{name} is a network of rank 2. Received: rank={rank}")
    with keras.StatelessScope(initialize_variables=False):
        # Only what is connected to what is wanted of it: no weight is drawn here.
        theirs = application(
            include_top=False,
            weights=None,
            pooling=None,
            input_tensor=keras.Input(input_shape, name="pixels"),
            **settings,
        )
    names = stable_names(theirs)
    inputs = keras.Input(input_shape, name="pixels")
    ours = keras.models.clone_model(
        theirs,
        input_tensors=[inputs],
        clone_function=lambda operation: reseeded(
            operation, name=names[operation.name], seed=seed
        ),
        call_function=_call_unless_preprocessing,
    )
    return keras.Model(inputs, ours.output, name=name)


def _call_unless_preprocessing(
    operation: keras.Operation, *arguments: object, **settings: object
) -> keras.KerasTensor:
    """What EfficientNet does to pixels can't be left out by a setting of its own."""
    if isinstance(operation, _PREPROCESSING):
        return arguments[0]
    return operation(*arguments, **settings)


def _builder(
    application: Callable[..., keras.Model], name: str, **settings: bool
) -> Callable[[tuple[int, ...], int, int], keras.Model]:
    return partial(_build, application=application, name=name, **settings)


_without_preprocessing = partial(_builder, include_preprocessing=False)

xception = _builder(keras.applications.Xception, "xception")
efficientnet_b0 = _builder(keras.applications.EfficientNetB0, "efficientnet_b0")
efficientnet_b1 = _builder(keras.applications.EfficientNetB1, "efficientnet_b1")
efficientnet_b2 = _builder(keras.applications.EfficientNetB2, "efficientnet_b2")
efficientnet_b3 = _builder(keras.applications.EfficientNetB3, "efficientnet_b3")
efficientnet_b4 = _builder(keras.applications.EfficientNetB4, "efficientnet_b4")
efficientnet_b5 = _builder(keras.applications.EfficientNetB5, "efficientnet_b5")
efficientnet_b6 = _builder(keras.applications.EfficientNetB6, "efficientnet_b6")
efficientnet_b7 = _builder(keras.applications.EfficientNetB7, "efficientnet_b7")
efficientnetv2_b0 = _without_preprocessing(
    keras.applications.EfficientNetV2B0, "efficientnetv2_b0"
)
efficientnetv2_b1 = _without_preprocessing(
    keras.applications.EfficientNetV2B1, "efficientnetv2_b1"
)
efficientnetv2_b2 = _without_preprocessing(
    keras.applications.EfficientNetV2B2, "efficientnetv2_b2"
)
efficientnetv2_b3 = _without_preprocessing(
    keras.applications.EfficientNetV2B3, "efficientnetv2_b3"
)
efficientnetv2_s = _without_preprocessing(
    keras.applications.EfficientNetV2S, "efficientnetv2_s"
)
inception_v3 = _builder(keras.applications.InceptionV3, "inception_v3")
densenet121 = _builder(keras.applications.DenseNet121, "densenet121")
mobilenet_v3_small = _without_preprocessing(
    keras.applications.MobileNetV3Small, "mobilenet_v3_small"
)
