"""Whether Optuna is there, asked before anything is begun."""

import importlib.util

from pipelines.errors import UsageError


def check() -> None:
    """Raises a UsageError with the cure where Optuna is not installed."""
    if importlib.util.find_spec("optuna") is None:
        raise UsageError(
            "--tuner optuna wants Optuna, which is not installed. Install it with "
            "pip install 'mri-volume-zoo[optuna]', or choose another --tuner"
        )
