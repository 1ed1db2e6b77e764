from zoo.runs import split_by_image


def test_a_split_of_images_is_marked():
    assert split_by_image.note("image").startswith("SPLIT BY IMAGE: slices of the same")
    assert split_by_image.entry("image") == {"split_by": "image"}


def test_one_of_patients_is_not():
    assert split_by_image.note("patient") == split_by_image.note("") == ""
    assert split_by_image.entry("patient") == {}
