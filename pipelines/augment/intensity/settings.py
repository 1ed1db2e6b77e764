"""What may happen to the intensities of a training volume, as one flat table.

The table is the form that recipes, presets and the command line have: of every
operation of the registry its chance and its parameters, each with the operation's name
before it. The sequence of operations is built from it.
"""

import re
from dataclasses import dataclass, field, fields, make_dataclass
from inspect import cleandoc
from typing import Any

from pipelines.augment.intensity.operation import Operation
from pipelines.augment.intensity.registry import OPERATIONS

_DOCUMENTATION = """\
Random changes of intensities, in the order stated here; none by default.

Each has a chance, between 0 and 1, to happen to a sample, and a range that its
amount is drawn from, evenly: for each sequence apart where it is one of tone or
noise, for all alike otherwise. Amounts are in units of the normalised intensities
(with z-score: standard deviations). A sequence that is absent or constant stays 0.

Args:
"""


def _columns() -> list[tuple[str, Any, Any]]:
    """Name, type and default of every key, in the order of the registry."""
    return [
        (f"{name}_{parameter.name}", parameter.type, field(default=parameter.default))
        for name, kind in OPERATIONS.items()
        for parameter in fields(kind)
    ]


def _documented() -> str:
    """What the operations say of their parameters, for `--help`."""
    text = _DOCUMENTATION
    for name, kind in OPERATIONS.items():
        _, _, parameters = cleandoc(kind.__doc__).partition("Args:\n")
        text += re.sub(r"^ {4}(?=\w+: )", f"    {name}_", parameters, flags=re.M) + "\n"
    return text


_Table = make_dataclass("_Table", _columns(), frozen=True, kw_only=True)


@dataclass(frozen=True, kw_only=True)
class Intensity(_Table):
    __doc__ = _documented()  # of the keys that the registry gives: print it

    def __post_init__(self):
        self._every_operation()  # each checks itself

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What may happen, in its order: the operations whose chance is above 0."""
        every = self._every_operation()
        return tuple(operation for operation in every if operation.chance > 0)

    def _every_operation(self) -> list[Operation]:
        return [self._operation(name, kind) for name, kind in OPERATIONS.items()]

    def _operation(self, name: str, kind: type[Operation]) -> Operation:
        names = [parameter.name for parameter in fields(kind)]
        try:
            return kind(**{key: getattr(self, f"{name}_{key}") for key in names})
        except ValueError as error:  # it begins with the parameter's name
            raise ValueError(f"intensity.{name}_{error}") from error
