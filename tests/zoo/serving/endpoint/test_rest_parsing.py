import gc
import math
import threading

import pytest

from zoo.serving.endpoint import rest_parsing
from zoo.serving.endpoint.rest_parsing import WrittenConstant, overflowed, parsed
from zoo.serving.endpoint.status_error import StatusError


def test_a_body_is_an_object():
    assert parsed(b'{"a": [1, 2.5, "x", true, null]}') == {
        "a": [1, 2.5, "x", True, None]
    }


def test_a_byte_order_mark_is_passed_over():
    assert parsed(b"\xef\xbb\xbf{}") == {}


def test_constants_of_both_spellings_are_numbers():
    values = parsed(b'{"a": [NaN, Infinity, -Infinity, Inf, -Inf, -NaN, "Inf"]}')["a"]
    assert math.isnan(values[0])
    assert values[1:5] == [math.inf, -math.inf, math.inf, -math.inf]
    assert math.isnan(values[5])
    assert values[6] == "Inf"
    assert all(isinstance(value, WrittenConstant) for value in values[:6])


def test_a_number_beyond_a_double_is_told_from_a_written_infinity():
    unasked, written = parsed(b'{"a": [1e999, Infinity]}')["a"]
    assert overflowed(unasked)
    assert not overflowed(written)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "The document is empty"),
        (b" \n", "The document is empty."),
        (b"{bad", "Missing a name for object member. at offset: 1"),
        (b'{"a" 1}', "Missing a colon after a name of object member. at offset: 5"),
        (b'{"a": 1 2}', "Missing a comma or closing bracket"),
        (b"{} {}", "The document root must not be followed by other values."),
        (b'{"a": x}', "Invalid value. at offset: 6"),
        ('{"\u00e4": x}'.encode(), "Invalid value. at offset: 7"),
        (b'{"a": "b', "Missing a closing quotation mark in string."),
        (b'{"a": "\x00"}', "Invalid encoding in string."),
        (b'{"a": "\\uZZZZ"}', "Incorrect hex digit after"),
        (b'{"a": "\\q"}', "Invalid escape character in string."),
        (b'{"a": "\xff"}', "Invalid encoding in string. at offset: 7"),
        (b'{"a": ' + b"9" * 5000 + b"}", "Number too big to be stored in double."),
        (b'{"a": 1, "a": 2}', "two members of the same name"),
        (b'{"a": ' + b"[" * 10**6, "nested too deep"),
        (b'{"a": ' + b'{"a":' * 10**6, "nested too deep"),
    ],
)
def test_a_fault_of_syntax_is_named(body, words):
    with pytest.raises(
        StatusError, match="INVALID_ARGUMENT: JSON Parse error"
    ) as error:
        parsed(body)
    assert words in error.value.message


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"3", b"null"])
def test_a_body_of_another_type_is_quoted(body):
    with pytest.raises(StatusError, match="Is not object") as error:
        parsed(body)
    assert error.value.message == f"JSON Value: {body.decode()} Is not object"


def test_collection_goes_on_after_a_body_whether_it_parses_or_not():
    parsed(b"{}")
    assert gc.isenabled()
    with pytest.raises(StatusError):
        parsed(b"{")
    assert gc.isenabled()


def test_only_the_first_of_several_bodies_pauses_collection():
    entered, leave = threading.Event(), threading.Event()

    def hold():
        with rest_parsing._no_collection():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait(10)
    assert not gc.isenabled()
    with rest_parsing._no_collection():
        pass
    assert not gc.isenabled()
    leave.set()
    thread.join()
    assert gc.isenabled()
