"""A result as one page of HTML that asks for nothing from anywhere; its sections are declared in the order of the page."""
