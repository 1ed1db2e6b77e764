"""Which models a model root serves, said before a server begins."""

from pathlib import Path

from pipelines.errors import UsageError
from zoo.serving.model_root import models_config, versions


def names(root: Path, only: str | None) -> list[str]:
    """The models that will answer.

    Raises:
        UsageError: there is none, none named `only`, or one has no whole version among
            those that are to be loaded.
        DataError: `models.config` can't be read.
    """
    config = models_config.read(root)
    known = {model.name: model for model in config.model_config_list.config}
    if not known:
        raise UsageError(
            f"{root} serves no model yet. Export one with python -m zoo.export RUN "
            f"--name NAME --to {root}"
        )
    if only is not None and only not in known:
        raise UsageError(
            f"{root} serves no model named {only}. It serves {', '.join(known)}"
        )
    wanted = [only] if only is not None else [*known]
    for name in wanted:
        model = known[name]
        chosen = [*model.model_version_policy.specific.versions]
        here = model.base_path == f"{models_config.MODELS_AT}/{name}"
        if here and chosen:
            _check_one_whole(root, name, chosen)
    return wanted


def _check_one_whole(root: Path, name: str, chosen: list[int]) -> None:
    folders = versions.folders(root, name)
    if not any(
        (folders[version] / "saved_model.pb").is_file()
        for version in chosen
        if version in folders
    ):
        raise UsageError(
            f"{root / name} holds none of the versions that models.config names: "
            f"{', '.join(map(str, chosen))}. Export the model anew, or remove its entry"
        )
