from pathlib import Path

import pytest
from invented import COLUMNS, write_contract

from sources.catalogue import read_catalogue
from warehouse.errors import ContractError

KEY = COLUMNS[0]
VISITS = (KEY, {"name": "WHO", "mapsTo": "person_key"}, {"name": "ON", "mapsTo": "start_date"})
EVENTS = {"role": "events", "kind": "checkup"}


def test_contracts_come_sorted_and_parted_by_what_their_rows_are(tmp_path: Path) -> None:
    write_contract(tmp_path / "b", columns=VISITS, terms=EVENTS, id="clinic.visits", name="visits")
    write_contract(tmp_path / "a", id="clinic.people")
    catalogue = read_catalogue(tmp_path)
    assert [contract.id for contract in catalogue.contracts] == ["clinic.people", "clinic.visits"]
    assert [contract.id for contract in catalogue.with_persons] == ["clinic.people"]
    assert [contract.id for contract in catalogue.events] == ["clinic.visits"]
    assert catalogue.person_source(catalogue.contract("clinic.visits")) == "clinic"
    assert catalogue.person_source(catalogue.contract("clinic.people")) == "clinic"


def test_events_refer_to_the_persons_contract_of_their_own_name_first(tmp_path: Path) -> None:
    write_contract(tmp_path / "a", id="clinic.people", name="people")
    write_contract(tmp_path / "b", id="clinic.children", name="children")
    write_contract(tmp_path / "c", columns=VISITS, terms=EVENTS, id="clinic.visits", name="children")
    catalogue = read_catalogue(tmp_path)
    assert catalogue.person_source(catalogue.contract("clinic.visits")) == "children"


def test_faults_of_all_contracts_and_between_them_are_told_at_once(tmp_path: Path) -> None:
    write_contract(tmp_path / "a")
    write_contract(tmp_path / "b")
    write_contract(tmp_path / "c", columns=VISITS, terms=EVENTS, id="school.visits", name="visits")
    (tmp_path / "d.yaml").write_text("- nothing\n")
    with pytest.raises(ContractError) as caught:
        read_catalogue(tmp_path)
    told = "\n".join(caught.value.faults)
    assert len(caught.value.faults) == 4
    assert "d.yaml: is not a mapping" in told
    assert "the id clinic.people is used 2 times" in told
    assert "the name clinic is used 2 times" in told
    assert "(school.visits): its person_key must refer to one persons contract" in told


@pytest.mark.parametrize("folder", ["", "missing"])
def test_a_folder_without_contracts_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(ContractError, match="holds no contract"):
        read_catalogue(tmp_path / folder)
