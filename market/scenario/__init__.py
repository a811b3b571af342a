"""What a user writes: the schema of a scenario, the catalogue, loading and varying."""

from market.scenario import interventions, load, magnitudes, schema, toml, vary

__all__ = ["interventions", "load", "magnitudes", "schema", "toml", "vary"]
