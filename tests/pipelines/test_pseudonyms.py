"""The two writings of a pseudonym."""

import pytest

from pipelines.pseudonyms import is_pseudonym, with_letter, without_letter

OLD = ("1234567890123456", "12e4567890123456", "0000000000000000", "fedcba9876543210")
OTHER = ("", "0", "3", "P1", "123456789012345", "12345678901234567", "FEDCBA9876543210")


@pytest.mark.parametrize("name", OLD)
def test_a_pseudonym_of_before_gets_the_letter_once(name):
    assert with_letter(name) == f"p{name}" == with_letter(with_letter(name))
    assert without_letter(f"p{name}") == name == without_letter(name)
    assert is_pseudonym(f"p{name}") and not is_pseudonym(name)
    assert not is_pseudonym(f"p{name}\n")


@pytest.mark.parametrize("text", [*OTHER, "1234567890123456\n", "pear", "p12345"])
def test_any_other_text_stays_as_it_is(text):
    assert with_letter(text) == text == without_letter(text)
    assert not is_pseudonym(text)


@pytest.mark.parametrize("name", OLD)
def test_no_spreadsheet_reads_it_as_a_number(name):
    with pytest.raises(ValueError, match="could not convert"):
        float(with_letter(name))
