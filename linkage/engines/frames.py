"""The features as a pandas frame that recordlinkage can index and compare."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.errors import LinkageError

MOST_NODES = 250_000  # recordlinkage compares pair by pair in Python


def feature_frame(features_path: Path) -> pd.DataFrame:
    """One row a node, in the order of the nodes; raise `LinkageError` above `MOST_NODES`.

    Text is text, lists stay lists of hashes, and everything else is a float that is NaN where nothing is known.
    Hashes do not fit a float: equal ones, whatever their column, become one small number.
    """
    table = pq.read_table(features_path).sort_by("node")
    if table.num_rows > MOST_NODES:
        raise LinkageError(
            f"{table.num_rows} distinct records are too many for the engine recordlinkage, which is a reference for "
            f"up to {MOST_NODES}. Set `engine: sql` in the model file."
        )
    codes = _codes(table)
    return pd.DataFrame({name: _values(table.column(name), codes) for name in table.column_names})


def _codes(table: pa.Table) -> np.ndarray:
    """Every hash of any column, in order; a hash's place is its code."""
    hashed = [
        table.column(field.name).combine_chunks().drop_null().to_numpy(zero_copy_only=False)
        for field in table.schema
        if pa.types.is_uint64(field.type)
    ]
    return np.unique(np.concatenate([np.empty(0, np.uint64), *hashed]))


def _values(column: pa.ChunkedArray, codes: np.ndarray) -> np.ndarray:
    if pa.types.is_string(column.type) or pa.types.is_list(column.type):
        return np.asarray(column.to_pandas())
    known = column.is_valid().to_numpy()
    filled = column.fill_null(False if pa.types.is_boolean(column.type) else 0).to_numpy()
    places = np.searchsorted(codes, filled) if pa.types.is_uint64(column.type) else filled
    return np.asarray(np.where(known, places.astype(float), np.nan))
