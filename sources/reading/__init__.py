"""How a delivered file becomes raw rows: a module a format, and the intake that joins them."""
