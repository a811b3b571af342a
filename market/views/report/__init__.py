"""A result as one page of HTML that asks for nothing from anywhere; its sections are declared, each with its place."""
