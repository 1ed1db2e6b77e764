"""The embedded endpoint: a small server that speaks TensorFlow Serving's protocols."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines import command
from zoo.serving.endpoint import flags

if TYPE_CHECKING:  # it loads TensorFlow, and the command line is read before
    from zoo.serving.endpoint.running import MakesSite


def main(arguments: Sequence[str], makes_site: MakesSite | None = None) -> int:
    """Serves until SIGTERM or SIGINT, and then until requests under way are answered.

    Args:
        arguments: flags of tensorflow_model_server, and `--help`'s own.
        makes_site: what is served beside the API; none = nothing.

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

    return running.serve(options, allowed, makes_site)


if __name__ == "__main__":
    command.leave(command.run(main))
