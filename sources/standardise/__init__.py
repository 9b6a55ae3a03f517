"""How delivered text becomes comparable values, records and events."""
