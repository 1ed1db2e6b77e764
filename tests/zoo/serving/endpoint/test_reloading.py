"""What is served follows the configuration and the files, and never gets worse."""

import gc
import re
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.zoo.serving.endpoint import endpoints
from zoo.serving.endpoint import model_config
from zoo.serving.endpoint.status_error import StatusError

X = np.ones([1, 2], np.float32)


class Site:
    """A model root, its configuration, and what follows them."""

    def __init__(self, folder, versions, **served):
        self.base = folder / "m"
        self.base.mkdir()
        self.file = folder / "models.config"
        self.versions = versions
        self.served = endpoints.Served(**served)
        self.models = self.served.models
        self.reloading = self.served.reloading(lambda: model_config.read(self.file))

    def put(self, *numbers):
        for number in numbers:
            source = self.versions / str(number)
            shutil.copytree(source, self.base / "aside")
            (self.base / "aside").rename(self.base / str(number))

    def follow(self, **config):
        if config or not self.file.exists():
            endpoints.config(self.file, self.base, **config)
        self.reloading.refresh()

    def states(self):
        return {one.version: one.state for one in self.models.status("m")}

    def answer(self, **which):
        return self.models.find("m", **which).run("", {"x": X})["y"][0, 0]


@pytest.fixture
def site(tmp_path, versions):
    return Site(tmp_path, versions)


def test_the_newest_version_takes_over(site):
    site.put(1)
    site.follow()
    assert site.answer() == 1
    site.put(3)
    site.follow()
    assert site.answer() == 3
    assert site.states() == {3: "AVAILABLE", 1: "END"}
    with pytest.raises(StatusError, match=r"Specific\(m, 1\)"):
        site.answer(version=1)


def test_a_version_that_is_gone_is_unloaded(site):
    site.put(1, 2)
    site.follow(versions=(1, 2))
    shutil.rmtree(site.base / "2")
    site.follow()
    assert site.states() == {2: "END", 1: "AVAILABLE"}


def test_a_model_that_is_not_asked_for_any_more_is_unloaded(site):
    site.put(1)
    site.follow()
    endpoints.config(site.file, site.base, name="other")
    site.follow()
    assert site.states() == {1: "END"}
    assert site.models.find("other").version == 1
    with pytest.raises(StatusError, match=r"Latest\(m\)"):
        site.answer()


def test_labels_follow_the_configuration(site):
    site.put(1, 2)
    site.follow(versions=(1, 2), labels={"stable": 1, "canary": 2})
    assert (site.answer(label="stable"), site.answer(label="canary")) == (1, 2)
    site.follow(versions=(1, 2), labels={"stable": 2})
    assert site.answer(label="stable") == 2
    with pytest.raises(StatusError, match="Unrecognized servable version label"):
        site.answer(label="canary")


def test_a_broken_version_replaces_none_and_its_status_says_why(site, caplog):
    site.put(1)
    site.follow(versions=(1,), labels={"stable": 1})
    endpoints.broken(site.base / "2")
    site.follow(versions=(2,), labels={"stable": 2})
    assert site.answer() == site.answer(label="stable") == 1
    new, good = site.models.status("m")
    assert (good.version, good.state) == (1, "AVAILABLE")
    assert (new.version, new.state) == (2, "END")
    assert new.error_code != "OK" and "saved_model.pb" in new.error_message
    assert "version 2 is not loaded" in caplog.text
    assert "Request to assign label to version 2" in caplog.text


def test_a_label_stays_and_keeps_its_version_where_the_new_one_is_broken(site):
    site.put(1, 3)
    site.follow(versions=(1, 3), labels={"canary": 3, "stable": 1})
    endpoints.broken(site.base / "2")
    site.follow(versions=(3, 2), labels={"canary": 3, "stable": 2})
    assert site.answer(label="stable") == 1


def test_a_broken_version_is_tried_again_when_its_files_change(site):
    site.put(1)
    endpoints.broken(site.base / "2")
    site.follow(versions=(1, 2))
    before = site.served.metrics.text()
    site.follow()
    assert site.served.metrics.text() == before  # not tried again
    shutil.rmtree(site.base / "2")
    site.put(2)
    site.follow()
    assert site.answer() == 2


def test_a_version_that_is_not_there_replaces_none(site, caplog):
    site.put(1)
    site.follow(versions=(1,))
    site.follow(versions=(7,))
    assert site.answer() == 1
    assert "Version 7 of servable m" in caplog.text


def test_a_new_label_may_stand_at_a_version_that_does_not_answer(tmp_path, versions):
    site = Site(tmp_path, versions, free_labels=True)
    site.put(1)
    site.follow(versions=(1,), labels={"stable": 1, "canary": 2})
    assert site.models.labels("m") == {"stable": 1, "canary": 2}
    site.follow(versions=(1,), labels={"stable": 3})
    assert site.models.labels("m") == {"stable": 1}  # it is not new


@pytest.mark.parametrize("content", ["", "model_config_list {", "\x00"])
def test_a_configuration_that_can_not_be_read_changes_nothing(content, site, caplog):
    site.put(1)
    site.follow()
    site.file.write_text(content, encoding="utf-8")
    site.reloading.refresh()
    site.reloading.refresh()
    assert site.answer() == 1
    assert caplog.text.count("What is served stays as it is") == 1


def test_a_base_path_that_can_not_be_read_changes_nothing(site, caplog):
    site.put(1)
    site.follow()
    site.base.rename(site.base.with_name("gone"))
    site.follow()
    assert site.answer() == 1
    assert "No such file" in caplog.text


def test_a_request_ends_on_the_version_that_it_found(site):
    site.put(1)
    site.follow()
    held = site.models.find("m")
    site.put(2)
    ended = threading.Thread(target=site.follow)
    ended.start()
    for _ in range(200):
        if site.states()[1] == "UNLOADING":
            break
        ended.join(0.05)
    assert site.answer() == 2
    assert held.run("", {"x": X})["y"][0, 0] == 1
    del held
    ended.join(20)
    assert site.states() == {2: "AVAILABLE", 1: "END"}


def memory_bytes():
    gc.collect()
    (line,) = re.findall(
        r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8")
    )
    return int(line) * 1024


@pytest.mark.slow
def test_the_memory_of_what_is_unloaded_is_used_again(site):
    endpoints.heavy(site.base / "1")
    for version in (2, 3, 4, 5):
        shutil.copytree(site.base / "1", site.base / str(version))
    used = {}
    for version in (1, 2, 3, 4, 5):
        site.follow(versions=(version,))
        assert site.models.available("m") == {version}
        used[version] = memory_bytes()
    assert used[5] - used[2] < 64 * 2**20  # of 128 MiB each
