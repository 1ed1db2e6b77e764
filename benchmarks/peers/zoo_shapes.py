"""Prints the zoo's architectures and their reference shapes, as JSON.

A process of its own, so that the process that asks stays without TensorFlow, small.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pipelines import command

if __name__ == "__main__":
    command.quiet_tensorflow()
    from zoo.architectures.registry import ARCHITECTURES

    print(
        json.dumps({name: network.reference for name, network in ARCHITECTURES.items()})
    )
