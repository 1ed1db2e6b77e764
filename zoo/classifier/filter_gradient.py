"""Convolutions and the gradients of their weights on a CPU, computed rightly.

What TensorFlow 2.16 to 2.21 computes in bfloat16 is noise or NaN, another at each call,
where an axis of the map is no longer than the kernel and `padding="same"`; with kernels
of 7x7x7 it also writes beyond its memory. Now and then it is NaN, with any padding,
where a kernel of 1x1x1 goes in steps of 2 over a single voxel. Outputs and the gradient
of the input are right, and so is all of it with the same zeros written out and
`padding="valid"`, or with steps of 1 over what is looked at.

Not on every CPU: on one with AMX the gradient of the kernel was right in the same cases
(kernels of 3, 5 and 7 over fewer slices, TensorFlow 2.16.2 and 2.21), that of the bias
not. The remedy does no harm there. What is wrong on it are outputs: noise or infinite,
wherever steps of 2 or 3 end at a single column and there are several rows (kernels of
3 and 5, ranks 2 and 3, any padding). With steps of 1 there, which is the same, they are
right.

In float32 the numbers are right, but a kernel of 7x7x7 in steps of 2 over five slices
writes beyond its memory as well (glibc's malloc_debug ends the process there; kernels
of 3, 5 and 9 and steps of 1 and 3 it lets pass).

The gradient of a bias is added up in bfloat16 too (`BiasAddGrad`), and stops growing
after some hundred voxels; that of a plain addition is added up in float32.

Over 2x4x4 to 4x8x8 voxels a layer with this gradient takes about half of what it takes
in float32, and 0.8 to 0.9 of what it takes with its input padded once for all three.
"""

from functools import partial

import keras
import tensorflow as tf

from zoo.classifier.layer_depth import leaves

Convolution = keras.layers.Conv2D | keras.layers.Conv3D
_OPERATIONS = {  # of the gradients of the input and of the filter, by rank
    2: (tf.raw_ops.Conv2DBackpropInput, tf.raw_ops.Conv2DBackpropFilter),
    3: (tf.raw_ops.Conv3DBackpropInputV2, tf.raw_ops.Conv3DBackpropFilterV2),
}


def mend(model: keras.layers.Layer) -> None:
    """Has convolutions compute themselves and the gradients of their weights rightly.

    The layers stay Keras' own: weights, configuration and outputs are what they were,
    and what is saved or copied knows nothing of it. Those in float32 stay as they are
    but for the few that write beyond their memory. GPUs don't need it.
    """
    for layer in leaves(model):
        if (
            type(layer) not in (keras.layers.Conv2D, keras.layers.Conv3D)
            or layer.data_format != "channels_last"
        ):
            continue
        brief = layer.compute_dtype == "bfloat16"
        if brief:
            layer.call = partial(_called, layer)
        # Keras has XLA compile convolutions of groups.
        padded = layer.padding == "same" and (brief or _writes_beyond(layer))
        if layer.groups == 1 and (padded or (brief and max(layer.strides) > 1)):
            layer.convolution_op = partial(_convolved, layer)


def _called(layer: Convolution, inputs: tf.Tensor) -> tf.Tensor:
    """What `layer.call` computes, without `BiasAdd`."""
    outputs = layer.convolution_op(inputs, layer.kernel)
    if layer.use_bias:
        outputs = tf.add(outputs, tf.cast(layer.bias, outputs.dtype))
    return outputs if layer.activation is None else layer.activation(outputs)


def _convolved(
    layer: Convolution, inputs: tf.Tensor, kernel: keras.Variable
) -> tf.Tensor:
    """What `layer.convolution_op` computes, `[B, *spatial', F]`.

    Args:
        inputs: `[B, *spatial, C]`.
        kernel: `[*window, C, F]`.
    """
    plain = partial(type(layer).convolution_op, layer)
    sizes = inputs.shape[1:-1]
    if layer.compute_dtype == "bfloat16" and any(_single(layer, sizes)):
        return _without_idle_steps(layer, inputs, tf.cast(kernel, inputs.dtype))
    zeros = _zeros_around(layer, sizes) if layer.padding == "same" else None
    of_voxels = _of_voxels(layer)
    if zeros is None and not of_voxels:
        return plain(inputs, kernel)

    def forward(x: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
        if of_voxels or x.shape[1] > 1:
            return plain(x, weights)
        # One slice of one channel: TensorFlow 2.21 gives noise for the output as well.
        return tf.nn.convolution(
            tf.pad(x, ((0, 0), *zeros, (0, 0))),
            weights,
            strides=layer.strides,
            padding="VALID",
            dilations=layer.dilation_rate,
        )

    @tf.custom_gradient
    def convolution(x: tf.Tensor, weights: tf.Tensor) -> tuple:
        def gradients(upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            # TensorFlow's own function for both would compute the wrong one as well,
            # outside of graphs.
            of_input, of_filter = _OPERATIONS[layer.rank]
            settings = {
                "out_backprop": upstream,
                "dilations": (1, *layer.dilation_rate, 1),
            }
            steps = (1, *layer.strides, 1)
            if of_voxels:  # those that are looked at, one by one
                begin = [0] * len(steps)
                seen = tf.strided_slice(x, begin, tf.shape(x), steps)
                strides = (1,) * len(steps)
            else:
                seen, strides = tf.pad(x, ((0, 0), *zeros, (0, 0))), steps
            return (
                of_input(
                    input_sizes=tf.shape(x),
                    filter=weights,
                    padding="SAME",
                    strides=steps,
                    **settings,
                ),
                of_filter(
                    input=seen,
                    filter_sizes=weights.shape,
                    padding="VALID",
                    strides=strides,
                    **settings,
                ),
            )

        return forward(x, weights), gradients

    return convolution(inputs, tf.cast(kernel, inputs.dtype))


def _single(layer: Convolution, sizes: tuple[int | None, ...]) -> tuple[bool, ...]:
    """Along which axes steps of two and more end at a single output."""
    windows = _windows(layer) if layer.padding == "valid" else (1,) * len(sizes)
    return tuple(
        None not in sizes and stride > 1 and (size - window) // stride == 0
        for size, window, stride in zip(sizes, windows, layer.strides)
    )


def _without_idle_steps(
    layer: Convolution, inputs: tf.Tensor, weights: tf.Tensor
) -> tf.Tensor:
    """The convolution over what it looks at, with steps of 1 where it takes none."""
    sizes, windows = inputs.shape[1:-1], _windows(layer)
    single = _single(layer, sizes)
    zeros = ((0, 0),) * layer.rank
    if layer.padding == "same":
        zeros = _zeros(sizes, windows, layer.strides)
    seen = tf.pad(inputs, ((0, 0), *zeros, (0, 0)))
    seen = seen[
        :, *(slice(0, w if one else None) for one, w in zip(single, windows)), :
    ]
    return tf.nn.convolution(
        seen,
        weights,
        strides=[1 if one else step for one, step in zip(single, layer.strides)],
        padding="VALID",
        data_format="NHWC" if layer.rank == 2 else "NDHWC",  # its gradient wants it
        dilations=layer.dilation_rate,
    )


def _writes_beyond(layer: Convolution) -> bool:
    """Whether TensorFlow's gradient does in float32, over some map."""
    large = layer.rank == 3 and max(layer.kernel_size) >= 7
    return large and layer.compute_dtype == "float32" and max(layer.strides) > 1


def _of_voxels(layer: Convolution) -> bool:
    """Whether it looks at single voxels and steps over others, with any padding."""
    return max(layer.kernel_size) == 1 and max(layer.strides) > 1


def _zeros_around(
    layer: Convolution, sizes: tuple[int | None, ...]
) -> tuple[tuple[int, int], ...] | None:
    """What `padding="same"` adds before and after each axis; none = a large map."""
    windows = _windows(layer)
    if None in sizes or not any(
        window > 1 and size <= window for window, size in zip(windows, sizes)
    ):
        return None
    return _zeros(sizes, windows, layer.strides)


def _windows(layer: Convolution) -> tuple[int, ...]:
    """How far a kernel reaches along each axis."""
    return tuple(
        (window - 1) * dilation + 1
        for window, dilation in zip(layer.kernel_size, layer.dilation_rate)
    )


def _zeros(
    sizes: tuple[int, ...], windows: tuple[int, ...], strides: tuple[int, ...]
) -> tuple[tuple[int, int], ...]:
    """What `padding="same"` adds before and after each axis, whatever the map."""
    added = [
        max(((size - 1) // stride) * stride + window - size, 0)
        for size, window, stride in zip(sizes, windows, strides)
    ]
    return tuple((zeros // 2, zeros - zeros // 2) for zeros in added)
