"""Simulated studies whose truth is known, for benchmarks/coverage.py.

A network scores by normal numbers: of two classes by one, shifted by what gives the
wanted AUC; of five by one each, the true class's shifted. Its probabilities are those
of classes of equal size, as a network with class weights gives them. With several
samples a patient half of a score's variance is the patient's own.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from zoo.evaluation.metrics import classification
from zoo.evaluation.predictions.predictions import Predictions
from zoo.targets.classification import CLASSIFICATION

_OWN = 0.5  # share of a score's variance that the samples of a patient have in common
_TRUTH = 1_000_000  # samples that the true values are computed on
_FIVE = (0.4, 0.25, 0.15, 0.1, 0.1)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """How studies are drawn.

    Args:
        patients: of a study.
        prevalence: of class 1 of two.
        auc: of two classes; of five, of two of the numbers that score them.
        most: samples a patient, 1 to so many, each as often.
        classes: two or five.
        design: `"cohort"` or `"case_control"`: then so many of each class.
    """

    patients: int
    prevalence: float = 0.5
    auc: float
    most: int = 1
    classes: int = 2
    design: str = "cohort"

    @property
    def shares(self) -> np.ndarray:
        """Of the classes, `[K]`."""
        if self.classes == 5:
            return np.array(_FIVE)
        return np.array([1 - self.prevalence, self.prevalence])

    def labels(self, generator: np.random.Generator) -> np.ndarray:
        """Of the patients of a study, int `[P]`."""
        if self.design == "case_control":
            counts = np.round(self.shares * self.patients).astype(int)
            return np.repeat(np.arange(self.classes), counts)
        return generator.choice(self.classes, self.patients, p=self.shares)

    def logits(
        self, label: np.ndarray, patient: np.ndarray, generator: np.random.Generator
    ) -> np.ndarray:
        """`[N, K]` of samples with these classes and patients, `[N]`."""
        numbers = 1 if self.classes == 2 else self.classes
        scores = generator.normal(size=(len(label), numbers))
        if self.most > 1:
            own = generator.normal(size=(patient.max() + 1, numbers))[patient]
            scores = math.sqrt(1 - _OWN) * scores + math.sqrt(_OWN) * own
        shift = NormalDist().inv_cdf(self.auc) * math.sqrt(2)
        if self.classes > 2:
            scores[np.arange(len(label)), label] += shift
            return shift * scores
        score = scores[:, 0] + shift * label
        return np.stack([np.zeros(len(label)), shift * score - shift**2 / 2], axis=1)

    def study(self, seed: tuple[int, ...]) -> Predictions:
        """One study."""
        generator = np.random.default_rng(seed)
        of_patient = self.labels(generator)
        number = generator.integers(1, self.most + 1, size=len(of_patient))
        patient = np.repeat(np.arange(len(of_patient)), number)
        label = of_patient[patient]
        logits = self.logits(label, patient, generator)
        return Predictions(
            sample_id=tuple(f"s{row:05d}" for row in range(len(label))),
            patient_id=tuple(f"p{row:05d}" for row in patient),
            split=("test",) * len(label),
            fold=("",) * len(label),
            kind=CLASSIFICATION,
            names=tuple(f"class{k}" for k in range(self.classes)),
            truth=label[:, None].astype(float),
            outputs={"prob": _softmax(logits), "logit": logits},
        )

    def truth(self) -> dict[str, float]:
        """The metrics of all patients there could be, by `name` or `class: name`."""
        generator = np.random.default_rng(12345)
        counts = np.round(self.shares * _TRUTH).astype(int)
        label = np.repeat(np.arange(self.classes), counts)
        logits = self.logits(label, np.arange(len(label)), generator)
        names = tuple(f"class{k}" for k in range(self.classes))
        metrics = classification.measure(label, _softmax(logits), names)
        values = {name: measure.value for name, measure in metrics.overall.items()}
        for title, measures in zip(names, metrics.per_class):
            values |= {
                f"{title}: {n}": measure.value for n, measure in measures.items()
            }
        return values


def _softmax(logits: np.ndarray) -> np.ndarray:
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


SCENARIOS = {
    "tiny": Scenario(patients=30, prevalence=0.5, auc=0.85),
    "tiny, near perfect": Scenario(patients=30, prevalence=0.5, auc=0.97),
    "tiny, uncommon": Scenario(patients=30, prevalence=0.3, auc=0.8),
    "small, rare": Scenario(patients=60, prevalence=0.1, auc=0.85),
    "small, rare, near perfect": Scenario(patients=60, prevalence=0.1, auc=0.97),
    "small, poor": Scenario(patients=60, prevalence=0.3, auc=0.7),
    "middling": Scenario(patients=100, prevalence=0.2, auc=0.85),
    "middling, rare, near perfect": Scenario(patients=100, prevalence=0.1, auc=0.97),
    "large": Scenario(patients=400, prevalence=0.3, auc=0.8),
    "large, rare, near perfect": Scenario(patients=400, prevalence=0.1, auc=0.97),
    "case-control": Scenario(
        patients=60, prevalence=0.5, auc=0.85, design="case_control"
    ),
    "small, several samples": Scenario(patients=40, prevalence=0.3, auc=0.85, most=6),
    "several, near perfect": Scenario(patients=60, prevalence=0.3, auc=0.97, most=6),
    "large, several samples": Scenario(patients=200, prevalence=0.2, auc=0.9, most=6),
    "five classes": Scenario(patients=120, auc=0.9, classes=5),
    "five classes, several": Scenario(patients=150, auc=0.85, most=4, classes=5),
}
