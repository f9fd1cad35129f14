"""Growth plans, their goals, how far each is declared to colleagues, and what came of them."""
