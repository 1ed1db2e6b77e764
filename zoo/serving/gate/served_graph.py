"""The graph of a SavedModel as its file has it: nothing is loaded or run."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import DecodeError
from tensorflow.core.framework.function_pb2 import FunctionDef
from tensorflow.core.framework.node_def_pb2 import NodeDef
from tensorflow.core.protobuf.meta_graph_pb2 import MetaGraphDef, SignatureDef
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from pipelines.errors import DataError

FILE = "saved_model.pb"
TAG = "serve"  # of the graph that the server loads
_INTERNAL = ("__saved_model_init_op", "__saved_model_train_op")


@dataclass(frozen=True, kw_only=True, eq=False)
class Node:
    """An operation of the graph, and how a signature comes to it.

    Args:
        operation: the node itself.
        path: names of the nodes that call the functions it is in, outermost first, and
            its own.
        signature: the one whose outputs want it; "" of loading and saving.
    """

    operation: NodeDef
    path: tuple[str, ...]
    signature: str


@dataclass(frozen=True, kw_only=True, eq=False)
class ServedGraph:
    """What a server loads.

    Args:
        meta_graph: as it is in the file.
        functions: of its library, by name.
    """

    meta_graph: MetaGraphDef
    functions: Mapping[str, FunctionDef]

    @property
    def signatures(self) -> dict[str, SignatureDef]:
        """Those that can be asked, by name, sorted."""
        signatures = self.meta_graph.signature_def
        return {
            name: signatures[name]
            for name in sorted(signatures)
            if name not in _INTERNAL
        }

    def nodes(self) -> Iterator[Node]:
        """The operations behind each signature, then those that no signature wants."""
        graph = {node.name: node for node in self.meta_graph.graph_def.node}
        rest = dict(graph)
        for name, signature in self.signatures.items():
            wanted = _behind([info.name for info in signature.outputs.values()], graph)
            rest = {node: rest[node] for node in rest if node not in wanted}
            yield from self._with_functions(wanted.values(), name)
        yield from self._with_functions(rest.values(), "")

    def called(self, operation: NodeDef) -> list[FunctionDef]:
        """The functions that a node calls: its body, branches or the like."""
        names = [operation.op]
        for attribute in operation.attr.values():
            names += [attribute.func.name, *(f.name for f in attribute.list.func)]
        return [self.functions[name] for name in names if name in self.functions]

    def _with_functions(self, nodes, signature: str) -> Iterator[Node]:  # noqa: ANN001
        """Nodes, and those of the functions that they call, each function once."""
        waiting = deque((node, ()) for node in nodes)
        entered = set()
        while waiting:
            operation, callers = waiting.popleft()
            path = (*callers, operation.name)
            yield Node(operation=operation, path=path, signature=signature)
            for function in self.called(operation):
                if function.signature.name not in entered:
                    entered.add(function.signature.name)
                    waiting.extend((node, path) for node in function.node_def)


def read(directory: Path) -> tuple[ServedGraph | None, tuple[frozenset[str], ...]]:
    """The graph that a server loads; none if the SavedModel has no such.

    Returns:
        It, and the tags of all graphs that there are.

    Raises:
        DataError: no SavedModel.
    """
    path = directory / FILE
    try:
        saved = SavedModel.FromString(path.read_bytes())
    except (OSError, DecodeError) as error:
        raise DataError(
            f"{directory} is no SavedModel: {FILE} can't be read ({error}). Name the "
            "directory of a version, like saved_models/liver/1"
        ) from error
    tags = tuple(frozenset(graph.meta_info_def.tags) for graph in saved.meta_graphs)
    for graph, its_tags in zip(saved.meta_graphs, tags, strict=True):
        if its_tags == {TAG}:
            library = graph.graph_def.library.function
            functions = {function.signature.name: function for function in library}
            return ServedGraph(meta_graph=graph, functions=functions), tags
    return None, tags


def _behind(tensors: list[str], graph: Mapping[str, NodeDef]) -> dict[str, NodeDef]:
    """The nodes that have to run for tensors, by name."""
    wanted, waiting = {}, [tensor for tensor in tensors if tensor]
    while waiting:
        name = waiting.pop().removeprefix("^").partition(":")[0]
        if name in graph and name not in wanted:
            wanted[name] = graph[name]
            waiting.extend(graph[name].input)
    return wanted
