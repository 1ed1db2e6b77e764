"""Keys, pseudonyms and the header facts that may pass."""

import hashlib
import hmac
import os
import stat

import pytest

from pipelines.errors import DataError, StudyError, UsageError
from pipelines.privacy import privacy
from pipelines.privacy.privacy import Key, load_key, pseudonym
from pipelines.readers.dicom.headers import Series

KEY = Key(secret=bytes(range(32)))


def series(**header) -> Series:
    return Series(patient_id="P1", study_uid="1.2", series_uid="1.2.3", **header)


def test_a_key_is_made_once_for_its_owner_alone(tmp_path, capsys):
    path = tmp_path / "project.key"
    first = load_key(path, outside=(tmp_path / "source",))
    assert "made a new project key" in capsys.readouterr().err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text(encoding="utf-8").strip()) == 64
    assert load_key(path) == first
    assert capsys.readouterr().err == ""
    assert os.listdir(tmp_path) == ["project.key"]


def test_the_key_that_another_process_made_first_wins(tmp_path, monkeypatch):
    path = tmp_path / "project.key"

    def another_was_first(source, target):
        path.write_text("ab" * 32, encoding="utf-8")
        raise FileExistsError

    monkeypatch.setattr(os, "link", another_was_first)
    assert load_key(path) == Key(secret=b"\xab" * 32)


def test_a_key_is_made_where_there_are_no_hard_links(tmp_path, monkeypatch):
    def refused(source, target):
        raise PermissionError("no hard links")

    monkeypatch.setattr(os, "link", refused)
    key = load_key(tmp_path / "project.key")
    assert load_key(tmp_path / "project.key") == key
    assert stat.S_IMODE((tmp_path / "project.key").stat().st_mode) == 0o600


def test_a_key_that_others_can_read_is_warned_of(tmp_path, capsys):
    path = tmp_path / "project.key"
    path.write_text("00" * 32, encoding="utf-8")
    path.chmod(0o644)
    load_key(path)
    assert f"chmod 600 {path}" in capsys.readouterr().err


def test_the_key_stays_out_of_what_is_handed_on(tmp_path):
    inside = tmp_path / "data" / "deep"
    inside.mkdir(parents=True)
    (tmp_path / "link").symlink_to(inside)
    with pytest.raises(UsageError, match="lies inside .*data"):
        load_key(inside / "project.key", outside=(tmp_path / "data",))
    with pytest.raises(UsageError, match="lies inside .*data"):
        load_key(tmp_path / "link" / "project.key", outside=(tmp_path / "data",))
    assert list(inside.iterdir()) == []


def test_a_file_that_is_no_key_stays_as_it_is(tmp_path):
    path = tmp_path / "thesis.txt"
    path.write_text("not a key", encoding="utf-8")
    with pytest.raises(DataError, match="not a key file of 64 hexadecimal digits"):
        load_key(path)
    path.write_text("zz" * 32, encoding="utf-8")
    with pytest.raises(DataError, match="not a key file"):
        load_key(path)
    assert path.read_text(encoding="utf-8") == "zz" * 32


def test_the_directory_of_the_key_is_made(tmp_path):
    key = load_key(tmp_path / "absent" / "deep" / "project.key")
    assert load_key(tmp_path / "absent" / "deep" / "project.key") == key
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="file is no directory. Choose another place"):
        load_key(tmp_path / "file" / "project.key")


def test_a_directory_is_no_key(tmp_path):
    with pytest.raises(DataError, match="can't be read"):
        load_key(tmp_path)


def test_no_permission_to_write_the_key(tmp_path, monkeypatch):
    def denied(path, text):
        raise PermissionError("read-only")

    monkeypatch.setattr(privacy, "write_private", denied)
    with pytest.raises(UsageError, match="no permission to write the key"):
        load_key(tmp_path / "project.key")


def test_a_key_has_32_bytes_and_does_not_show_them():
    with pytest.raises(ValueError, match="a key has 32 bytes. Received: 3"):
        Key(secret=b"abc")
    assert repr(KEY) == "Key()"


def test_a_pseudonym_is_the_keyed_hash_of_kind_and_id():
    digits = hmac.new(KEY.secret, b"patient\0P1", hashlib.sha256).hexdigest()[:16]
    expected = f"p{digits}"
    assert pseudonym(KEY, "patient", "P1") == expected
    assert pseudonym(KEY, "patient", " P1 ") == expected
    assert pseudonym(KEY, "study", "P1") != expected
    assert pseudonym(Key(secret=bytes(32)), "patient", "P1") != expected


def test_nobody_gets_the_pseudonym_of_nothing():
    with pytest.raises(StudyError, match="the source gives no patient id"):
        pseudonym(KEY, "patient", "  ")


def test_a_fingerprint_is_what_it_was_when_pseudonyms_had_no_letter():
    assert privacy.key_fingerprint(KEY) == "13a57689d85d84a6"


def test_fingerprints_tell_keys_apart():
    assert privacy.key_fingerprint(KEY) == privacy.key_fingerprint(KEY)
    assert privacy.key_fingerprint(KEY) != privacy.key_fingerprint(
        Key(secret=bytes(32))
    )


@pytest.mark.parametrize(
    ("manufacturer", "word"),
    [
        ("", ""),
        ("SIEMENS", "siemens"),
        ("Siemens Healthineers", "siemens"),
        ("GE MEDICAL SYSTEMS", "ge"),
        ("GEMS", "ge"),
        ("Philips Medical Systems", "philips"),
        ("TOSHIBA_MEC", "canon"),
        ("CANON_MEC", "canon"),
        ("Hitachi, Ltd.", "hitachi"),
        ("UIH", "united imaging"),
        ("Bruker BioSpin MRI GmbH", "bruker"),
        ("Dr. John Smith's imagery", "other"),
    ],
)
def test_vendors_are_words_of_a_list(manufacturer, word):
    assert privacy.vendor(manufacturer) == word


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (None, ""),
        (-1, ""),
        (0.1, "0-9"),
        (63, "60-69"),
        (89.9, "80-89"),
        (90, "90+"),
        (104, "90+"),
        (999, ""),
    ],
)
def test_ages_become_decades(age, band):
    assert privacy.age_band(age) == band


def test_only_listed_facts_pass():
    facts = privacy.facts(
        series(
            manufacturer="SIEMENS",
            model="Serial 123456",
            field_strength_t=2.89362,
            institution="St. Elsewhere, Main Street 1",
            sex="m",
            age_years=63.0,
            description="MUELLER^ANNA",
        ),
        KEY,
    )
    assert facts.vendor == "siemens"
    assert facts.field_strength_t == 2.9
    assert facts.site == pseudonym(KEY, "site", "St. Elsewhere, Main Street 1")
    assert (facts.sex, facts.age_band) == ("M", "60-69")


def test_facts_that_make_no_sense_do_not_pass():
    facts = privacy.facts(series(field_strength_t=15000.0, sex="male"), KEY)
    assert facts.field_strength_t is None
    assert (facts.sex, facts.site, facts.vendor) == ("", "", "")
    assert privacy.facts(series(field_strength_t=0.0), KEY).field_strength_t is None
    nan = privacy.facts(series(field_strength_t=float("nan")), KEY)
    assert nan.field_strength_t is None
