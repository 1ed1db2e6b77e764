import numpy as np
import pytest

from zoo.evaluation.metrics import icc

# Shrout and Fleiss, Psychological Bulletin 86, 1979, table 2: six targets, four judges.
SHROUT_FLEISS = np.array(
    [
        [9, 2, 5, 8],
        [6, 1, 3, 2],
        [8, 4, 6, 8],
        [7, 1, 2, 6],
        [10, 5, 6, 9],
        [6, 2, 4, 7],
    ]
)


def test_the_published_example():
    """Table 4 of the paper: .17, .29 and .71."""
    values = {name: m.value for name, m in icc.measure(SHROUT_FLEISS).items()}
    assert {name: round(value, 2) for name, value in values.items()} == {
        "icc_1_1": 0.17,
        "icc_2_1": 0.29,
        "icc_3_1": 0.71,
    }


def test_weights_are_copies():
    weights = np.array([[1, 1, 1, 1, 1, 1], [2, 0, 1, 3, 0, 1], [0, 5, 1, 0, 2, 0]])
    values = icc.replicate(SHROUT_FLEISS, weights)
    for row, copies in enumerate(weights):
        expected = icc.measure(np.repeat(SHROUT_FLEISS, copies, axis=0))
        for name in icc.ICC:
            assert values[name][row] == pytest.approx(expected[name].value, abs=1e-12)


def test_far_from_zero_nothing_is_lost():
    near, far = (icc.measure(SHROUT_FLEISS + shift) for shift in (0, 1e8))
    assert far["icc_2_1"].value == pytest.approx(near["icc_2_1"].value, abs=1e-6)


def test_a_shift_of_a_read_is_an_error_of_agreement_and_none_of_consistency():
    reads = np.array([[1.0, 3.0], [2.0, 4.0], [5.0, 7.0]])
    values = icc.measure(reads)
    assert values["icc_3_1"].value == pytest.approx(1)
    # BMS 26/3, JMS 6, EMS 0
    assert values["icc_2_1"].value == pytest.approx((26 / 3) / (26 / 3 + 2 * 6 / 3))


@pytest.mark.parametrize("reads", [np.full((3, 2), 4.1), np.array([[1.0, 2.0]])])
def test_undefined_says_why(reads):
    values = icc.measure(reads)
    assert all("the reads do not differ" in values[name].reason for name in icc.ICC)
