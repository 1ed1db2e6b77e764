import pytest

from tests.zoo.evaluation.cohorts import cohort
from tests.zoo.evaluation.labelled import labelled
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation.figures.by_kind import FIGURES
from zoo.evaluation.metrics.by_kind import METRICS, VALIDATION_SCORES
from zoo.evaluation.results.by_kind import RESULTS, kind_of
from zoo.evaluation.tables.by_kind import TABLES
from zoo.targets.kinds import TARGET_KINDS
from zoo.targets.ordinal import ORDINAL


@pytest.mark.parametrize(
    "mapping", [METRICS, VALIDATION_SCORES, RESULTS, FIGURES, TABLES]
)
def test_every_kind_of_target_is_in_every_mapping(mapping):
    assert mapping.keys() == TARGET_KINDS.keys()


@pytest.mark.parametrize(
    "predictions", [cohort(4), cohort(4, kind=ORDINAL), labelled(4), numbered(4)]
)
def test_metrics_json_says_of_what_kind_it_is(predictions):
    kind = predictions.kind.name
    assert kind_of(RESULTS[kind].described(predictions)) == kind
