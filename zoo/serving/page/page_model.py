"""A served model as the page asks it: what it takes, and what it says of itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.errors import DataError
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.reports import model_identity
from zoo.prediction.reports.model_identity import ModelIdentity
from zoo.serving.client import described_model
from zoo.serving.client.address import Address
from zoo.serving.client.asking import Asking
from zoo.serving.client.described_model import DescribedModel
from zoo.serving.client.endpoint_error import EndpointError
from zoo.serving.client.model_choice import ModelChoice
from zoo.serving.description import Description
from zoo.serving.page import page_figures, sequence_proposal
from zoo.serving.page.kinds import Wanted
from zoo.serving.page.local_service import LocalService
from zoo.serving.page.prepared import ReadTask
from zoo.serving.page.upload_error import UploadError

_HERE = Address(grpc=False, tls=False, host="this server", port=1)  # in messages alone


@dataclass(frozen=True, kw_only=True)
class PageModel:
    """One version of a model that `zoo.export` wrote.

    Args:
        model: as it describes itself.
        asking: how it is asked.
        text: its model.json.
    """

    model: DescribedModel
    asking: Asking
    text: str

    @property
    def descriptions(self) -> dict[str, Description]:
        """By the name of the input each of its tasks; of a model of one task by ""."""
        if self.model.tasks is None:
            return {"": self.model.description}
        return {task.input: task.description for task in self.model.tasks.tasks}

    @property
    def facts_by_input(self) -> dict[str, ModelFacts]:
        """What predictions of each of its tasks are made by, likewise."""
        if self.model.tasks is None:
            return {"": self.model.facts}
        return {
            task.input: self.model.facts_of(task) for task in self.model.tasks.tasks
        }

    @property
    def served(self) -> dict[str, str | int]:
        """Its name and version."""
        return {"name": self.model.choice.name, "version": self.model.choice.version}

    @property
    def identity(self) -> ModelIdentity:
        """Which model it is, as its reports say."""
        members = () if self.model.tasks is None else self.model.tasks.members
        return model_identity.of_served(
            **self.served, about=self.model.about, members=members
        )

    @property
    def read_tasks(self) -> list[ReadTask]:
        """The tasks whose records are made of an upload."""
        return [
            ReadTask(input=name, task=each.task, covariates=each.covariates)
            for name, each in self.descriptions.items()
        ]

    @property
    def wanted(self) -> Wanted:
        """What an upload may hold, and what has to be said with it."""
        tasks = [each.task for each in self.descriptions.values()]
        seen = (name for each in self.read_tasks for name in each.covariates)
        return Wanted(
            sequences=sequence_proposal.of_tasks(tasks),
            mask=any(task.steps.wants_mask for task in tasks),
            covariates=tuple(dict.fromkeys(seen)),
        )

    def facts(self) -> dict[str, Any]:
        """What the page shows of it, for JSON."""
        wanted, task = self.wanted, self.model.description.task
        about = json.loads(self.text)
        return {
            "name": self.model.choice.name,
            "version": self.model.choice.version,
            "task": {"name": task.name, "description": task.description},
            "unit": task.unit,
            "several_tasks": self.model.tasks is not None,
            "sequences": [
                {"name": each.name, "required": each.required}
                for each in wanted.sequences
            ],
            "mask": wanted.mask,
            "covariates": self._covariates(wanted),
            "targets": [
                {
                    "name": output.target.name,
                    "kind": output.kind.name,
                    "shown": output.kind.shown,
                    "names": list(output.names),
                }
                for output in self.model.facts.target_outputs
            ],
            "model": about,
            "figures": list(page_figures.rows(about["figures"])),
        }

    def _covariates(self, wanted: Wanted) -> list[dict[str, Any]]:
        levels: Mapping[str, tuple[str, ...]] = {}
        for each in self.descriptions.values():
            levels = {**each.task.covariate_levels, **levels}
        return [
            {"name": name, "levels": list(levels.get(name, ()))}
            for name in wanted.covariates
        ]


def opened(service: LocalService, name: str, version: int | None = None) -> PageModel:
    """The version that is asked for; none: that which bears `stable`, or the newest.

    Raises:
        UploadError: no such model or version, or one that does not describe itself.
    """
    try:
        choice = ModelChoice(name=name, version=version)
        asking = Asking(address=_HERE, choice=choice)
        model = described_model.describe(service, asking)
        described = service.predict(
            model.choice,
            "describe",
            {"request": np.array([b""], object)},
            outputs=("model",),
            timeout_s=asking.timeout_s,
        )
    except EndpointError as error:
        raise _unknown(error.problem) from error
    except DataError as error:
        cause = error.__cause__
        known = isinstance(cause, EndpointError)
        raise _unknown(cause.problem if known else str(error)) from error
    return PageModel(model=model, asking=asking, text=str(described["model"][0]))


def _unknown(why: str) -> UploadError:
    return UploadError(
        "no_model",
        f"this model can't be asked by the page: {why}. Reload the page and choose one "
        "of those that it names",
        status=404,
    )
