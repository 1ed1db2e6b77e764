"""From the names in NumPy's archives of published weights to the zoo's layout."""

import numpy as np

# Arrays of published archives that are no weights of the network.
_FOREIGN = {"alexnet": ("lpips_lin",)}
# Of layers whose published name is another.
_RENAMED = {"alexnet": {f"conv{i}": f"convolution{i}" for i in range(1, 6)}}


def to_zoo(arrays: dict[str, np.ndarray], family: str) -> dict[str, np.ndarray]:
    """The weights of an architecture, by `<layer>/<weight>`."""
    foreign, renamed = _FOREIGN.get(family, ()), _RENAMED.get(family, {})
    zoo_arrays = {}
    for name, array in arrays.items():
        layer, slash, weight = name.partition("/")
        if not name.startswith(foreign):
            zoo_arrays[renamed.get(layer, layer) + slash + weight] = array
    return zoo_arrays
