from tests.zoo.planning.made import facts
from zoo.planning import memory_need, rule_table
from zoo.planning.device import Device
from zoo.planning.memory_need import Need

NEED = Need(fixed_bytes=1000, voxel_bytes=2.0)  # 2 x 28^3 x 1.5 = 65,856 a volume


def room(memory_bytes):
    return facts(device=Device(gpu=False, memory_bytes=memory_bytes))


def test_the_largest_batch_leaves_the_margin():
    assert memory_need.largest_batch(NEED, room(1000 + 3 * 65_856)) == 3
    assert memory_need.largest_batch(NEED, room(1000 + 3 * 65_856 - 1)) == 2


def test_a_batch_has_one_volume_at_least():
    assert memory_need.largest_batch(NEED, room(1)) == 1


def test_every_network_that_rules_name_was_measured():
    named = {
        candidate.values["arch"]
        for rule in rule_table.shipped().rules
        for candidate in rule.candidates
        if "arch" in candidate.values
    }
    assert named == set(memory_need.KNOWN)
