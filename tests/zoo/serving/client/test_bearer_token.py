import pytest

from pipelines.errors import UsageError
from zoo.serving.client import bearer_token
from zoo.serving.client.address import read

HERE, FAR, SAFE = map(read, ("grpc://localhost:1", "http://a", "https://a"))


def test_of_the_environment():
    assert bearer_token.read(None, {"ZOO_TOKEN": " word\n"}, SAFE) == "word"


def test_a_file_counts_first(tmp_path):
    (tmp_path / "token").write_text("of-file\n", encoding="utf-8")
    environment = {"ZOO_TOKEN": "word"}
    assert bearer_token.read(tmp_path / "token", environment, HERE) == "of-file"


def test_none():
    assert bearer_token.read(None, {}, FAR) is None
    assert bearer_token.read(None, {"ZOO_TOKEN": ""}, FAR) is None


def test_it_does_not_go_unencrypted_to_another_machine():
    message = "would go to a unencrypted, .*Write https://"
    with pytest.raises(UsageError, match=message) as caught:
        bearer_token.read(None, {"ZOO_TOKEN": "word"}, FAR)
    assert "word" not in str(caught.value)


@pytest.mark.parametrize("token", ["two words", "naïve", "line\nbreak"])
def test_what_no_header_can_carry(token):
    with pytest.raises(UsageError, match="one word of ASCII.*ZOO_TOKEN") as caught:
        bearer_token.read(None, {"ZOO_TOKEN": token}, SAFE)
    assert token not in str(caught.value)


def test_an_empty_file(tmp_path):
    (tmp_path / "token").write_text("\n", encoding="utf-8")
    with pytest.raises(UsageError, match="token is empty"):
        bearer_token.read(tmp_path / "token", {}, SAFE)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="token can't be read"):
        bearer_token.read(tmp_path / "token", {}, SAFE)
