"""The plan: a recipe, and for each of its settings the rule that gave it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from zoo.planning import memory_need
from zoo.planning.fingerprint import Fingerprint
from zoo.planning.rule import Evidence, Rule
from zoo.planning.rule_table import RuleTable
from zoo.recipes import edit
from zoo.recipes.recipe import Recipe

_BATCH = "optimisation.batch_size"
_LEFT_OUT = 0.1  # of the training samples, by every epoch


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A field of the recipe, its value, which rule gave it, and why.

    Args:
        evidence: what the rule rests on, a line each.
    """

    field: str
    value: Any
    rule: str
    why: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A recipe for a data set.

    Args:
        without: data sets whose evidence was left out.
    """

    facts: Fingerprint
    recipe: Recipe
    settings: tuple[Setting, ...]
    without: tuple[str, ...] = ()


def make(
    facts: Fingerprint,
    table: RuleTable,
    *,
    mirror: Collection[str] = (),
    without: Collection[str] = (),
    measured: memory_need.Need | None = None,
) -> Plan:
    """Asks every rule.

    Args:
        mirror: axes along which no class is a matter of sides.
        without: names of data sets whose evidence is left out.
        measured: what the planned network takes here; none = what was measured of it
            before, see `memory_need`.

    Raises:
        UsageError: as `RuleTable.without`.
    """
    settings = _by_rules(facts, table.without(without), mirror)
    settings[_BATCH] = _fitting_batch(settings, facts, measured)
    settings["optimisation.monitor"] = _monitor(facts)
    values = {field: setting.value for field, setting in settings.items()}
    return Plan(
        facts=facts,
        recipe=edit.edit_all(Recipe(), values),
        settings=tuple(settings.values()),
        without=tuple(sorted(without)),
    )


def _by_rules(
    facts: Fingerprint, table: RuleTable, mirror: Collection[str]
) -> dict[str, Setting]:
    """Of several rules for a field the first that holds."""
    settings: dict[str, Setting] = {}
    for rule in table.rules:
        if not rule.when.holds(facts, mirror):
            continue
        chosen = rule.choice(table.margin)
        for field, value in chosen.values.items():
            given = sorted(mirror) if value == "mirror" else value
            lines = tuple(_line(evidence) for evidence in chosen.evidence)
            settings.setdefault(field, _setting(rule, field, given, lines))
    return settings


def _setting(rule: Rule, field: str, value: Any, evidence: tuple[str, ...]) -> Setting:
    return Setting(
        field=field, value=value, rule=rule.name, why=rule.why, evidence=evidence
    )


def _line(evidence: Evidence) -> str:
    return f"{evidence.data}: {evidence.what}" if evidence.data else evidence.what


def _fitting_batch(
    settings: dict[str, Setting],
    facts: Fingerprint,
    measured: memory_need.Need | None,
) -> Setting:
    """The rule's batch, or what memory or the smallest training split allow."""
    wanted = settings[_BATCH]
    need = measured or memory_need.known(settings["arch"].value)
    room = memory_need.largest_batch(need, facts)
    if room < min(wanted.value, facts.samples):
        why = f"a batch of {wanted.value} does not fit: {facts.device}"
        return Setting(field=_BATCH, value=room, rule="memory", why=why)
    whole = _whole_batches(wanted.value, facts.samples)
    if whole == wanted.value:
        return wanted
    why = (
        f"batches are whole ones, and those of {wanted.value} would leave out much of "
        f"the smallest training split, {facts.samples} samples"
    )
    return Setting(field=_BATCH, value=whole, rule="smallest-split", why=why)


def _whole_batches(wanted: int, samples: int) -> int:
    """The largest batch up to the wanted one that leaves out a tenth or less.

    None down to half of it does: the largest that there are samples for.
    """
    most = min(wanted, samples)
    fitting = (
        batch
        for batch in range(most, most // 2, -1)
        if samples % batch <= _LEFT_OUT * samples
    )
    return next(fitting, most)


def _monitor(facts: Fingerprint) -> Setting:
    """What chooses the epoch: the AUC where it is defined."""
    field = "optimisation.monitor"
    if facts.has_auc and facts.every_class_validates:
        why = "the ranking of patients, whatever the threshold"
        return Setting(field=field, value="val_auc", rule="monitor", why=why)
    why = (
        "a class without validation patients has no AUC"
        if facts.has_auc
        else f"a {facts.kind} has no AUC"
    )
    return Setting(field=field, value="val_loss", rule="monitor", why=why)
