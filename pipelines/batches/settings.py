"""What all batches of a run have in common, of whichever split they are."""

from dataclasses import dataclass

from pipelines.batches.normalisation import Kind
from pipelines.covariates.encoding import NO_COVARIATES, Encoding


@dataclass(frozen=True, kw_only=True)
class BatchSettings:
    """From which records batches are made, and what a network sees of them.

    Args:
        fold: the fold, or the site, that is left out; none where the data set has none.
        channels: names of the task's channels, in the order wanted; empty = all.
        normalisation: of intensities, see `normalisation.normalise`.
        encoding: of the covariates that samples come with; none = without.
        batch_size: samples in a batch.
    """

    fold: str | None = None
    channels: tuple[str, ...] = ()
    normalisation: Kind
    encoding: Encoding = NO_COVARIATES
    batch_size: int
