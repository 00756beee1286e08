"""How would a round go?"""
