import pytest

from linkage.model.declaration import Blocking
from linkage.pairs import block_policy

# Blocks of a pass as (pairs of one block, pairs of all blocks of that size): 5, 4, 2 and 1 blocks.
VOLUMES = [(66, 66), (10, 20), (1, 5), (3, 12)]


@pytest.mark.parametrize(
    ("settings", "nodes", "cap"),
    [
        pytest.param({}, 1000, 66, id="all within the budget"),
        pytest.param({"least_block": 2}, 20, 10, id="the larger ones are over it"),
        pytest.param({"least_block": 2}, 10, 3, id="a smaller budget"),
        pytest.param({"least_block": 2}, 2, 1, id="blocks of two are kept in any case"),
        pytest.param({"least_block": 5}, 2, 10, id="so are blocks of five"),
        pytest.param({"least_block": 12}, 2, 66, id="and of twelve"),
        pytest.param({"least_block": 12, "max_block": 6}, 2, 10, id="but none above the largest"),
        pytest.param({"max_block": 3}, 1000, 3, id="the largest holds within the budget too"),
    ],
)
def test_which_blocks_a_pass_keeps(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, int], nodes: int, cap: int
) -> None:
    monkeypatch.setattr(block_policy, "LEAST_BUDGET", 1)
    each = {"name": "names", "key": ["name_set"]}
    blocking = Blocking.model_validate({"pairs_per_record": 2, "passes": [each], **settings})
    assert block_policy.block_policy(blocking.passes[0], blocking, nodes).cap(VOLUMES) == cap


def test_a_broad_pass_keeps_what_it_may_spend_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_policy, "LEAST_BUDGET", 1)
    each = {"name": "surname", "key": ["surname_any"], "pairs_per_record": 0.5}
    blocking = Blocking.model_validate({"least_block": 12, "passes": [each]})
    assert block_policy.block_policy(blocking.passes[0], blocking, 12).cap(VOLUMES) == 1
    assert block_policy.block_policy(blocking.passes[0], blocking, 8).cap(VOLUMES) == 0


def test_a_small_registry_affords_large_blocks() -> None:
    each = {"name": "names", "key": ["name_set"]}
    blocking = Blocking.model_validate({"passes": [each]})
    assert block_policy.block_policy(blocking.passes[0], blocking, 2).cap(VOLUMES) == 66
