"""How is what happens, and when, written so that every calendar program reads the same?"""
