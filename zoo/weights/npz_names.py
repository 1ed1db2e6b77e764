"""From the names in NumPy's archives of published weights to the zoo's layout."""

import numpy as np

# Arrays of published archives that are no weights of the network.
_FOREIGN = {"alexnet": ("lpips_lin",)}


def to_zoo(arrays: dict[str, np.ndarray], family: str) -> dict[str, np.ndarray]:
    """The weights of an architecture, by `<layer>/<weight>`."""
    foreign = _FOREIGN.get(family, ())
    return {
        name: array for name, array in arrays.items() if not name.startswith(foreign)
    }
