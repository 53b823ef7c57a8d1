"""What every request and response passes: rules of politeness, safety and identity."""
