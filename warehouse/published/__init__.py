"""The tables that a release publishes, declared: what describes, who is known, what every sector sees."""
