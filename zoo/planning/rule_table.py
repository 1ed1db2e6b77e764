"""The table of rules, and what it would be without some data sets."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from pipelines.errors import UsageError
from pipelines.storage import config_files, package_files
from zoo.planning.rule import Rule

PATH = package_files.path("zoo", "planning/rules.toml")


@dataclass(frozen=True, kw_only=True)
class RuleTable:
    """All rules, in the order in which they are asked.

    Args:
        margin: by how much a candidate must beat those before it.
    """

    margin: float
    rules: tuple[Rule, ...]

    @property
    def data_sets(self) -> tuple[str, ...]:
        """Names of the data sets that evidence comes from, sorted."""
        return tuple(
            sorted(
                {
                    evidence.data
                    for rule in self.rules
                    for candidate in rule.candidates
                    for evidence in candidate.evidence
                    if evidence.data
                }
            )
        )

    def without(self, data_sets: Collection[str]) -> "RuleTable":
        """The table as it would be had these data sets never been seen.

        Raises:
            UsageError: no evidence comes from one of them.
        """
        unknown = sorted(set(data_sets) - set(self.data_sets))
        if unknown:
            raise UsageError(
                f"--without names data sets that rules rest on: "
                f"{', '.join(self.data_sets)}. Received: {', '.join(unknown)}"
            )
        left = (rule.without(data_sets) for rule in self.rules)
        return replace(self, rules=tuple(rule for rule in left if rule is not None))


def shipped() -> RuleTable:
    """The table of `rules.toml`."""
    return config_files.load_toml(RuleTable, PATH)
