"""The fields of a roll as its office wrote them, faults included: one function a field, one value a row."""
