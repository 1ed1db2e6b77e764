"""How an endpoint is asked: where, which model, and with what patience."""

import math
from dataclasses import dataclass, field

from pipelines.errors import UsageError
from zoo.serving.client.address import Address
from zoo.serving.client.model_choice import ModelChoice
from zoo.serving.client.record_inputs import OF_RECORDS

MOST_PARALLEL = 256


@dataclass(frozen=True, kw_only=True)
class Asking:
    """One endpoint, one of its models, and the manner of asking.

    Args:
        choice: without version and label the label `stable` is meant, or the newest
            version where none bears it.
        token: that requests carry; none = none.
        ca_file: certificates by which the endpoint's is trusted; none = those that this
            machine trusts.
        signature: one of `zoo.serving.client.record_inputs.SIGNATURES`.
        timeout_s: for the answer to a study, all tries together.
        parallel: studies that are asked for at once.
    """

    address: Address
    choice: ModelChoice
    token: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    signature: str = OF_RECORDS
    timeout_s: float = 120.0
    parallel: int = 4

    def __post_init__(self):
        if self.ca_file is not None and not self.address.tls:
            raise UsageError(
                "--ca-file goes with grpcs:// or https://. "
                f"Received: --endpoint {self.address}"
            )
        if not (math.isfinite(self.timeout_s) and self.timeout_s > 0):
            raise UsageError(
                f"--timeout wants a positive number. Received: {self.timeout_s}"
            )
        if not 1 <= self.parallel <= MOST_PARALLEL:
            raise UsageError(
                f"--parallel wants 1 to {MOST_PARALLEL}. Received: {self.parallel}"
            )
