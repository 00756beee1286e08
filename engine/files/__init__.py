"""How is a programme written down, and what does its text say?"""
