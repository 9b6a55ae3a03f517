"""What leaves the warehouse: bundles for a recipient, standard documents, other databases."""
