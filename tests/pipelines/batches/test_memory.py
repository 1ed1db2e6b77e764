from pipelines.batches import memory


def test_the_budget_is_a_quarter_of_what_there_is(monkeypatch, tmp_path):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "_CONTAINER_LIMITS", (limit, tmp_path / "absent"))
    whole = memory.budget_bytes()
    limit.write_text("max\n", encoding="utf-8")
    assert memory.budget_bytes() == whole > 0
    limit.write_text("4000\n", encoding="utf-8")
    assert memory.budget_bytes() == 1000


def test_a_system_that_does_not_tell_gets_a_fixed_budget(monkeypatch):
    monkeypatch.setattr(memory, "_CONTAINER_LIMITS", ())
    monkeypatch.setattr(memory, "_physical_bytes", lambda: None)
    assert memory.budget_bytes() == 2 * 2**30
