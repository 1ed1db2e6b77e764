"""What is at fault with a SavedModel as its file has it, before it is loaded."""

from pathlib import Path

from zoo.serving.gate import node_rules, served_graph, signature_rules
from zoo.serving.gate.refusal import Refusal
from zoo.serving.gate.served_graph import ServedGraph


def check(
    directory: Path,
) -> tuple[ServedGraph | None, list[Refusal], list[str]]:
    """The graph that is served, if there is one, what is refused of it, and warnings.

    Raises:
        DataError: no SavedModel.
    """
    graph, tags = served_graph.read(directory)
    if graph is None:
        shown = (
            "; ".join(", ".join(sorted(its)) or "none" for its in tags) or "no graph"
        )
        return None, [_without_tag(shown)], []
    refused, warnings = node_rules.refusals(graph), []
    if not graph.signatures:
        refused.append(
            Refusal(
                problem="it has no signatures",
                cure="Save it with signatures={...}: they are what can be asked",
            )
        )
    elif signature_rules.DEFAULT not in graph.signatures:
        warnings.append(
            f"it has no signature {signature_rules.DEFAULT}, which a request that "
            f"names none asks for. There are {', '.join(graph.signatures)}"
        )
    for name, signature in graph.signatures.items():
        refused += signature_rules.refusals(name, signature)
        warnings += signature_rules.warnings(name, signature)
    return graph, refused, warnings


def _without_tag(shown: str) -> Refusal:
    return Refusal(
        problem=f"no graph has the tag {served_graph.TAG} and no other, which the "
        f"server loads. Received: {shown}",
        cure="Save it by tf.saved_model.save, or with tags=['serve']",
    )
