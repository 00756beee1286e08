"""What do staff see and do while they plan a day of slots, and what do applicants answer?"""



