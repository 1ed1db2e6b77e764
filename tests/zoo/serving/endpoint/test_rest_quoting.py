import pytest

from zoo.serving.endpoint.rest_quoting import quoted, type_name


def test_an_object_stands_on_lines_and_a_list_on_one():
    value = {"signature_name": 3, "instances": [1, [2.5, None]]}
    assert quoted(value) == (
        '{\n    "signature_name": 3,\n    "instances": [1, [2.5, null]]\n}'
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [([], "[]"), ({}, "{}"), ("a", '"a"'), (True, "true"), (float("nan"), "NaN")],
)
def test_a_small_value_is_quoted_whole(value, text):
    assert quoted(value) == text


def test_a_large_value_is_cut():
    assert quoted(["x" * 10**7] * 1000).endswith("xxx...")
    assert len(quoted(list(range(10**6)))) == 1003


def test_a_deep_value_is_cut():
    value = []
    for _ in range(900):
        value = [value]
    assert quoted(value) == "[" * 16 + "..." + "]" * 16


def test_a_large_number_is_not_written_out():
    assert quoted(10**4000) == "an integer of more than 1024 bits"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "Null"),
        (True, "True"),
        (False, "False"),
        (1, "Number"),
        (1.5, "Number"),
        ("", "String"),
        ([], "Array"),
        ({}, "Object"),
    ],
)
def test_types_have_the_parser_s_names(value, name):
    assert type_name(value) == name
