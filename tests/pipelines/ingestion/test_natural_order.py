from pipelines.ingestion.natural_order import natural


def test_numbers_count_as_numbers():
    names = ["s10/a", "s2/b", "S1/c", "s2/a"]
    assert sorted(names, key=natural) == ["S1/c", "s2/a", "s2/b", "s10/a"]


def test_digits_and_letters_at_the_same_place_can_be_compared():
    assert sorted(["a", "7", "", "²"], key=natural) == ["", "7", "a", "²"]
