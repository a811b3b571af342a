"""The posterior that comes with the package, and what it was made by; `market.studies.draws` reads it."""
