import pytest

from zoo.serving.endpoint.rest_routes import (
    METADATA,
    PREDICT,
    STATUS,
    Route,
    VersionNumberError,
    belongs_to_api,
    parsed,
)
from zoo.serving.endpoint.status_error import StatusError


@pytest.mark.parametrize(
    ("method", "target", "route"),
    [
        ("POST", "/v1/models/m:predict", Route(verb=PREDICT, name="m")),
        ("POST", "/V1/MODELS/m:predict", Route(verb=PREDICT, name="m")),
        (
            "POST",
            "/v1/models/m/versions/007:predict",
            Route(verb=PREDICT, name="m", version=7),
        ),
        (
            "POST",
            "/v1/models/m/labels/a%20b:predict",
            Route(verb=PREDICT, name="m", label="a b"),
        ),
        ("GET", "/v1/models/m%41", Route(verb=STATUS, name="mA")),
        ("GET", "/v1/models/m?a=b", Route(verb=STATUS, name="m?a=b")),
        ("GET", "/v1/models/%ff", Route(verb=STATUS, name="\ufffd")),
        (
            "GET",
            "/v1/models/m/labels/l/metadata",
            Route(verb=METADATA, name="m", label="l"),
        ),
        (
            "GET",
            "/v1/models/m/versions/9223372036854775807",
            Route(verb=STATUS, name="m", version=2**63 - 1),
        ),
    ],
)
def test_a_target_names_model_version_and_verb(method, target, route):
    assert parsed(method, target) == route


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/v1/models/m:predict"),
        ("POST", "/v1/models/m"),
        ("PUT", "/v1/models/m:predict"),
        ("POST", "/v1/models/m:PREDICT"),
        ("POST", "/v1/models/m/versions/x:predict"),
        ("POST", "/v1/models/m/versions/\u0661:predict"),
        ("GET", "/v1/models/m/extra"),
        ("GET", "/v1/models//metadata/metadata"),
    ],
)
def test_what_is_no_question_is_malformed(method, target):
    with pytest.raises(StatusError, match=f"Malformed request: {method} {target}"):
        parsed(method, target)


@pytest.mark.parametrize("target", ["/v1/models", "/v1/models/versions/3"])
def test_a_question_names_a_model(target):
    with pytest.raises(StatusError, match="Missing model name in request"):
        parsed("GET", target)


@pytest.mark.parametrize("version", [str(2**63), "9" * 20, "9" * 5000])
def test_a_version_fits_64_bits(version):
    with pytest.raises(VersionNumberError, match="to numeric"):
        parsed("GET", f"/v1/models/m/versions/{version}")


@pytest.mark.parametrize(
    ("target", "belongs"),
    [("/v1/x", True), ("/V1/", True), ("/", False), ("/v2", False)],
)
def test_the_api_stands_below_v1(target, belongs):
    assert belongs_to_api(target) is belongs
