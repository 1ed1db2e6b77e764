"""Which operations of a graph a server refuses, each with the cure."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from tensorflow.core.framework.node_def_pb2 import NodeDef

from zoo.serving.gate.refusal import Refusal
from zoo.serving.gate.served_graph import Node, ServedGraph

# What TensorFlow of the pinned server's minor version has registered, one a line.
OPERATIONS = Path(__file__).with_name("server_operations.txt")
_PYTHON = ("PyFunc", "PyFuncStateless", "EagerPyFunc")
_BY_CHANNEL = re.compile(r"Conv|Pool|FusedBatchNorm")
_OF_XLA = re.compile(r"_?Xla")
_MUST_COMPILE = "_XlaMustCompile"

# From a node and its graph to what is wrong and the cure; none = nothing.
Rule = Callable[[NodeDef, ServedGraph], tuple[str, str] | None]


def must_not_compile(node: NodeDef, graph: ServedGraph) -> tuple[str, str] | None:
    """Keras compiles grouped convolutions, `tf.function(jit_compile=True)` all."""
    compiled = [node, *graph.called(node)]
    if not any(
        one.attr[_MUST_COMPILE].b for one in compiled if _MUST_COMPILE in one.attr
    ):
        return None
    return (
        "XLA must compile it, and the server has XLA off",
        "Keras compiles grouped and channels-first convolutions: split the channels, "
        "as zoo/architectures/grouped.py does, and keep them last; leave out "
        "jit_compile=True",
    )


def not_of_xla(node: NodeDef, graph: ServedGraph) -> tuple[str, str] | None:
    """Operations that XLA alone can run, as other frameworks export them."""
    if not _OF_XLA.match(node.op):
        return None
    return (
        f"{node.op} is an operation of XLA, which the server has off",
        "Export TensorFlow's own operations: of JAX by jax2tf with "
        "native_serialization=False",
    )


def channels_last(node: NodeDef, graph: ServedGraph) -> tuple[str, str] | None:
    """Convolutions, poolings and normalisations of the CPU have the channels last."""
    layout = node.attr["data_format"].s.decode() if "data_format" in node.attr else ""
    if not (layout.startswith("NC") and _BY_CHANNEL.search(node.op)):
        return None
    return (
        f"{node.op} has the channels first ({layout}), which a server on a CPU can't "
        "compute",
        "Build the network with data_format='channels_last', Keras' default",
    )


def not_python(node: NodeDef, graph: ServedGraph) -> tuple[str, str] | None:
    """Functions of Python are in the process that exported, and nowhere else."""
    if node.op not in _PYTHON:
        return None
    return (
        f"{node.op} calls a function of Python, and the server has no Python",
        "Write it in TensorFlow's own operations instead of tf.py_function or "
        "tf.numpy_function, or leave it to the client",
    )


def known_to_the_server(node: NodeDef, graph: ServedGraph) -> tuple[str, str] | None:
    """Operations of libraries that are no part of it, or that came after it."""
    if node.op in server_operations() or node.op in graph.functions:
        return None
    library = " (it is tensorflow-io's)" if node.op.startswith("IO>") else ""
    return (
        f"the pinned server's TensorFlow knows no operation {node.op}{library}",
        "Write it in operations of that version, or leave it to the client: "
        "reading files is never the served model's work",
    )


RULES: tuple[Rule, ...] = (
    must_not_compile,
    not_of_xla,
    channels_last,
    not_python,
    known_to_the_server,
)


@cache
def server_operations() -> frozenset[str]:
    """The names of `OPERATIONS`."""
    return frozenset(OPERATIONS.read_text(encoding="utf-8").split())


def refusals(graph: ServedGraph) -> list[Refusal]:
    """What is at fault in a graph, each node once with all signatures it is in."""
    owners = variable_owners(graph)
    faults = {}
    for node in graph.nodes():
        for rule in RULES:
            fault = rule(node.operation, graph)
            if fault is None:
                continue
            refusal = _refusal(node, fault, owners)
            before = faults.get((refusal.node, refusal.problem))
            if before is not None:
                both = dict.fromkeys((*before.signatures, *refusal.signatures))
                refusal = replace(before, signatures=tuple(both))
            faults[refusal.node, refusal.problem] = refusal
    return list(faults.values())


def variable_owners(graph: ServedGraph) -> frozenset[str]:
    """Names of the layers that have weights."""
    return frozenset(
        node.name.split("/")[-2]
        for node in graph.meta_graph.graph_def.node
        if node.op == "VarHandleOp" and "/" in node.name
    )


def layer_of(path: Iterable[str], owners: frozenset[str]) -> str:
    """The layer that a node is in; "" if its name tells of none.

    Keras names the nodes of a layer `.../layer/...`, or `.../layer_1/...` where it was
    applied before.

    Args:
        path: names of the nodes that call, and the node's own.
        owners: see `variable_owners`.
    """
    scopes = [scope for name in path for scope in name.split("/")[:-1]]
    for scope in reversed(scopes):
        for name in (scope, re.sub(r"_\d+$", "", scope)):
            if name in owners:
                return name
    return scopes[-1] if scopes else ""


def _refusal(node: Node, fault: tuple[str, str], owners: frozenset[str]) -> Refusal:
    named = [name for name in node.path if "/" in name]
    return Refusal(
        problem=fault[0],
        cure=fault[1],
        # inside a compiled function nodes have no scope: the call has
        node=node.path[-1] if node.path[-1] in named or not named else named[-1],
        layer=layer_of(node.path, owners),
        signatures=(node.signature,) if node.signature else (),
    )
