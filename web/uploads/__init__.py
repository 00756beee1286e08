"""How does a file come in, may it stay, and how is it handed out?"""
