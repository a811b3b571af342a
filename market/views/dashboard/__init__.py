"""An interactive page for one market: what can be changed, what is simulated, what comes of it."""
