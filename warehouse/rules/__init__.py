"""Programmes' rules as data: what a pack may say, how packs are read, and the relations that the marts see."""
