"""How fast is it, beside the straightforward way and the limit of the same machine in the same run?"""
