"""The gradients of a convolution's weights on a CPU, computed rightly.

What TensorFlow 2.16 to 2.21 computes in bfloat16 is noise or NaN, another at each call,
where an axis of the map is no longer than the kernel and `padding="same"`; with kernels
of 7x7x7 it also writes beyond its memory. Now and then it is NaN, with any padding,
where a kernel of 1x1x1 goes in steps of 2 over a single voxel. Outputs and the gradient
of the input are right, and so is all of it with the same zeros written out and
`padding="valid"`, or with steps of 1 over what is looked at.

Not on every CPU: on one with AMX the gradient of the kernel was right in the same cases
(kernels of 3, 5 and 7 over fewer slices, TensorFlow 2.16.2 and 2.21), that of the bias
not. The remedy does no harm there. What is wrong on it are the outputs of a kernel of
3x3x3 in steps of 2 over four columns with `padding="valid"` (7x4 voxels a slice, five
slices and more): only `convolution_check` sees that, and refuses 16 bits.

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
    """Has convolutions compute the gradients of their weights rightly.

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
        if layer.groups == 1 and (padded or (brief and _of_voxels(layer))):
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
    zeros = _zeros_around(layer, inputs.shape[1:-1])
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
    windows = [
        (window - 1) * dilation + 1
        for window, dilation in zip(layer.kernel_size, layer.dilation_rate)
    ]
    if None in sizes or not any(
        window > 1 and size <= window for window, size in zip(windows, sizes)
    ):
        return None
    added = [
        max(((size - 1) // stride) * stride + window - size, 0)
        for size, window, stride in zip(sizes, windows, layer.strides)
    ]
    return tuple((zeros // 2, zeros - zeros // 2) for zeros in added)
