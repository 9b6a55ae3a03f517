"""The model as data: what is compared, how candidate pairs are found, and what training learnt."""
