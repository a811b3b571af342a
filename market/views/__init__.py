"""What a person sees: figures and terminal tables. Views take tables; they neither compute nor save."""
