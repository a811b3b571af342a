"""What the market looks like, simulated or real: the same functions measure both."""

from market.measures import catch_up, fixed_capability, forms, leader, prices, structure, succession, welfare

__all__ = ["catch_up", "fixed_capability", "forms", "leader", "prices", "structure", "succession", "welfare"]
