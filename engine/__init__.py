"""What is a grant cycle?"""
