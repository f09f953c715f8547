"""The clerks' face: dense, keyboard first."""
