"""How fast is it, beside the limit of the same machine in the same run?"""
