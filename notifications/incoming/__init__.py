"""How what people and mail servers write back comes in, and what it is."""
