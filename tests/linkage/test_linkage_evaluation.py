import itertools
import random

import duckdb
import pyarrow as pa
import pytest

from linkage.evaluation.measures import Quality, b_cubed, pairwise


@pytest.mark.parametrize("seed", range(20))
def test_measures_equal_brute_force(session: duckdb.DuckDBPyConnection, seed: int) -> None:
    rng = random.Random(seed)
    records = [f"r{place}" for place in range(rng.randrange(2, 25))]
    cluster = {key: str(rng.randrange(6)) for key in records}
    person = {key: str(rng.randrange(6)) for key in records}
    for name, column, values in (("found", "cluster_id", cluster), ("actual", "person", person)):
        session.register(name, pa.table({"record_id": list(values), column: list(values.values())}))
    pairs = list(itertools.combinations(records, 2))
    claimed = {pair for pair in pairs if cluster[pair[0]] == cluster[pair[1]]}
    true = {pair for pair in pairs if person[pair[0]] == person[pair[1]]}
    both = len(claimed & true)
    assert pairwise(session, "found", "actual") == Quality(
        both / len(claimed) if claimed else 1, both / len(true) if true else 1
    )

    def mean_share(within: dict[str, str], of: dict[str, str]) -> float:
        shares = []
        for key in records:
            mates = [other for other in records if within[other] == within[key]]
            shares.append(sum(of[other] == of[key] for other in mates) / len(mates))
        return sum(shares) / len(shares)

    measured = b_cubed(session, "found", "actual")
    assert measured.precision == pytest.approx(mean_share(cluster, person))
    assert measured.recall == pytest.approx(mean_share(person, cluster))


def test_f1() -> None:
    assert Quality(1.0, 0.5).f1 == pytest.approx(2 / 3)
    assert Quality(0.0, 0.0).f1 == 0
