"""What a user writes: the schema of a scenario, the catalogue, loading and varying."""

from market.scenario import load, schema, vary

__all__ = ["load", "schema", "vary"]
