"""The same model as an ONNX file, for others than TensorFlow.

It takes what `serving_default` takes and gives the numbers of each target, all in
float32; labels are the user's to read off.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.serving.exporting.signatures import ServedModel

FILE = "model.onnx"
_OPSET = 17  # the first with all that the normalisation asks


def write(path: Path, served: ServedModel) -> None:
    """Converts the function behind `serving_default`, without its texts."""
    import tf2onnx

    signature = served.inputs()["serving_default"]

    def numbers(*given: tf.Tensor) -> dict[str, tf.Tensor]:
        answered = served.of_volumes(dict(zip(signature, given, strict=True)))
        return {name: answered[name] for name in served.numbers}

    function = tf.function(
        numbers,
        input_signature=[*signature.values()],
        autograph=False,
        jit_compile=False,
    )
    tf2onnx.convert.from_function(
        function,
        input_signature=[*signature.values()],
        opset=_OPSET,
        custom_op_handlers={
            "SelectV2": (_chosen, ["Where"]),
            "Expm1": (_exponential_minus_1, []),
            "L2Loss": (_half_square_sum, []),
        },
        output_path=str(path),
    )


def _chosen(_graph: Any, node: Any, _name: str, _arguments: list) -> Any:
    """A choice as a choice: tf2onnx makes sums of products, where 0 * infinity is NaN.

    Of a channel that shows nothing the normalisation divides by 0 and leaves that out.
    """
    node.type = "Where"
    return node


def _exponential_minus_1(graph: Any, node: Any, _name: str, _arguments: list) -> None:
    """exp(x) - 1 = tanh(x / 2) (exp(x) + 1), no difference of nearly equal numbers.

    ONNX has no such operation, and the steps of an ordinal target want one.
    """

    def constant(value: float) -> str:
        name = f"{node.name}_{value:g}"
        return graph.make_const(name, np.array(value, np.float32)).output[0]

    def applied(operation: str, *inputs: str) -> str:
        return graph.make_node(operation, [*inputs]).output[0]

    (x,), outputs = node.input, node.output
    shapes, kinds = node.output_shapes, node.output_dtypes
    tangent = applied("Tanh", applied("Mul", x, constant(0.5)))
    above = applied("Add", applied("Exp", x), constant(1.0))
    graph.remove_node(node.name)
    graph.make_node(
        "Mul",
        [tangent, above],
        outputs=outputs,
        name=node.name,
        shapes=shapes,
        dtypes=kinds,
    )


def _half_square_sum(graph: Any, node: Any, _name: str, _arguments: list) -> None:
    """The sum of all squares / 2, by which a single channel's deviation is computed.

    Both are float64; tf2onnx does not know the operation.
    """
    half = graph.make_const(f"{node.name}_half", np.array(0.5, np.float64)).output[0]
    (x,), outputs = node.input, node.output
    shapes, kinds = node.output_shapes, node.output_dtypes
    graph.remove_node(node.name)
    squares = graph.make_node("ReduceSumSquare", [x], attr={"keepdims": 0}).output[0]
    graph.make_node(
        "Mul",
        [squares, half],
        outputs=outputs,
        name=node.name,
        shapes=shapes,
        dtypes=kinds,
    )


def answers(path: Path, given: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What the file says of volumes, one by one; by the output's name."""
    import onnxruntime

    session = onnxruntime.InferenceSession(
        str(path), providers=["CPUExecutionProvider"]
    )
    names = [output.name for output in session.get_outputs()]
    each = [
        session.run(names, {name: array[i : i + 1] for name, array in given.items()})
        for i in range(len(given["volume"]))
    ]
    return {
        name: np.concatenate(values)
        for name, values in zip(names, zip(*each, strict=True), strict=True)
    }
