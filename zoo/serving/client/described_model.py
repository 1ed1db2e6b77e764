"""A model of an endpoint, as it describes itself."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.errors import DataError
from zoo.prediction.model_facts import ModelFacts
from zoo.serving.client import diagnosis
from zoo.serving.client.asking import Asking
from zoo.serving.client.endpoint_error import EndpointError
from zoo.serving.client.model_choice import DEFAULT_LABEL, ModelChoice
from zoo.serving.client.retries import retried
from zoo.serving.client.service import Service
from zoo.serving.description import Description, is_staged, set_level
from zoo.serving.tasks_description import OUTPUT, DescribedTask, TasksDescription

_OF_THE_WAY = ("unreachable", "busy", "other_protocol", "cut_off", "deadline")


@dataclass(frozen=True, kw_only=True)
class DescribedModel:
    """One version of a model; every study of a call goes to the same one.

    Args:
        choice: by the number of the version.
        description: of its task, of several tasks the first.
        facts: what of it predictions are made and written by.
        is_newest_for_want_of_label: whether it answers since no version bears the
            default label.
        tasks: of an ensemble whose members are of several.
        about: its model.json, as it says it.
    """

    choice: ModelChoice
    description: Description
    facts: ModelFacts
    is_newest_for_want_of_label: bool = False
    tasks: TasksDescription | None = None
    about: str = "{}"

    def facts_of(self, task: DescribedTask) -> ModelFacts:
        """What predictions are made by of one of its tasks."""
        about = task.description
        return ModelFacts(
            name=self.facts.name,
            task=about.task,
            covariates=about.covariates,
            channels=about.channels,
        )


def describe(service: Service, asking: Asking) -> DescribedModel:
    """Asks a model for its task, and whether it has a last stage.

    Raises:
        DataError: no answer (the error says why), a model that was not made by
            `zoo.export`, or one whose records are not those that are made here.
    """
    named = f"{asking.choice.name} at {asking.address}"
    try:
        version, is_newest = _version(service, asking)
        pinned = ModelChoice(name=asking.choice.name, version=version)
        answered = retried(
            lambda left: service.predict(
                pinned,
                "describe",
                {"request": np.array([b""], object)},
                outputs=("task", "model", "spec"),
                optional=(OUTPUT,),
                timeout_s=left,
            ),
            timeout_s=asking.timeout_s,
        )
    except EndpointError as error:
        raise DataError(f"model {named}: {error}") from error
    description = Description.from_json(_text(answered["task"], named))
    _check_spec(description, _text(answered["spec"], named), named)
    model_text = _text(answered["model"], named)
    staged = is_staged(model_text)
    return DescribedModel(
        choice=pinned,
        description=description,
        facts=ModelFacts(
            name=named,
            task=description.task,
            covariates=description.covariates,
            has_last_stage=staged,
            set_level=set_level(model_text) if staged else None,
            channels=description.channels,
        ),
        is_newest_for_want_of_label=is_newest,
        tasks=TasksDescription.from_json(_text(answered[OUTPUT], named))
        if OUTPUT in answered
        else None,
        about=model_text,
    )


def _version(service: Service, asking: Asking) -> tuple[int, bool]:
    """The version that is meant, and whether for want of the default label."""

    def ask(choice: ModelChoice) -> int:
        return _first_answer(
            lambda left: service.version_of(choice, timeout_s=left), asking
        )

    choice = asking.choice
    if choice.version is not None or choice.label is not None:
        return ask(choice), False
    try:
        return ask(ModelChoice(name=choice.name, label=DEFAULT_LABEL)), False
    except EndpointError as error:
        if error.code != "unknown_label":
            raise
    return ask(choice), True


def _first_answer(ask: Callable[[float], int], asking: Asking) -> int:
    """What is answered first; what is wrong with the way is found before any wait."""
    try:
        return ask(asking.timeout_s)
    except EndpointError as error:
        if error.code not in _OF_THE_WAY:
            raise
        cause = diagnosis.cause(asking.address, asking.ca_file)
        if cause is not None:
            raise cause from error
        if not error.may_pass:
            raise
    return retried(ask, timeout_s=asking.timeout_s)


def _text(values: np.ndarray, named: str) -> str:
    if values.shape != (1,) or values.dtype.kind != "U":
        raise DataError(
            f"model {named} does not describe its task in texts [1]. Received: "
            f"{values.dtype} {values.shape}. Export the run by `python -m zoo.export`"
        )
    return str(values[0])


def _check_spec(description: Description, spec: str, named: str) -> None:
    made = description.task.spec
    if made != spec:
        raise DataError(
            f"model {named} takes records of spec {spec}, and of its task this version "
            f"of the software makes records of spec {made}. Take the version that "
            "exported the model, or export the run anew"
        )
