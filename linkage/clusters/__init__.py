"""Clusters: from links to persons, repaired and held to the constraints."""
