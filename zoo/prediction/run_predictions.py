"""New studies to predictions by the networks of a run."""

from collections.abc import Iterable, Iterator

from pipelines.errors import DataError, StudyError
from pipelines.ingestion.new_study import OneRecord
from pipelines.ingestion.study_fault import attempt
from zoo.prediction.output_format import Outputs
from zoo.prediction.predictor import Predictor
from zoo.prediction.result_file import Prediction, no_prediction


def predicted(
    records: Iterable[OneRecord], predictor: Predictor
) -> Iterator[Prediction]:
    """What is predicted of each study, or why nothing is; the others go on."""
    for number, study in enumerate(records, 1):
        yield _prediction(number, study, predictor)


def _prediction(number: int, study: OneRecord, predictor: Predictor) -> Prediction:
    about = {"number": number, "name": study.name, "ids": study.ids}
    about["kept"] = (study.kept,)
    if study.record is None:
        return Prediction(**about, error=study.error)
    each = attempt(lambda: _outputs(study, predictor), step="predicting")
    if isinstance(each, StudyError):
        return Prediction(**about, error=each)
    folds = {fold: predictor.answer({fold: each[fold]}) for fold in predictor.folds}
    return Prediction(**about, outputs=predictor.answer(each), by_fold=folds)


def _outputs(study: OneRecord, predictor: Predictor) -> dict[str, Outputs]:
    """The outputs of each network.

    Raises:
        StudyError: the network gives no finite numbers, or does not take the record.
    """
    try:
        return predictor.predict_each(study.record, name=study.name)
    except DataError as error:
        raise no_prediction(str(error)) from error
