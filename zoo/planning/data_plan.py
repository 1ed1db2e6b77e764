"""A plan for a data set on this machine: what `zoo.plan` and `zoo.train` call."""

from collections.abc import Collection

from pipelines.records.data_set import DataSet
from zoo.architectures import registry
from zoo.classifier import input_checks
from zoo.planning import device, fingerprint, memory_probe, plan, rule_table
from zoo.planning.plan import Plan


def plan_for(
    data: DataSet,
    *,
    fold: str | None = None,
    mirror: Collection[str] = (),
    without: Collection[str] = (),
    probe: bool = False,
) -> Plan:
    """Takes the facts and asks the rules.

    Args:
        fold: plan for this one alone; none = one recipe for all there are.
        mirror: axes along which no class is a matter of sides.
        without: data sets (names of tasks) whose evidence is left out.
        probe: measure the memory of the planned network here (half a minute).

    Raises:
        UsageError: an unknown fold, a grid too small for any planned network, or no
            evidence comes from a name in `without`.
        DataError: splits that can't carry a run; a damaged shard.
    """
    table = rule_table.shipped()
    table.without(without)
    facts = fingerprint.take(data, fold, device.here())
    planned = plan.make(facts, table, mirror=mirror, without=without)
    shape = (*facts.shape, facts.channels)
    architecture = registry.get(planned.recipe.arch)
    input_checks.check(planned.recipe, architecture, shape)
    if not probe:
        return planned
    need = memory_probe.measure(planned.recipe.arch, shape)
    return plan.make(facts, table, mirror=mirror, without=without, measured=need)
