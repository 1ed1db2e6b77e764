"""The embedded endpoint: a small server that speaks TensorFlow Serving's protocols."""

import os
from collections.abc import Sequence

from pipelines import command
from zoo.serving.endpoint import flags


def main(arguments: Sequence[str]) -> int:
    """Serves until SIGTERM or SIGINT, and then until requests under way are answered.

    Args:
        arguments: flags of tensorflow_model_server, and `--help`'s own.

    Returns:
        0; the address of each protocol is printed once it answers.

    Raises:
        UsageError: flags that contradict each other or that this server has not.
        DataError: a configuration that can't be read, or no model that can be loaded.
    """
    options = flags.parse(arguments)
    # gRPC would tell of every handshake that fails; it reads this when it is imported.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from zoo.serving.endpoint import access

    allowed = access.from_token_file(options.token_file, host=options.host)
    from zoo.serving.endpoint import running  # TensorFlow, when all that is checked

    return running.serve(options, allowed)


if __name__ == "__main__":
    command.leave(command.run(main))
