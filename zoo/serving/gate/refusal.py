"""What a server would refuse of a SavedModel, and what would cure it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One fault.

    Args:
        problem: what is wrong.
        cure: what whoever exports can do.
        node: the graph's, by its name; "" where none is at fault.
        layer: of Keras, that the node belongs to; "" = not known.
        signatures: that come to it; none = the model as a whole.
    """

    problem: str
    cure: str
    node: str = ""
    layer: str = ""
    signatures: tuple[str, ...] = ()

    def __str__(self) -> str:
        several = "s" if self.signatures[1:] else ""
        where = [f"layer {self.layer}"] if self.layer else []
        where += [f"node {self.node}"] if self.node else []
        if self.signatures:
            where.append(f"signature{several} {', '.join(self.signatures)}")
        place = f"{', '.join(where)}: " if where else ""
        return f"{place}{self.problem}. {self.cure}"
