import numpy as np
import pytest

from zoo.evaluation.decisions import predictive_values

# Mercaldo, Lau and Zhou (2007), Table VIII: the e4 allele of ApoE in late-onset
# Alzheimer's disease, 240 of 418 cases and 87 of 375 controls carry it.
APOE = {"true_positives": 240, "positives": 418}
APOE |= {"true_negatives": 288, "negatives": 375}


def test_the_published_example():
    found = predictive_values.values(240 / 418, 288 / 375, 0.03)
    assert found["ppv"] == pytest.approx(0.0711, abs=5e-5)
    assert found["npv"] == pytest.approx(0.9831, abs=5e-5)
    ends = predictive_values.intervals(**APOE, prevalence=0.03, confidence=0.95)
    # The logit of the PPV is that of the prevalence plus the logarithm of the positive
    # likelihood ratio, whose variance Simel, Samsa and Matchar (1991) give in counts.
    logit = np.log(0.03 / 0.97)
    for name, ratio, variance in (
        ("ppv", np.log(240 / 418 / (87 / 375)), 1 / 240 - 1 / 418 + 1 / 87 - 1 / 375),
        ("npv", np.log(178 / 418 / (288 / 375)), 1 / 178 - 1 / 418 + 1 / 288 - 1 / 375),
    ):
        sign = 1 if name == "ppv" else -1
        both = [
            sign * (logit + ratio) + z * variance**0.5 for z in (-1.959964, 1.959964)
        ]
        expected = [1 / (1 + np.exp(-end)) for end in both]
        assert [ends[name].low, ends[name].high] == pytest.approx(expected, abs=1e-7)


def test_the_variance_is_that_of_simulated_studies():
    generator = np.random.default_rng(0)
    sensitivity = generator.binomial(418, 240 / 418, 200_000) / 418
    specificity = generator.binomial(375, 288 / 375, 200_000) / 375
    found = predictive_values.values(sensitivity, specificity, 0.2)
    ends = predictive_values.intervals(**APOE, prevalence=0.2, confidence=0.95)
    for name in ("ppv", "npv"):
        logits = np.log(found[name] / (1 - found[name]))
        low, high = (np.log(e / (1 - e)) for e in (ends[name].low, ends[name].high))
        assert (high - low) / 2 / 1.959964 == pytest.approx(logits.std(), rel=0.02)


def test_at_the_prevalence_of_the_study_they_are_the_shares_themselves():
    found = predictive_values.values(0.8, 0.9, 0.25)  # 100 cases, 300 others
    assert found["ppv"] == pytest.approx(80 / (80 + 30))
    assert found["npv"] == pytest.approx(270 / (270 + 20))


def test_a_perfect_test_gets_the_adjusted_interval():
    ends = predictive_values.intervals(20, 20, 30, 30, prevalence=0.1, confidence=0.95)
    k = 1.959964**2
    se, sp = (20 + k / 2) / (20 + k), (30 + k / 2) / (30 + k)
    variance = (1 - se) / (se * (20 + k)) + sp / ((1 - sp) * (30 + k))
    centre = np.log(se / (1 - sp) / 9)
    low = 1 / (1 + np.exp(-(centre - 1.959964 * np.sqrt(variance))))
    assert ends["ppv"].low == pytest.approx(low, abs=1e-6)
    assert 0 < ends["ppv"].low < ends["ppv"].high < 1


def test_without_one_outcome_there_is_no_interval():
    ends = predictive_values.intervals(0, 0, 5, 9, prevalence=0.1, confidence=0.95)
    assert ends["ppv"].reason == "there are samples of one outcome alone"
    nobody = predictive_values.values(0.0, 1.0, 0.1)["ppv"]
    assert (
        predictive_values.measure_of("ppv", nobody).reason == "no sample is called so"
    )
