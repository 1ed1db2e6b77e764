"""Run by path as a process with several devices: `python on_devices.py N ARGUMENTS...`.

The processor is made to count as N devices, then `zoo.train` gets the arguments. How
many there are can be said once in a process, before anything is computed.
"""

import sys

import tensorflow as tf

from pipelines import command
from zoo import train


def main() -> int:
    """The exit code of `zoo.train`."""
    count, *arguments = sys.argv[1:]
    (processor,) = tf.config.list_physical_devices("CPU")
    parts = [tf.config.LogicalDeviceConfiguration()] * int(count)
    tf.config.set_logical_device_configuration(processor, parts)
    return command.run(train.main, arguments)


if __name__ == "__main__":
    sys.exit(main())
