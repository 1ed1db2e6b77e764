from zoo.prediction.reports import codes


def test_a_private_code_follows_what_it_means():
    one = codes.private("ring", "liver", "class", "ring")
    assert one.value == codes.private("Ring!", "liver", "class", "ring").value
    assert one.value != codes.private("ring", "kidney", "class", "ring").value
    assert len(one.value) <= 16 and one.scheme_designator == "99MVZ"


def test_parts_of_a_code_do_not_run_into_each_other():
    assert codes.private("x", "ab", "c").value != codes.private("x", "a", "bc").value


def test_the_meaning_keeps_letters_of_any_script_and_fits():
    assert codes.private("Fibrose ≥ S2 – 肝", "a").meaning == "Fibrose ≥ S2 – 肝"
    assert len(codes.private("肝" * 90, "a").meaning) == 64


def test_every_scheme_that_is_used_is_declared():
    declared = {item.CodingSchemeDesignator for item in codes.schemes()}
    used = [codes.UNKNOWN, codes.PRESENT, codes.ABSENT, codes.SCORE, codes.FINDING]
    assert {code.scheme_designator for code in used} | {codes.SCHEME} <= declared


def test_modalities_that_a_task_takes():
    assert codes.modality("MR").meaning == "Magnetic Resonance"
    assert codes.modality("US") is None
