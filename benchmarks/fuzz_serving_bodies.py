"""Bodies of REST requests: good ones with faults, and some that were never good."""

import json

GOOD = b'{"signature_name": "two", "instances": [{"a": [1, 2, 3], "b": [1, -2, 3]}]}'
_SIGNATURES = (
    *(("two", ["a", "b"]), ("scal", ["x"]), ("nan", ["x"]), ("half", ["x"])),
    *(("serve_bytes", ["volume_bytes"]), ("serving_default", ["volume"])),
)
_SEEDS = (
    GOOD,
    b'{"signature_name": "two", "inputs": {"a": [[1, 2, 3]], "b": [[1, 2, 3]]}}',
    b'{"signature_name":"scal","inputs":[NaN,Infinity,-Infinity,Inf]}',
    b'{"signature_name": "nan", "instances": [0, -1, 1e-07, 3e9, 0.1, 16777217]}',
    b'{"signature_name": "half", "instances": [[1.0, 2.0]]}',
    b'{"signature_name": "serve_bytes", "instances": [{"b64": "AAAA"}]}',
    b'{"instances": [[[[[1.0], [2.0]]]]]}',
    b'{"inputs": {"volume": [[[[[1.0]]]], [[[[2.5]]]]]}}',
)
_TOKENS = (
    *(b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"null", b"true", b"-", b"."),
    *(b"NaN", b"-Inf", b"Infinity", b"1e999", b"-1e-999", b"0x1", b"01", b"1e", b"2.0"),
    *(b"9" * 400, b"18446744073709551616", b"-9223372036854775809", b"2147483648"),
    *(b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\u0000"', b"\x00", b"\xff\xfe", b"\xc0"),
    *(b'{"b64": "*"}', b'{"b64": 3}', b'{"b64": ""}', b'"b64"', b'"instances": [1], '),
    *(b'"inputs": 1, ', b'"signature_name": "zz", ', b"[[[[", b"]]]]", b"\xef\xbb\xbf"),
    *(b'"signature_name": "__saved_model_init_op", ', b"\xe2\x80\xa8", b"[]", b"{}"),
)


def body(rng):
    """One of them."""
    return rng.choices((mutated_body, mutated_document, whole_body), (4, 5, 1))[0](rng)


def mutated_body(rng):
    """A body that was good once, or was never."""
    body = bytearray(rng.choice(_SEEDS))
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(body) + 1)
        end = min(len(body), place + rng.randint(0, 12))
        way = rng.random()
        if way < 0.3:
            body[place:place] = rng.choice(_TOKENS)
        elif way < 0.5:
            body[place:end] = rng.choice(_TOKENS)
        elif way < 0.65:
            body[place:place] = body[place:end] * rng.randint(1, 50)
        elif way < 0.8:
            del body[place:end]
        elif way < 0.9 and body:
            body[rng.randrange(len(body))] = rng.randrange(256)
        else:
            del body[place:]
    return bytes(body)


def mutated_document(rng):
    """Valid JSON of inputs that may fit no signature."""
    signature, names = rng.choice(_SIGNATURES)
    if rng.random() < 0.2:
        signature, names = rng.choice(("", "zz", None)), rng.choice((["a"], []))
    inputs = {name: _value(rng, rng.randint(0, 6)) for name in names}
    form, content = rng.choice(
        (
            ("inputs", inputs),
            ("inputs", next(iter(inputs.values()), 1)),
            ("instances", [inputs] * rng.randint(0, 3)),
            ("instances", _value(rng, rng.randint(0, 6))),
        )
    )
    document = {"signature_name": signature, form: content}
    if rng.random() < 0.8:
        document = {key: value for key, value in document.items() if value is not None}
    return json.dumps(document).encode()


def _value(rng, rank):
    """Nested lists of mostly one shape, or one element."""
    if rank == 0:
        numbers = (0, 1, -1, 2.5, 1e38, 1e-45, 2**31, 2**64, float("nan"), -0.0)
        others = (True, None, "text", {"b64": "AAAA"}, {"b64": "*"}, {}, "\ud800")
        return rng.choice(numbers if rng.random() < 0.9 else others)
    inner = _value(rng, rank - 1)
    size = rng.choice((1, 1, 2, 3, 3, 0, 17))
    if rng.random() < 0.8:
        return [inner] * size
    return [_value(rng, rank - 1) for _ in range(min(size, 3))]


def whole_body(rng):
    """A body with one fault that no small change makes."""
    many = rng.randint(1, 20_000)
    return rng.choice(
        (
            lambda: b'{"instances": ' + b"[" * many * 10,
            lambda: b'{"instances": ' + b"[" * 900 + b"1" + b"]" * 900 + b"}",
            lambda: b'{"a":' * many,
            lambda: b'{"instances": [' + b"1," * many + b'"a"]}',
            lambda: b'{"instances": [' + b"[]," * many + b"[1]]}",
            lambda: b'{"inputs": ' + b"9" * many + b"}",
            lambda: b'{"signature_name": "' + b"s" * many + b'", "inputs": 1}',
            lambda: (
                b'{"instances": [' + b'{"a": [1, 2, 3], "b": [1, 2, 3]},' * 40 + b"1]}"
            ),
            lambda: b'{"signature_name": "nan", "instances": ' + b"[1e38]}" * 2,
            lambda: b'{"inputs": [[[[[1.5]]' + b",[[2.5]]" * 63 + b"]]]}",
            lambda: rng.randbytes(many),
            lambda: b"",
        )
    )()
