"""Widgets of the field types, in two densities: dense for the counter, large for touch; `inputs` has all."""
