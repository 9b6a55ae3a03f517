"""Pages made of contracts."""

from pathlib import Path

from invented import COLUMNS, write_contract

from sources.catalogue import read_catalogue
from sources.documents.pages import contract_page, record_of_processing, write_pages
from warehouse.settings import SAMPLE_SOURCES


def test_a_page_shows_every_column_and_term(tmp_path: Path) -> None:
    codes = {"name": "S|X", "mapsTo": "sex", "codes": {"H": "male"}, "description": "As declared."}
    contract = write_contract(tmp_path, columns=(*COLUMNS, codes), server={"delimiter": "|"})
    page = contract_page(contract)
    assert "| legal basis | **not stated** |" in page
    assert "csv (delimiter '\\|')" in page
    assert "| BORN | birth_date | string | %d/%m/%Y |  |  |" in page
    assert "| S\\|X – As declared. | sex | string | H = male |  |  |" in page


def test_every_contract_is_in_the_record_of_processing(tmp_path: Path) -> None:
    catalogue = read_catalogue(SAMPLE_SOURCES)
    record = record_of_processing(catalogue)
    for contract in catalogue.contracts:
        assert f"## {contract.id}\n" in record
        assert str(contract.terms.legal_basis) in record
    assert "not stated" not in record
    files = write_pages(catalogue, tmp_path / "pages")
    assert len(files) == len(catalogue.contracts) + 1
    before = [file.read_bytes() for file in files]
    assert [file.read_bytes() for file in write_pages(catalogue, tmp_path / "pages")] == before


def test_a_contract_that_says_little_shows_what_is_to_be_settled(tmp_path: Path) -> None:
    write_contract(tmp_path / "clinic")
    record = record_of_processing(read_catalogue(tmp_path))
    assert record.count("**") == 2 * 4
