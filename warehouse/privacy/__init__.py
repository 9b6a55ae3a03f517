"""Who may see what: keys, pseudonyms, the vault, small cells and people's rights."""
