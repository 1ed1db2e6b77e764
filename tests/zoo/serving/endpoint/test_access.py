"""The token that requests carry."""

import grpc
import pytest

from pipelines.errors import UsageError
from zoo.serving.endpoint.access import Access, from_token_file
from zoo.serving.endpoint.status_error import StatusError

TOKEN = "0123456789abcdef"


@pytest.mark.parametrize("shown", [f"Bearer {TOKEN}", f"bearer  {TOKEN} "])
def test_the_token_lets_pass(shown):
    Access(token=TOKEN).check(shown)


@pytest.mark.parametrize(
    "shown",
    [None, "", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}0", "Bearer ", "Bearer é"],
)
def test_all_else_is_refused(shown):
    with pytest.raises(StatusError, match="must carry the header") as raised:
        Access(token=TOKEN).check(shown)
    assert raised.value.code is grpc.StatusCode.UNAUTHENTICATED


def test_without_a_token_everybody_passes():
    Access().check(None)


def test_a_token_is_never_shown():
    assert TOKEN not in repr(Access(token=TOKEN))


def test_white_space_around_the_token_is_none_of_it(tmp_path):
    file = tmp_path / "token"
    file.write_text(f"\n {TOKEN}\n", encoding="utf-8")
    assert from_token_file(file, host="0.0.0.0") == Access(token=TOKEN)


@pytest.mark.parametrize("content", ["", "0123456789abcde", "0123456789 abcdef"])
def test_a_file_without_one_long_word(content, tmp_path):
    file = tmp_path / "token"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="one word of 16 or more characters"):
        from_token_file(file, host="127.0.0.1")


def test_a_file_that_is_no_text(tmp_path):
    with pytest.raises(UsageError, match="file .*gone is no readable ASCII file"):
        from_token_file(tmp_path / "gone", host="127.0.0.1")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org", ""])
def test_other_machines_need_a_token(host):
    with pytest.raises(UsageError, match="--token_file must name a file"):
        from_token_file(None, host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_needs_none(host):
    assert from_token_file(None, host=host).token is None
