"""The process that a `FoldWorker` starts: it trains folds as they are asked for."""

import gc
import json
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection

from tuning.trials import fold_result, fold_task, resident_memory
from zoo.training import fold_process

DETERMINISTIC = "deterministic"


def main(argv: Sequence[str]) -> None:
    """Answers tasks until the other end is closed.

    Every message is JSON: of a task `{"task", "start_seconds"}`, and in answer
    `{"result", "resident_mb"}`, or `{"fault"}` for what is not of the fold. The first
    of all, `{}`, says that TensorFlow is loaded.

    Args:
        argv: number of the descriptor of the connection, and `deterministic` or "".
    """
    fold_process.end_with_parent()
    fold_process.leave_signals_to_parent()
    connection = Connection(int(argv[0]))
    from tuning.trials import fold_training  # noqa: F401 (it loads TensorFlow)
    from zoo.runs import environment

    if argv[1] == DETERMINISTIC:
        environment.make_deterministic()
    gc.collect()
    gc.freeze()  # what is loaded stays: nobody needs to look through it again
    _send(connection, {})
    while True:
        try:
            message = json.loads(connection.recv_bytes())
        except (EOFError, ConnectionError):
            return
        _send(connection, _answer(message))


def _send(connection: Connection, message: dict) -> None:
    connection.send_bytes(json.dumps(message).encode())


def _answer(message: dict) -> dict:
    from tuning.trials import fold_training

    task = fold_task.from_json(message["task"])
    try:
        result = fold_training.train(task, start_seconds=message["start_seconds"])
    except Exception as error:
        return {"fault": f"{type(error).__name__}: {error}"}
    return {
        "result": fold_result.to_fields(result),
        "resident_mb": resident_memory.megabytes(),
    }


if __name__ == "__main__":
    main(sys.argv[1:])
