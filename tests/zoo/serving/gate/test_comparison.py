import numpy as np
import pytest

from zoo.serving.gate import comparison
from zoo.serving.gate.loading import Answer, Request

OF_VECTOR = "of a vector's largest value or of 1, at most 1e-05 is allowed"
OF_VALUE = "1e-05 of the value are allowed"
TEXTS = np.array([b"yes", b"no"], object)


def request(number=2, signature="s"):
    inputs = {"x": np.zeros((number, 3), np.float32)}
    return Request(signature=signature, inputs=inputs)


def compared(found, wanted, tolerance=1e-5, signature="s", rounding=None):
    refused, largest = comparison.differences(
        [request(signature=signature)],
        [Answer(outputs={"y": found})],
        [{"y": wanted}],
        tolerance,
        [rounding],
    )
    return [refusal.problem for refusal in refused], largest


def test_equal_numbers():
    found = np.array([0.25, 0.5], np.float32)
    assert compared(found, found + np.float32(2**-18)) == ([], {"s/y": 2**-18})


def test_large_numbers_may_differ_in_proportion():
    problems, largest = compared(np.float32([1000, 0]), np.float32([1000.005, 0]))
    assert problems == []
    assert largest == {"s/y": pytest.approx(5e-6, rel=0.03)}  # of what float32 holds


@pytest.mark.parametrize(
    ("signature", "small", "share", "refused"),
    [
        ("features", 0.502, 0.002 / 300, []),
        ("features", 0.504, 0.004 / 300, [f"differs by 1.33e-05 {OF_VECTOR}"]),
        ("s", 0.502, 0.002, [f"differs by 0.002, at most 1e-05 and {OF_VALUE}"]),
    ],
)
def test_features_are_one_vector_with_one_rounding(signature, small, share, refused):
    wanted = np.float32([[0.3, 0.2], [300, 0.5]])
    found = np.float32([[0.3, 0.2], [300, small]])
    problems, largest = compared(found, wanted, signature=signature)
    assert problems == [f"its output y of a batch of 2 {one}" for one in refused]
    assert largest == {f"{signature}/y": pytest.approx(share, rel=1e-3)}


def test_the_vector_of_one_record_says_nothing_of_another():
    wanted = np.float32([[0.3, 0.2], [300, 0.5]])
    problems, _ = compared(wanted + np.float32(2e-5), wanted, signature="features")
    assert problems == [f"its output y of a batch of 2 differs by 2e-05 {OF_VECTOR}"]


@pytest.mark.parametrize(
    ("off", "last_bits", "allowed"),
    [
        ((0, 1.9e-4), (0, 1e-4), None),
        ((0, 2.1e-4), (0, 1e-4), "0.0002"),
        ((1.9e-4, 0), (0, 1e-4), "1e-05"),
        ((0, 2.1e-5), (0, 1e-6), "1e-05"),
        ((0, 0.9e-3), (0, 1.0), None),
        ((0, 1.1e-3), (0, 1.0), "0.001"),
        ((0, np.nan), (1.0, 1.0), "0.001"),
    ],
)
def test_twice_what_last_bits_change_is_rounding(off, last_bits, allowed):
    wanted = np.float32([[2, 0.5], [4, 0.5]])
    found = wanted.copy()
    found[:, 1] += np.float32(off) * (2, 4)
    problems, _ = compared(
        found, wanted, signature="features", rounding=lambda: np.array(last_bits)
    )
    assert len(problems) == (allowed is not None)
    for problem in problems:
        assert problem.endswith(f"or of 1, at most {allowed} is allowed")


def test_what_last_bits_change_is_not_asked_in_vain():
    wanted = np.float32([[2, 0.5], [4, 0.5]])
    for signature in ("features", "s"):
        problems, _ = compared(
            *(wanted + np.float32(1e-6), wanted),
            signature=signature,
            rounding=lambda: pytest.fail("it was asked"),
        )
        assert problems == []


def test_other_outputs_than_features_have_no_rounding_of_their_own():
    wanted = np.float32([[2, 0.5], [4, 0.5]])
    found = wanted + np.float32(1e-4)
    problems, _ = compared(found, wanted, rounding=lambda: np.ones(2))
    assert len(problems) == 1


def test_in_half_precision_the_tolerance_is_more_than_any_rounding():
    wanted = np.float32([[2, 0.5], [4, 0.5]])
    found = wanted + np.float32(0.05)
    assert compared(found, wanted, 0.03, "features")[0] == []
    assert compared(found, wanted, 0.03, "features", lambda: np.ones(2))[0] == []


def test_other_numbers():
    problems, _ = compared(np.float32([0.25, 0.5]), np.float32([0.25, 0.75]))
    assert problems == [
        f"its output y of a batch of 2 differs by 0.25, at most 1e-05 and {OF_VALUE}"
    ]


def test_numbers_that_are_none():
    problems, _ = compared(np.float32([np.nan, 0.5]), np.float32([0.25, 0.5]))
    assert len(problems) == 1


def test_another_shape():
    problems, largest = compared(np.zeros((2, 1), np.float32), np.zeros((2, 2)))
    assert problems == ["its output y of a batch of 2 has the shape [2, 1], not [2, 2]"]
    assert largest == {}


@pytest.mark.parametrize("wanted", [TEXTS, np.array(["yes", "no"])])
def test_equal_texts(wanted):
    assert compared(TEXTS, wanted) == ([], {})


def test_other_texts():
    problems, _ = compared(TEXTS, np.array(["yes", "yes"]))
    assert problems == ["its output y of a batch of 2 is another in 1 of 2 places"]


def test_other_integers():
    problems, _ = compared(np.array([1, 0]), np.array([1, 1]))
    assert problems == ["its output y of a batch of 2 is another in 1 of 2 places"]


def test_what_is_not_expected_is_not_compared():
    answer = Answer(outputs={"y": TEXTS})
    assert comparison.differences([request()], [answer], [{"z": TEXTS}], 0) == ([], {})


def test_errors_and_lost_batches_are_failures():
    answers = [
        Answer(outputs={"y": np.zeros((2, 1))}),
        Answer(outputs={}, error="InternalError: no"),
        Answer(outputs={"y": np.zeros((1, 1))}),
        Answer(outputs={"y": np.float32(1)}),
    ]
    found = comparison.failures([request()] * 4, answers, "TensorFlow 2.20")
    assert [refusal.problem for refusal in found] == [
        "it fails in TensorFlow 2.20: InternalError: no",
        "its output y is [1, 1] for a batch of 2, which has to be the first size",
        "its output y is [] for a batch of 2, which has to be the first size",
    ]
    assert {refusal.signatures for refusal in found} == {("s",)}


def test_a_text_of_which_nothing_is_known_is_not_compared():
    wanted = np.array([b"yes", None], object)
    assert compared(TEXTS, wanted) == ([], {})
    problems, _ = compared(TEXTS[::-1], wanted)
    assert problems == ["its output y of a batch of 2 is another in 1 of 2 places"]


def test_an_integer_of_which_nothing_is_known_is_not_compared():
    wanted = np.array([1, None], object)
    assert compared(np.array([1, 0]), wanted) == ([], {})
    problems, _ = compared(np.array([0, 0]), wanted)
    assert problems == ["its output y of a batch of 2 is another in 1 of 2 places"]


def test_a_number_of_which_nothing_is_known_is_not_compared():
    wanted = np.array([0.25, None], object)
    assert compared(np.float32([0.25, 7]), wanted) == ([], {"s/y": 0.0})
    problems, largest = compared(np.float32([0.5, 7]), wanted)
    assert len(problems) == 1 and largest == {"s/y": 0.25}
    assert compared(np.float32([1, 2]), np.array([None] * 2)) == ([], {"s/y": 0.0})


def test_what_is_true_of_some_and_known_of_others():
    answered = np.array([True, False])
    assert compared(answered, np.array([True, False])) == ([], {})
    assert compared(answered, np.array([True, None], object)) == ([], {})
    problems, _ = compared(answered, np.array([True, True]))
    assert problems == ["its output y of a batch of 2 is another in 1 of 2 places"]
