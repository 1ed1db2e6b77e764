"""Comparisons of models that were made without any training."""

from zoo.evaluation.comparison import figures_of_merit
from zoo.evaluation.comparison.report import comparison, rows, same_patients
from zoo.evaluation.comparison.report.row import Question
from zoo.evaluation.comparison.report.sources import Source
from zoo.evaluation.results.settings import Settings


def sources(*models, **options):
    """Sources named a, b, c, ..."""
    return [
        Source(name=name, what="predictions, test", predictions=model, **options)
        for name, model in zip("abcdefg", models)
    ]


def compared(*models, **options):
    """The whole comparison of models, see `compared_sources`."""
    return compared_sources(sources(*models), **options)


def compared_sources(
    given, *, figures=("auc",), level=None, every=False, resamples=200, **more
):
    """The whole comparison, against the first or of every pair."""
    same = same_patients.joined(given, level=level)
    first = same.sources[0].predictions
    names = [source.name for source in same.sources]
    question = Question(
        pairs=rows.pairs_of(names, every=every),
        figures=[figures_of_merit.named(name, first) for name in figures],
        settings=Settings(bootstrap=resamples),
        **more,
    )
    return comparison.of(same, question)
